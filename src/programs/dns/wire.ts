/** RFC 1035, 2.3.4, in bytes. */
const LONGEST_LABEL = 63;
const LONGEST_NAME = 255;
/** RFC 1035, 4.1.4: a pointer's two first bits, and how far it can reach. */
const POINTER = 0xc0;
const REACH = 0x3fff;

/** The bytes are no DNS message; decoding turns this into an answer of its own. */
export class Malformed extends Error {}

/** Reads a message's parts. Throws `Malformed`. */
export class DnsReader {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  get left(): number {
    return this.#end - this.at;
  }

  uint8(): number {
    if (this.at >= this.#end) throw new Malformed('the message ends too early');
    return this.#bytes[this.at++] ?? 0;
  }

  uint16(): number {
    return this.uint8() * 256 + this.uint8();
  }

  uint32(): number {
    return this.uint16() * 65536 + this.uint16();
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw new Malformed('the message ends too early');
    this.at += length;
    return this.#bytes.slice(this.at - length, this.at);
  }

  /** The next `length` bytes alone; a name in them may still point to what stands before. */
  part(length: number): DnsReader {
    if (length > this.left) throw new Malformed('the message ends too early');
    this.at += length;
    return new DnsReader(this.#bytes, this.at - length, this.at);
  }

  /** A name in text, with its last dot; pointers are followed backwards alone, so that it ends. */
  name(): string {
    const labels: string[] = [];
    let length = 1;
    let before = this.at;
    let reader: DnsReader = this;
    for (;;) {
      const size = reader.uint8();
      if (size === 0) break;
      if ((size & POINTER) === POINTER) {
        const target = (size & 0x3f) * 256 + reader.uint8();
        if (target >= before) throw new Malformed('a compression pointer does not point backwards');
        before = target;
        reader = new DnsReader(this.#bytes, target);
        continue;
      }
      if (size > LONGEST_LABEL) throw new Malformed('a label of an unknown kind');
      length += size + 1;
      if (length > LONGEST_NAME) throw new Malformed('a name is longer than 255 bytes');
      labels.push(escapeLabel(reader.take(size)));
    }
    return `${labels.join('.')}.`;
  }
}

/** Writes a message; names that have been written before are pointed to. */
export class DnsWriter {
  readonly #bytes: number[] = [];
  readonly #names = new Map<string, number>();

  get length(): number {
    return this.#bytes.length;
  }

  uint8(value: number): void {
    this.#bytes.push(value & 255);
  }

  uint16(value: number): void {
    this.#bytes.push((value >>> 8) & 255, value & 255);
  }

  uint32(value: number): void {
    this.uint16(value >>> 16);
    this.uint16(value & 0xffff);
  }

  put(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }

  /** Throws RangeError for text that is no name (`labelsOf`). RFC 3597: in newer types' data names are not compressed. */
  name(text: string, compress = true): void {
    const labels = labelsOf(text);
    if (labels === undefined) throw new RangeError(`not a name: ${text}`);
    for (let i = 0; i < labels.length; i++) {
      const rest = labels.slice(i).map(escapeLabel).join('.').toLowerCase();
      const known = this.#names.get(rest);
      if (known !== undefined && compress) {
        this.uint16((POINTER << 8) | known);
        return;
      }
      if (this.length <= REACH && known === undefined) this.#names.set(rest, this.length);
      const label = labels[i] as Uint8Array;
      this.uint8(label.length);
      this.put(label);
    }
    this.uint8(0);
  }

  /** What `write` writes, behind its length in 16 bits. */
  measured(write: () => void): void {
    const at = this.length;
    this.uint16(0);
    write();
    const length = this.length - at - 2;
    this.#bytes[at] = length >>> 8;
    this.#bytes[at + 1] = length & 255;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Characters that have a meaning in a zone file (RFC 1035, 5.1) get a backslash, what can't be printed its number. */
function escapeLabel(label: Uint8Array): string {
  let text = '';
  for (const byte of label) {
    if (byte <= 0x20 || byte >= 0x7f) text += `\\${String(byte).padStart(3, '0')}`;
    else
      text += '.\\"();@$'.includes(String.fromCharCode(byte))
        ? `\\${String.fromCharCode(byte)}`
        : String.fromCharCode(byte);
  }
  return text;
}

/** The labels of a name in text, its last dot or none; `undefined` where it is none. The root has no labels. */
export function labelsOf(text: string): readonly Uint8Array[] | undefined {
  if (text === '.') return [];
  const labels: Uint8Array[] = [];
  let label: number[] = [];
  let length = 1;
  const end = () => {
    if (label.length === 0 || label.length > LONGEST_LABEL) return false;
    labels.push(Uint8Array.from(label));
    length += label.length + 1;
    label = [];
    return length <= LONGEST_NAME;
  };
  const bytes = new TextEncoder().encode(text);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte === 0x2e) {
      if (!end()) return undefined;
    } else if (byte === 0x5c) {
      const number = /^\\(\d{3})/.exec(text.slice(i));
      if (number !== null) {
        if (Number(number[1]) > 255) return undefined;
        label.push(Number(number[1]));
        i += 3;
      } else {
        const next = bytes[++i];
        if (next === undefined) return undefined;
        label.push(next);
      }
    } else label.push(byte);
  }
  if (label.length > 0 && !end()) return undefined;
  return labels.length === 0 ? undefined : labels;
}
