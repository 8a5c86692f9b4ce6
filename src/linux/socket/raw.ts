import type { Errno } from '../errno.ts';
import type { ErrorListener, Heard, Outgoing, Stack } from '../ip/stack.ts';
import type { IpAddress } from '../packet/address.ts';
import type { Segment } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';

/**
 * A raw socket that sends whole segments of its protocol (raw(7)) and believes what ICMP says of their path. It takes
 * in no packets.
 */
export class RawSocket {
  readonly #stack: Stack;
  readonly #protocol: Segment['protocol'];
  readonly #source: IpAddress | undefined;
  readonly #open: Set<ErrorListener>;

  /** `source`: the address that it is bound to. */
  constructor(stack: Stack, protocol: Segment['protocol'], source: IpAddress | undefined) {
    this.#stack = stack;
    this.#protocol = protocol;
    this.#source = source;
    this.#open = stack.raw ??= new Set();
    this.#open.add(this);
  }

  /** Routing knows the protocol of what it sends, but no ports. @returns what sendto(2) fails with. */
  send(outgoing: Omit<Outgoing, 'source'>, skb: Skb): Errno | undefined {
    return this.#stack.ip.send({ ...outgoing, source: this.#source, raw: true }, skb);
  }

  /** raw_icmp_error. @returns whether the error is about a packet that it may have sent. */
  failed(heard: Heard): boolean {
    const { source, destination, payload, tos } = heard.error.original;
    const { protocol } = payload;
    if (protocol !== this.#protocol || (this.#source !== undefined && this.#source !== source)) return false;
    this.#stack.ip.believe(heard, { destination, source, tos, payload: { protocol } });
    return true;
  }

  close(): void {
    this.#open.delete(this);
  }
}
