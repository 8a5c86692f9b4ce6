import { formatIp, formatMac } from '../../linux/packet/address.ts';

/** What a packet is printed with: each as its option of tcpdump(8); numbers count how often it was given. */
export interface PrintOptions {
  /** `-e` */
  readonly link: boolean;
  /** `-n` */
  readonly numeric: boolean;
  /** `-N` */
  readonly shortNames: boolean;
  /** `-v` */
  readonly verbose: number;
  /** `-q` */
  readonly quiet: number;
  /** `-S` */
  readonly absolute: boolean;
  /** `-K` */
  readonly uncheckedSums: boolean;
  /** `-t` */
  readonly time: number;
  /** `-x`, `-X`, `-A` */
  readonly hex: number;
  readonly hexAscii: number;
  readonly ascii: number;
  /** `-#` */
  readonly count: boolean;
}

/** Names for numbers, where `-n` does not forbid them. */
export interface Names {
  host(address: number): string | undefined;
  port(port: number, protocol: 'tcp' | 'udp'): string | undefined;
  device(index: number): string | undefined;
}

/** What one protocol's file describes; the reference page is made of it. */
export interface Protocol {
  readonly name: string;
  readonly summary: string;
  readonly leavesOut?: string;
}

/** The protocols that carry others; `dissect.ts` puts them together. */
export interface Layers {
  ethernet(printer: Printer, at: number, length: number): number;
  /** @returns false for an EtherType that is not known. */
  network(printer: Printer, etherType: number, at: number, length: number): boolean;
  ip(printer: Printer, at: number, length: number): void;
}

/** The bytes end before the protocol does; whoever prints the packet says so. */
export class Truncated extends Error {
  constructor() {
    super('the packet was cut');
    this.name = 'Truncated';
  }
}

/** Where a conversation's sequence numbers began. */
export interface Sequences {
  sequence: number;
  acknowledgement: number;
}

/** The text of one packet after the other, made from its bytes (netdissect). */
export class Printer {
  readonly options: PrintOptions;
  readonly layers: Layers;
  readonly conversations = new Map<string, Sequences>();
  readonly #names: Names;
  text = '';
  /** Whose header is read, for `[|tcp]`. */
  protocol = '';
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the bytes end that may be read: the captured ones, or an inner packet's. */
  end = 0;

  constructor(options: PrintOptions, names: Names, layers: Layers) {
    this.options = options;
    this.layers = layers;
    this.#names = names;
  }

  start(bytes: Uint8Array): void {
    this.text = '';
    this.protocol = '';
    this.bytes = bytes;
    this.end = bytes.length;
  }

  put(text: string): void {
    this.text += text;
  }

  /** Are there `length` bytes at `at`? */
  has(at: number, length: number): boolean {
    return at + length <= this.end;
  }

  need(at: number, length: number): void {
    if (!this.has(at, length)) throw new Truncated();
  }

  uint8(at: number): number {
    this.need(at, 1);
    return this.bytes[at] as number;
  }

  uint16(at: number): number {
    this.need(at, 2);
    return (this.bytes[at] as number) * 256 + (this.bytes[at + 1] as number);
  }

  uint24(at: number): number {
    this.need(at, 3);
    return this.uint16(at) * 256 + this.uint8(at + 2);
  }

  uint32(at: number): number {
    this.need(at, 4);
    return this.uint16(at) * 65536 + this.uint16(at + 2);
  }

  /** Reads no further than `length` bytes from `at` while `print` runs (nd_push_snaplen). */
  within(at: number, length: number, print: () => void): void {
    const { end } = this;
    this.end = Math.min(end, at + length);
    print();
    this.end = end;
  }

  truncated(): void {
    this.put(` [|${this.protocol}]`);
  }

  host(at: number): string {
    const address = this.uint32(at);
    const name = this.options.numeric ? undefined : this.#names.host(address);
    if (name === undefined) return formatIp(address);
    return this.options.shortNames ? name.replace(/\..*/, '') : name;
  }

  port(port: number, protocol: 'tcp' | 'udp'): string {
    return (this.options.numeric ? undefined : this.#names.port(port, protocol)) ?? String(port);
  }

  device(index: number): string {
    return this.#names.device(index) ?? '?';
  }

  /** A MAC address; the vendors that it could belong to are all `Unknown`, as those of made-up addresses are. */
  mac(at: number): string {
    this.need(at, 6);
    const mac = this.uint16(at) * 0x100000000 + this.uint32(at + 2);
    const text = formatMac(mac);
    if (this.options.numeric) return text;
    if (mac === 0xffffffffffff) return 'Broadcast';
    return `${text} (oui ${mac < 0x1000000 ? 'Ethernet' : 'Unknown'})`;
  }

  /** Text of others, with what can't be printed written as `^A` and `M-`. */
  characters(at: number, length: number): string {
    let text = '';
    for (let i = at; i < at + length; i++) text += character(this.uint8(i));
    return text;
  }
}

function character(byte: number): string {
  const meta = byte > 127 ? 'M-' : '';
  const low = byte & 127;
  return low >= 32 && low < 127 ? meta + String.fromCharCode(low) : `${meta}^${String.fromCharCode(low ^ 0x40)}`;
}

/** in_cksum_shouldbe: the right checksum, from the one that is there and what the sum over all gave. */
export function rightSum(found: number, sum: number): number {
  let right = found + sum;
  right = (right & 0xffff) + (right >>> 16);
  return (right & 0xffff) + (right >>> 16);
}

export const hex4 = (value: number): string => value.toString(16).padStart(4, '0');
