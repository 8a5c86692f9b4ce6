import type { Milliseconds, Timer } from '../../simulation/clock.ts';
import type { IpAddress, MacAddress } from '../packet/address.ts';
import type { IpPacket } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';

/** The kernel's NUD_* states (include/uapi/linux/neighbour.h). */
export type NeighbourState =
  | 'INCOMPLETE'
  | 'REACHABLE'
  | 'STALE'
  | 'DELAY'
  | 'PROBE'
  | 'FAILED'
  | 'NOARP'
  | 'PERMANENT'
  | 'NONE';

/** A packet that waits for its next hop's MAC address. */
export interface WaitingPacket {
  readonly packet: IpPacket;
  readonly skb: Skb;
}

/** What a device knows about one neighbour on its link. `ip/arp.ts` moves it from state to state. */
export class Neighbour {
  readonly address: IpAddress;
  mac: MacAddress | undefined;
  state: NeighbourState = 'INCOMPLETE';
  /** Until when REACHABLE holds; later it is STALE, whoever looks first says so. */
  freshUntil: Milliseconds = 0;
  /** When it last proved that it is there. */
  confirmed: Milliseconds = Number.NEGATIVE_INFINITY;
  used: Milliseconds = 0;
  updated: Milliseconds = 0;
  probes = 0;
  /** Its MAC address has been used: the frame's header is kept ready (hh_cache). */
  cached = false;
  timer: Timer | undefined;
  readonly waiting: WaitingPacket[] = [];

  constructor(address: IpAddress) {
    this.address = address;
  }
}
