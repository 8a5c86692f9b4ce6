import { eventLoopHost } from '../../../simulation/host.ts';
import { Simulation } from '../../../simulation/simulation.ts';
import { measureHops } from '../../hops.bench.ts';
import { NetworkNamespace } from '../../namespace.ts';
import type { IpPacket } from '../../packet/packet.ts';
import { Skb } from '../../packet/skb.ts';
import { TapSource } from '../../tap/source.ts';
import { natOf } from '../nat/nat.ts';
import { Passage } from '../passage.ts';
import { type Conntrack, conntrackOf } from './conntrack.ts';

/**
 * Hops as `measureHops` counts them, where each router tracks connections; `nat`: and gives each packet another source
 * address, its own.
 */
export function measureTrackedHops(options: { nat: boolean; milliseconds: number }) {
  const { nat, milliseconds } = options;
  return measureHops({
    traced: false,
    milliseconds,
    prepare: ({ stack }) => {
      conntrackOf(stack);
      if (!nat) return;
      const own = natOf(stack);
      own.register('postrouting', { name: 'bench', priority: 100, run: (passage) => own.masquerade(passage) });
    },
  });
}

/** A namespace that tracks this many TCP connections: what it takes on the heap is theirs. */
export function trackConnections(count: number): Conntrack {
  const clock = new Simulation({ seed: 'bench', host: eventLoopHost() });
  const namespace = new NetworkNamespace({ name: 'n', clock, random: clock.random, tap: new TapSource() });
  const { stack } = namespace;
  natOf(stack);
  const conntrack = conntrackOf(stack);
  const done = () => undefined;
  for (let i = 0; i < count; i++) {
    const packet: IpPacket = {
      kind: 'ip',
      source: 0x0a000000 + (i % 4096),
      destination: 0x0a010000 + Math.floor(i / 4096 / 60),
      ttl: 64,
      tos: 0,
      id: 1,
      dontFragment: true,
      payload: {
        protocol: 'tcp',
        sourcePort: 32768 + (Math.floor(i / 4096) % 60),
        destinationPort: 80,
        sequence: Math.imul(i, 2654435761) >>> 0,
        acknowledgement: 0,
        syn: true,
        ack: false,
        fin: false,
        rst: false,
        psh: false,
        window: 64240,
        data: new Uint8Array(),
      },
    };
    const skb = new Skb(undefined, 0);
    stack.hooks.pass(new Passage('prerouting', packet, skb, undefined, undefined, done));
    stack.hooks.pass(new Passage('postrouting', packet, skb, undefined, undefined, done));
  }
  return conntrack;
}
