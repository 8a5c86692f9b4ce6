import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { NetworkNamespace } from '../../src/linux/namespace.ts';
import { parsePrefix } from '../../src/linux/packet/address.ts';
import { TapSource } from '../../src/linux/tap/source.ts';
import { eventLoopHost } from '../../src/simulation/host.ts';
import { Simulation } from '../../src/simulation/simulation.ts';
import type { Figure } from './figure.ts';

const NAMESPACES = 1000;

/** What a thousand pods' namespaces take: each with `lo`, one end of a veth pair, an address and a default route. */
export async function namespaces(): Promise<readonly Figure[]> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  pods(10);
  collect();
  const before = process.memoryUsage().heapUsed;
  const began = performance.now();
  const made = pods(NAMESPACES);
  const milliseconds = performance.now() - began;
  collect();
  const bytes = (process.memoryUsage().heapUsed - before) / made.length;
  return [
    {
      name: 'a namespace with a veth pair, an address, a route',
      value: Math.round(bytes),
      unit: 'bytes',
      goal: '<= 20,000',
    },
    { name: `${NAMESPACES.toLocaleString('en')} namespaces are made in`, value: milliseconds, unit: 'ms' },
  ];
}

function pods(count: number): readonly NetworkNamespace[] {
  const clock = new Simulation({ seed: 'bench', host: eventLoopHost() });
  const shared = { clock, random: clock.random, tap: new TapSource() };
  const prefix = (text: string) => parsePrefix(text) ?? { address: 0, length: 0 };
  const node = new NetworkNamespace({ name: 'node', ...shared });
  return Array.from({ length: count }, (_, i) => {
    const pod = new NetworkNamespace({ name: `pod${i}`, ...shared });
    pod.setLink('lo', { up: true });
    pod.addVeth({ name: 'eth0' }, { name: `veth${i}`, namespace: node });
    node.setLink(`veth${i}`, { up: true });
    pod.setLink('eth0', { up: true });
    pod.addAddress('eth0', prefix(`10.244.${i >> 8}.${i & 255}/32`));
    pod.addRoute({ destination: prefix('0.0.0.0/0'), device: 'eth0' });
    return pod;
  });
}
