import type { Milliseconds } from '../../simulation/clock.ts';
import type { Frame, IpPacket } from '../packet/packet.ts';

/** Where in a namespace's path something happened, in Linux's own names. */
export type Stage =
  | 'send'
  | 'receive'
  | 'arp'
  | 'prerouting'
  | 'input'
  | 'forward'
  | 'output'
  | 'postrouting'
  | 'route'
  | 'socket'
  | 'link'
  | 'bridge'
  | 'encapsulate'
  | 'decapsulate'
  | 'conntrack';

export type Verdict = 'accept' | 'drop' | 'deliver' | 'queue' | 'reject';

/**
 * One thing that happened to one packet. Fields that are absent are unknown, so that evidence from a
 * capture on a real cluster has the same shape.
 */
export interface TapEvent {
  readonly id: number;
  /** The event that led here: the same packet one step before, or the packet that this one answers. */
  readonly parent?: number;
  /** The same for all packets of one conversation, both ways. */
  readonly flow?: string;
  readonly time: Milliseconds;
  /** The namespace's full name: `hop-worker`, `hop-worker/cni-1a2b...`. */
  readonly namespace?: string;
  readonly device?: string;
  readonly stage: Stage;
  readonly packet?: Frame | IpPacket;
  /** The header as it left this step, where the step changed it. */
  readonly after?: Frame | IpPacket;
  /** netfilter's part. The table with its family where it has one: `nat`, `ip kube-proxy`. */
  readonly table?: string;
  readonly chain?: string;
  /** The rule's or route's own text, as the real tool prints it. */
  readonly rule?: string;
  readonly verdict?: Verdict;
  /** The conntrack entry as it is after this step, as `conntrack -L` prints it. */
  readonly connection?: string;
  /** One plain sentence, where a verdict needs its reason ("no route to 10.9.0.1"). */
  readonly reason?: string;
  /** The id of a lab check's probe; those packets are hidden from the learner by default. */
  readonly probe?: string;
}

/** Someone who listens. The stack never knows who, and with nobody listening it builds no events. */
export type Tap = (event: TapEvent) => void;
