/** Which packets a filter can be asked about. */
export interface FilterPacket {
  readonly bytes: Uint8Array;
  /** How long it was before it was cut to the snapshot length. */
  readonly length: number;
  readonly direction?: 'in' | 'out';
}

/** Says of one packet whether it is meant. */
export type Test = (view: View) => boolean;

/** Where a link type has what. */
export interface LinkLayout {
  /** The number of the network protocol; `undefined`: the version of IP alone tells. */
  readonly etherType: number | undefined;
  readonly network: number;
}

/** A packet as BPF's machine sees it: a read beyond its end makes the whole filter say no. */
export class View {
  readonly #layout: LinkLayout;
  #bytes: Uint8Array = new Uint8Array(0);
  length = 0;
  direction: 'in' | 'out' | undefined;
  overrun = false;

  constructor(layout: LinkLayout) {
    this.#layout = layout;
  }

  load({ bytes, length, direction }: FilterPacket): void {
    this.#bytes = bytes;
    this.length = length;
    this.direction = direction;
    this.overrun = false;
  }

  /** From the start of the link's header; `size` 1, 2 or 4. */
  read(at: number, size: number): number {
    const bytes = this.#bytes;
    if (at + size > bytes.length) {
      this.overrun = true;
      return 0;
    }
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + (bytes[at + i] as number);
    return value;
  }

  /** From the start of the network header. */
  network(at: number, size: number): number {
    return this.read(this.#layout.network + at, size);
  }

  /** From the start of what IPv4 carries. */
  transport(at: number, size: number): number {
    const header = (this.network(0, 1) & 15) * 4;
    return this.overrun ? 0 : this.network(header + at, size);
  }

  isEtherType(type: number): boolean {
    const { etherType } = this.#layout;
    if (etherType !== undefined) return this.read(etherType, 2) === type;
    const version = this.network(0, 1) >> 4;
    return (type === 0x0800 && version === 4) || (type === 0x86dd && version === 6);
  }
}
