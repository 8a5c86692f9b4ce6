/**
 * What travels with a packet beside its bytes, as in the kernel's sk_buff. It is evidence only: no decision
 * of the stack may depend on it, as a real cable would not carry it.
 */
export class Skb {
  /** The lab check's probe that this packet, or the packet that it answers, belongs to. */
  readonly probe: string | undefined;
  /** The id of the last tap event about this packet, or about the packet that it answers; 0: none. */
  event: number;

  constructor(probe: string | undefined, event: number) {
    this.probe = probe;
    this.event = event;
  }

  /** For the copy of a packet: a broadcast's other receivers, an answer. */
  fork(): Skb {
    return new Skb(this.probe, this.event);
  }
}
