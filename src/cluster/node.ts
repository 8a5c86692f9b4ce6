import type { ApiServer } from '../kubernetes/api/server.ts';
import { createClient } from '../kubernetes/client/create-client.ts';
import { localTransport } from '../kubernetes/client/local-transport.ts';
import { cniPlugins } from '../kubernetes/cni/programs.ts';
import { controlPlanePods } from '../kubernetes/images/control-plane.ts';
import { images, nodeImages } from '../kubernetes/images/images.ts';
import { Kubelet } from '../kubernetes/kubelet/kubelet.ts';
import { ContainerRuntime } from '../kubernetes/runtime/runtime.ts';
import type { Machine } from '../linux/machine.ts';
import type { NetworkNamespace } from '../linux/namespace.ts';
import { installPrograms } from '../linux/process/lookup.ts';
import { addressOf, type Ground, plugIn } from './machines.ts';
import { layTools } from './node-tools.ts';

export interface ClusterNode {
  readonly name: string;
  readonly machine: Machine<NetworkNamespace>;
  readonly runtime: ContainerRuntime;
  readonly kubelet: Kubelet;
}

export interface NodeSpec {
  readonly name: string;
  /** The last byte of its address. */
  readonly number: number;
  readonly cluster: string;
  readonly controlPlane: boolean;
  /** Images that needn't be pulled, beside those of kind's node image. */
  readonly loaded: readonly string[];
}

/** A node as kind makes it: a machine that forwards, with a container runtime, CNI plugins and a kubelet. */
export function makeNode(ground: Ground, server: ApiServer, spec: NodeSpec): ClusterNode {
  const { name, number, cluster, controlPlane } = spec;
  const machine = plugIn(
    { ...ground, programs: { ...ground.programs, ...cniPlugins } },
    { name, number, router: true },
  );
  installPlugins(machine);
  layTools(machine);
  const preloaded = [...nodeImages, ...spec.loaded];
  const runtime = new ContainerRuntime({ machine, images, preloaded, tap: ground.tap });
  const client = createClient(localTransport(server), `system:node:${name}`);
  const staticPods = controlPlane ? controlPlanePods() : [];
  const nodeIp = addressOf(number);
  const kubelet = new Kubelet({ machine, client, runtime, nodeName: name, nodeIp, cluster, controlPlane, staticPods });
  server.registerNode(name, kubelet);
  return { name, machine, runtime, kubelet };
}

/** The plugins lie in /opt/cni/bin, and not on PATH, where a machine puts all that it can run. */
function installPlugins({ files }: Machine): void {
  for (const name of Object.keys(cniPlugins)) files.remove(`/usr/bin/${name}`);
  installPrograms(files, Object.keys(cniPlugins), '/opt/cni/bin');
}
