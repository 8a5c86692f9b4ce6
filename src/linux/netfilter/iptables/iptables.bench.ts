import { eventLoopHost } from '../../../simulation/host.ts';
import { Simulation } from '../../../simulation/simulation.ts';
import { NetworkNamespace } from '../../namespace.ts';
import { formatIp } from '../../packet/address.ts';
import type { IpPacket } from '../../packet/packet.ts';
import { Skb } from '../../packet/skb.ts';
import { TapSource } from '../../tap/source.ts';
import { Passage } from '../passage.ts';
import { iptablesOf } from './iptables.ts';
import { Restore } from './restore.ts';

/** Packets between two looks at the clock. */
const ROUND = 100;

/**
 * What a row of rules costs that a packet meets and none of which matches, for as long as `milliseconds` of real time.
 * `services`: rules as kube-proxy writes a cluster's services (protocol, destination, port, comment); else `-s ADDRESS`.
 */
export function measureRules(options: {
  readonly rules: number;
  readonly services: boolean;
  readonly milliseconds: number;
}): { readonly packets: number; readonly seconds: number; readonly nanosecondsPerRule: number } {
  const { rules, services, milliseconds } = options;
  const clock = new Simulation({ seed: 'bench', host: eventLoopHost() });
  const { stack } = new NetworkNamespace({ name: 'n', clock, random: clock.random, tap: new TapSource() });
  const lines = Array.from({ length: rules }, (_, i) => {
    const address = formatIp(0x0a600000 + i + 1);
    if (!services) return `-A FORWARD -s ${address}/32 -j DROP`;
    return `-A FORWARD -d ${address}/32 -p tcp -m comment --comment "default/s${i}:http" -m tcp --dport 80 -j DROP`;
  });
  const restore = new Restore(iptablesOf(stack), { keep: false, counters: false, test: false, verbose: 0 });
  const done = restore.run(`*filter\n${lines.join('\n')}\nCOMMIT\n`);
  if (done.status !== 0) throw new Error(done.stderr);
  const packet: IpPacket = {
    kind: 'ip',
    source: 0x0af40105,
    destination: 0x0af40206,
    ttl: 63,
    tos: 0,
    id: 1,
    dontFragment: true,
    payload: { protocol: 'udp', sourcePort: 1, destinationPort: 80, data: new Uint8Array(64) },
  };
  let packets = 0;
  let passed = 0;
  const ok = () => {
    passed++;
    return undefined;
  };
  const send = () => {
    for (let i = 0; i < ROUND; i++) {
      stack.hooks.pass(new Passage('forward', packet, new Skb(undefined, 0), undefined, undefined, ok));
    }
    packets += ROUND;
  };
  send();
  packets = 0;
  const start = performance.now();
  while (performance.now() - start < milliseconds) send();
  const seconds = (performance.now() - start) / 1000;
  if (passed !== packets + ROUND) throw new Error(`${passed} of ${packets + ROUND} packets came through`);
  return { packets, seconds, nanosecondsPerRule: (seconds * 1e9) / packets / rules };
}
