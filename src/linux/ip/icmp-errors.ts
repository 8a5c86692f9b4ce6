import type { IpAddress } from '../packet/address.ts';
import { icmpErrorNumber } from '../packet/numbers.ts';
import type { IcmpError, IpPacket } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';
import { selectSource } from './configuration.ts';
import { icmpError, mayReport } from './icmp.ts';
import type { Peers } from './peers.ts';
import type { Stack } from './stack.ts';

/** IPTOS_TOS_MASK, and precedence "internetwork control", which ICMP errors get. */
const TOS_MASK = 0x1e;
const INTERNETWORK_CONTROL = 0xc0;

/** icmp_send: errors about packets, from the right address, not too many to one host. */
export class IcmpErrors {
  readonly #stack: Stack;
  readonly #peers: Peers;
  /** The kernel's one ICMP socket is sending: what goes wrong with that brings no error (icmp_xmit_lock). */
  #sending = false;

  constructor(stack: Stack, peers: Peers) {
    this.#stack = stack;
    this.#peers = peers;
  }

  /** Answers `cause` with an ICMP error, where RFC 1122 allows one. `more`: an MTU, or a redirect's router. */
  send(code: IcmpError['code'], cause: IpPacket, skb: Skb, more: Pick<IcmpError, 'mtu' | 'gateway'> = {}): void {
    if (this.#sending || !mayReport(cause) || skb.broadcast) return;
    if (this.#stack.fib.addressType(cause.destination) === 'broadcast') return;
    if (!this.#allowed(code, cause, skb)) return;
    const { ip, sysctl } = this.#stack;
    const error = {
      source: this.#source(cause, skb),
      destination: cause.source,
      payload: icmpError(code, cause, more),
      tos: (cause.tos & TOS_MASK) | INTERNETWORK_CONTROL,
      dontFragment: false,
      ...(skb.mark !== 0 && sysctl.number('net.ipv4.fwmark_reflect') !== 0 && { mark: skb.mark }),
    };
    this.bySocket(() => ip.send(error, skb.forkError()));
  }

  /** Sends by the kernel's ICMP socket. */
  bySocket(send: () => void): void {
    this.#sending = true;
    send();
    this.#sending = false;
  }

  /** The address that was asked for, where it is an own one; else the way back decides. */
  #source(cause: IpPacket, skb: Skb): IpAddress | undefined {
    const { fib, sysctl, devices } = this.#stack;
    if (fib.isLocal(cause.destination)) return cause.destination;
    if (sysctl.number('net.ipv4.icmp_errors_use_inbound_ifaddr') === 0) return undefined;
    const device = [...devices.values()].find(({ mac }) => mac === skb.link?.destination);
    return device === undefined ? undefined : selectSource(device, cause.source, 'link', devices.values());
  }

  /** icmpv4_xrlim_allow: not on the way to oneself, and path MTU discovery is never held back. */
  #allowed(code: IcmpError['code'], cause: IpPacket, skb: Skb): boolean {
    const { fib, sysctl, tap } = this.#stack;
    const [type] = icmpErrorNumber[code];
    if (code === 'fragmentation-needed' || ((sysctl.number('net.ipv4.icmp_ratemask') >>> type) & 1) === 0) return true;
    if (fib.isLocal(cause.source)) return true;
    if (this.#peers.allowIcmp(cause.source, sysctl.number('net.ipv4.icmp_ratelimit'))) return true;
    if (tap.active) {
      const reason = 'net.ipv4.icmp_ratelimit: this host has had its share of ICMP errors';
      this.#stack.report('output', cause, skb, { verdict: 'drop', reason });
    }
    return false;
  }
}
