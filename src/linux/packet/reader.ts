import type { MacAddress } from './address.ts';

/** Bytes that break their protocol's rules: in which header, at which byte, and how. */
export interface Malformed {
  readonly kind: 'malformed';
  /** `Ethernet`, `ARP`, `IP`, `TCP`, ... */
  readonly layer: string;
  readonly offset: number;
  readonly problem: string;
}

/** Sound bytes that say something for which the simulation has no type. */
export interface Unmodelled {
  readonly kind: 'unmodelled';
  readonly layer: string;
  readonly offset: number;
  /** What it is that has no type: `IP protocol 47`, `IP options`. */
  readonly what: string;
  /** All the bytes that were to be decoded. */
  readonly bytes: Uint8Array;
}

/** Ends a decoding from within; it never leaves `decode.ts`. */
export class Unreadable extends Error {
  readonly result: Malformed | Unmodelled;

  constructor(result: Malformed | Unmodelled) {
    super(result.kind);
    this.name = 'Unreadable';
    this.result = result;
  }
}

/** Reads numbers in network order from a part of a packet. Whoever reads has said by `need` that they are there. */
export class PacketReader {
  readonly #all: Uint8Array;
  readonly #view: DataView;
  readonly #start: number;
  /** Bytes in this part. */
  readonly length: number;
  #layer = '';

  constructor(all: Uint8Array, start = 0, end = all.length) {
    this.#all = all;
    this.#start = start;
    this.length = end - start;
    this.#view = new DataView(all.buffer, all.byteOffset + start, this.length);
  }

  /** Whose header this part begins with, for what goes wrong in it. */
  layer(name: string): this {
    this.#layer = name;
    return this;
  }

  /** The rest of this part from `offset` on, up to `end`. */
  from(offset: number, end = this.length): PacketReader {
    return new PacketReader(this.#all, this.#start + offset, this.#start + end);
  }

  /** Ends the decoding unless there are as many bytes. */
  need(length: number): void {
    if (this.length < length) this.malformed(this.length, `${length} bytes are needed, but there are ${this.length}`);
  }

  malformed(offset: number, problem: string): never {
    throw new Unreadable({ kind: 'malformed', layer: this.#layer, offset: this.#start + offset, problem });
  }

  unmodelled(offset: number, what: string): never {
    const bytes = this.#all;
    throw new Unreadable({ kind: 'unmodelled', layer: this.#layer, offset: this.#start + offset, what, bytes });
  }

  uint8(offset: number): number {
    return this.#view.getUint8(offset);
  }

  uint16(offset: number): number {
    return this.#view.getUint16(offset);
  }

  uint32(offset: number, littleEndian = false): number {
    return this.#view.getUint32(offset, littleEndian);
  }

  mac(offset: number): MacAddress {
    return this.uint16(offset) * 0x100000000 + this.uint32(offset + 2);
  }

  bytes(from: number, to = this.length): Uint8Array {
    return this.#all.subarray(this.#start + from, this.#start + to);
  }
}
