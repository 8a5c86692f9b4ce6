import { Machine } from '../../src/linux/machine.ts';
import { NetworkNamespace } from '../../src/linux/namespace.ts';
import { Passage } from '../../src/linux/netfilter/passage.ts';
import type { IpPacket } from '../../src/linux/packet/packet.ts';
import { Skb } from '../../src/linux/packet/skb.ts';
import { Collector, textReader } from '../../src/linux/process/streams.ts';
import { TapSource } from '../../src/linux/tap/source.ts';
import { programs } from '../../src/programs/index.ts';
import { eventLoopHost } from '../../src/simulation/host.ts';
import { Simulation } from '../../src/simulation/simulation.ts';
import type { Figure } from './figure.ts';

const RULES = 10_000;

/** What iptables' rules cost at one hook, where they are tried one by one. */
export async function iptablesRules(): Promise<readonly Figure[]> {
  const chain = cost(await hook(iptables(RULES)), 300);
  const none = cost(await hook(iptables(0)), 100_000);
  return [
    { name: 'an iptables rule that does not match, of 10,000', value: ((chain - none) / RULES) * 1e6, unit: 'ns' },
  ];
}

function iptables(count: number): string {
  const lines = Array.from(
    { length: count },
    (_, i) => `-A FORWARD -d ${address(i)}/32 -p tcp -m tcp --dport 80 -j DROP\n`,
  );
  return `*filter\n${lines.join('')}COMMIT\n`;
}

function address(i: number): string {
  return `10.96.${i >> 8}.${i & 255}`;
}

/** A namespace with these rules. @returns what asks its FORWARD hook once. */
async function hook(text: string): Promise<() => void> {
  const clock = new Simulation({ seed: 'bench', host: eventLoopHost() });
  const { random } = clock;
  const netns = new NetworkNamespace({ name: 'n', clock, random, tap: new TapSource() });
  const machine = new Machine({ name: 'n', clock, random, programs, netns });
  const stderr = new Collector();
  let code: number | undefined;
  void machine.spawn({ argv: ['iptables-restore'], stdin: textReader(text), stderr }).exit.then((status) => {
    code = status;
  });
  await clock.runUntil(() => code !== undefined);
  if (code !== 0) throw new Error(stderr.text());
  const packet: IpPacket = {
    kind: 'ip',
    source: 0x0a000001,
    destination: 0x0a000002,
    ttl: 64,
    tos: 0,
    id: 1,
    dontFragment: true,
    payload: { protocol: 'udp', sourcePort: 1, destinationPort: 2, data: new Uint8Array() },
  };
  const done = () => undefined;
  return () =>
    netns.stack.hooks.pass(new Passage('forward', packet, new Skb(undefined, 0), undefined, undefined, done));
}

/** Milliseconds a call. The best of five: others use the machine too. */
function cost(call: () => void, times: number): number {
  const found: number[] = [];
  for (let run = 0; run < 5; run++) {
    const began = performance.now();
    for (let i = 0; i < times; i++) call();
    found.push((performance.now() - began) / times);
  }
  return Math.min(...found);
}
