import type { Tracked } from '../netfilter/conntrack/tracked.ts';
import { BROADCAST_MAC, type IpAddress } from './address.ts';
import type { Frame } from './packet.ts';

/** The ports of a bridge by which a packet comes and goes: devices, of which rules look at the name (`-m physdev`). */
export interface BridgePath {
  readonly in: { readonly name: string };
  readonly out: { readonly name: string } | undefined;
}

/** The fragments that a packet was put together from, or was made in by its socket. */
export interface Fragments {
  /** Bytes of the payload in each. */
  readonly lengths: readonly number[];
  /** The size of the largest that came, header included: none that leaves is larger (frag_max_size); 0: none came. */
  readonly largest: number;
  /** The largest had DF: what is cut anew has it too (IPSKB_FRAG_PMTU). */
  readonly path: boolean;
}

/**
 * What travels with a packet beside its bytes, as in the kernel's sk_buff. What a cable would not carry ends with the
 * namespace: `scrub`.
 */
export class Skb {
  /** The lab check's probe that this packet, or the packet that it answers, belongs to. Evidence only. */
  readonly probe: string | undefined;
  /** The id of the last tap event about this packet, or about the packet that it answers; 0: none. Evidence only. */
  event: number;
  /** The conversation's name, from its first event on: NAT and tunnels don't change it. Evidence only. */
  flow: string | undefined = undefined;
  /** Firewall mark: `fwmark` of `ip rule`, `-j MARK`, `meta mark`. */
  mark = 0;
  /** The connection that conntrack has found, or made, for it. */
  connection: Tracked | undefined = undefined;
  /** `-j TRACE`, `meta nftrace set 1`: the rules that it meets are told to who asks for them. */
  trace = false;
  /** The frame that it last came in with (skb_mac_header), for rules and logs that show MAC addresses. */
  link: Frame | undefined = undefined;
  /** The ports of the bridge that it crosses, or has come up from, where netfilter is asked about it (nf_bridge_info). */
  bridge: BridgePath | undefined = undefined;
  /** A copy of the namespace's own broadcast, which has come back to it (PACKET_LOOPBACK). */
  loopback = false;
  /** A TCP packet that a device still has to cut: into so many bytes of data each (gso_size); 0: none. */
  segmentSize = 0;
  /** DF is for routers on the way: here it may be cut (IP_PMTUDISC_WANT). */
  ignoreDf = false;
  /** The pieces in which it is kept while it is whole (skb_shinfo's frag_list, IPCB). */
  fragments: Fragments | undefined = undefined;
  /** Where it goes next, for a device that asks no ARP: a tunnel without a fixed other end (skb_dst). */
  nextHop: IpAddress | undefined = undefined;
  /**
   * DF of the outer packet that a tunnel's end has taken off, until the packet is routed (ip_tunnel_key of its metadata
   * dst): what is sent back into a tunnel without routing, an ARP reply too, is wrapped likewise.
   */
  outerDf: boolean | undefined = undefined;
  /** A bridge goes on with the packet where the bridge as a device is to send it (bridged_dnat of nf_bridge_info). */
  resume: ((sent: Frame) => void) | undefined = undefined;
  /** This namespace's IP layer has sent it on its way (skb_dst): what its way is found to be is learnt. */
  routed = false;
  /** How many bridges it has crossed, and how many copies of it bridges may still make: what ends a loop. */
  bridges = 0;
  flood: { left: number } | undefined = undefined;

  /**
   * The checksum of TCP or UDP is left to the device (CHECKSUM_PARTIAL), as devices offer that: unfinished, until a
   * card's hardware, or the stack for one that has none (`ethtool -K DEV tx off`), puts it in. What receives the packet knows, and does not mind.
   */
  partialChecksum = false;

  constructor(probe: string | undefined, event: number) {
    this.probe = probe;
    this.event = event;
  }

  /** What a TCP or UDP socket sends. */
  static ofSocket(probe: string | undefined, event: number): Skb {
    const skb = new Skb(probe, event);
    skb.partialChecksum = true;
    return skb;
  }

  /** It came in a frame to everybody (pkt_type is PACKET_BROADCAST). */
  get broadcast(): boolean {
    return this.link?.destination === BROADCAST_MAC;
  }

  /** For an answer, or another packet that this one causes. */
  fork(): Skb {
    return new Skb(this.probe, this.event);
  }

  /**
   * For an error about this packet, which belongs to its connection though that may not be confirmed yet
   * (nf_ct_attach): NAT is undone for it.
   */
  forkError(): Skb {
    const error = this.fork();
    const { connection } = this;
    if (connection !== undefined && connection.state !== 'untracked') {
      const direction = connection.direction === 'original' ? 'reply' : 'original';
      error.connection = { entry: connection.entry, direction, state: 'related' };
    }
    return error;
  }

  /** For a copy of the same packet: a broadcast's other receivers, fragments. */
  copy(): Skb {
    const copy = new Skb(this.probe, this.event);
    copy.flow = this.flow;
    copy.mark = this.mark;
    copy.connection = this.connection;
    copy.trace = this.trace;
    copy.link = this.link;
    copy.bridge = this.bridge;
    copy.segmentSize = this.segmentSize;
    copy.ignoreDf = this.ignoreDf;
    copy.routed = this.routed;
    copy.bridges = this.bridges;
    copy.flood = this.flood;
    copy.outerDf = this.outerDf;
    copy.partialChecksum = this.partialChecksum;
    return copy;
  }

  /** skb_scrub_packet: the packet leaves its stack. The mark stays on a link within one namespace. */
  scrub(otherNamespace: boolean): void {
    this.connection = undefined;
    this.trace = false;
    this.bridge = undefined;
    this.ignoreDf = false;
    this.fragments = undefined;
    this.routed = false;
    this.resume = undefined;
    this.outerDf = undefined;
    if (otherNamespace) this.mark = 0;
  }
}
