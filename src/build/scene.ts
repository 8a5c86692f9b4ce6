import type { Cluster } from '../cluster/cluster.ts';
import { Veth } from '../linux/device/veth/veth.ts';
import type { NetworkNamespace } from '../linux/namespace.ts';
import { formatIp } from '../linux/packet/address.ts';
import type { StoryDevice, StoryLink, StoryMachine } from '../walk/story/story.ts';
import type { Scene } from '../walk/story/tell.ts';

/** Where a walk between these pods (of the namespace default) takes place: they, their nodes, and the wire. */
export function sceneOf(cluster: Cluster, title: string, pods: readonly string[]): Scene {
  const machines: StoryMachine[] = [];
  const links: StoryLink[] = [];
  for (const { name, machine, kubelet } of cluster.nodes.values()) {
    const here = pods.flatMap((pod) => {
      const netns = kubelet.container('default', pod)?.sandbox.netns;
      return netns === undefined ? [] : [{ pod, netns }];
    });
    if (here.length === 0) continue;
    const ends = here.map(({ netns }) => hostEnd(netns));
    machines.push({
      name,
      kind: 'node',
      namespaces: [
        {
          id: name,
          kind: 'host',
          label: name,
          devices: [...ends.map(({ name: end }) => deviceOf(machine.netns, end)), deviceOf(machine.netns, 'eth0')],
        },
        ...here.map(({ pod, netns }) => ({
          id: netns.name,
          kind: 'pod' as const,
          label: pod,
          devices: [deviceOf(netns, 'eth0')],
        })),
      ],
    });
    links.push(
      ...here.map(({ netns }, i): StoryLink => {
        const inside = { namespace: netns.name, device: 'eth0' };
        return { kind: 'veth', ends: [inside, { namespace: name, device: ends[i]?.name ?? '' }] };
      }),
    );
  }
  if (machines.length > 1) {
    links.push({ kind: 'wire', ends: machines.map(({ name }) => ({ namespace: name, device: 'eth0' })) });
  }
  return { title, machines, links };
}

function hostEnd(netns: NetworkNamespace): Veth {
  const inside = netns.link('eth0');
  if (!(inside instanceof Veth) || inside.peer === undefined) throw new Error(`${netns.name} has no veth`);
  return inside.peer;
}

function deviceOf(netns: NetworkNamespace, name: string): StoryDevice {
  const addresses = netns.addresses().filter(({ device }) => device.name === name);
  return { name, addresses: addresses.map(({ address }) => `${formatIp(address.local)}/${address.length}`) };
}
