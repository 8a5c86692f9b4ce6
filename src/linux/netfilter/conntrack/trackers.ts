import { generic } from './generic.ts';
import { icmp } from './icmp.ts';
import { sctp } from './sctp.ts';
import { tcp } from './tcp.ts';
import type { Tracker } from './tracker.ts';
import type { TrackedProtocol } from './tuple.ts';
import { udp } from './udp.ts';

/** Who tracks which protocol. */
export const trackers = { tcp, udp, icmp, sctp, ipip: generic } as unknown as Readonly<
  Record<TrackedProtocol, Tracker>
>;
