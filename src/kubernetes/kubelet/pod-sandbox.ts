import { LinuxError } from '../../linux/errno.ts';
import { ApiError } from '../client/client.ts';
import { RuntimeError } from '../runtime/container.ts';
import type { Sandbox } from '../runtime/sandbox.ts';
import type { Container } from '../types/container.ts';
import type { Pod } from '../types/pod.ts';
import type { KubeletContext } from './context.ts';
import { podHostname } from './etc-files.ts';
import { MountError, PodVolumes } from './volumes.ts';

/** What a pod has on its node before and beside its containers: a sandbox with a network, and volumes. */
export class PodSandbox {
  readonly volumes: PodVolumes;
  readonly #context: KubeletContext;
  #sandbox: Sandbox | undefined;
  #stopped = false;

  constructor(context: KubeletContext, pod: Pod) {
    this.#context = context;
    this.volumes = new PodVolumes(context.machine.files, pod);
  }

  get current(): Sandbox | undefined {
    return this.#sandbox;
  }

  get state(): 'none' | 'ready' | 'stopped' {
    if (this.#sandbox === undefined) return 'none';
    return this.#stopped ? 'stopped' : 'ready';
  }

  /** The pod's address, or its node's; undefined before there is a sandbox. */
  get ip(): string | undefined {
    return this.#sandbox && (this.#sandbox.ip ?? this.#context.nodeIp);
  }

  /** @returns whether there is a sandbox; otherwise an event has said why not */
  async make(pod: Pod): Promise<boolean> {
    const { runtime, recorder, client, nodeName } = this.#context;
    const hostNetwork = pod.spec.hostNetwork === true;
    const problem = hostNetwork ? undefined : runtime.networkProblem();
    if (problem !== undefined) {
      const why = `container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:${problem}`;
      recorder.event(pod, 'Warning', 'NetworkNotReady', `network is not ready: ${why}`);
      return false;
    }
    try {
      await this.volumes.setUp(client);
      this.#sandbox = await runtime.runSandbox({
        pod: { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, uid: pod.metadata.uid ?? '' },
        hostname: podHostname(pod, nodeName),
        hostNetwork,
        portMappings: hostNetwork ? [] : pod.spec.containers.flatMap(hostPorts),
      });
      return true;
    } catch (failure) {
      if (failure instanceof MountError) recorder.event(pod, 'Warning', 'FailedMount', failure.message);
      else if (failure instanceof RuntimeError) {
        recorder.event(pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${failure.message}`);
      } else throw failure;
      return false;
    }
  }

  /** Brings ConfigMap volumes up to date; where that fails the pod runs on with what it has. */
  async refreshVolumes(): Promise<void> {
    try {
      await this.volumes.setUp(this.#context.client);
    } catch (failure) {
      if (!(failure instanceof MountError) && !(failure instanceof ApiError)) throw failure;
    }
  }

  /** Takes the network away; what a plugin refuses becomes an event. */
  async stop(pod: Pod): Promise<void> {
    if (this.#sandbox === undefined || this.#stopped) return;
    this.#stopped = true;
    try {
      await this.#context.runtime.removeSandbox(this.#sandbox);
    } catch (failure) {
      if (!(failure instanceof RuntimeError) && !(failure instanceof LinuxError)) throw failure;
      const message = `error killing pod: failed to "KillPodSandbox" for "${pod.metadata.uid}": ${failure.message}`;
      this.#context.recorder.event(pod, 'Warning', 'FailedKillPod', message);
    }
  }
}

function hostPorts({ ports = [] }: Container): readonly unknown[] {
  return ports.filter(({ hostPort }) => hostPort !== undefined);
}
