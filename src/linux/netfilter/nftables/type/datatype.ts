import type { Scalar } from '../value.ts';

/** How things are printed: nft's options. */
export interface Style {
  /** -a */
  readonly handles?: boolean;
  /** -s: without what changes by itself (counters, time left). */
  readonly stateless?: boolean;
  /** -t: sets without their elements. */
  readonly terse?: boolean;
  /** -n: no symbols for protocols and the like. */
  readonly numeric?: boolean;
  /** -p */
  readonly numericProtocol?: boolean;
  /** -y */
  readonly numericPriority?: boolean;
  /** -T */
  readonly numericTime?: boolean;
  /** -S: names for ports. */
  readonly services?: boolean;
  /** -u: names for users. */
  readonly users?: boolean;
  /** The devices' names. */
  readonly devices: Devices;
}

/** What `iif` and `oif` need: the devices of the namespace. */
export interface Devices {
  index(name: string): number | undefined;
  name(index: number): string | undefined;
}

/** A type that values have (src/datatype.c). */
export interface DataType {
  /** As sets name it: `ipv4_addr`. */
  readonly name: string;
  /** As errors describe it: `IPv4 address`. */
  readonly description: string;
  readonly bits: number;
  /** `host`: in the byte order of the machine, which decides how texts are sorted; numbers sort by value. */
  readonly kind: 'integer' | 'bitmask' | 'string' | 'verdict';
  /** Has prefixes, `10.0.0.0/8`. */
  readonly prefixes?: boolean;
  /** How many elements of a set are printed on one line. */
  readonly perLine?: number;
  /** Reads a symbol or number. Throws `TypeError` with nft's words. */
  parse(text: string, devices: Devices): Scalar;
  format(value: Scalar, style: Style): string;
}

/** A number as the C library's strtoull reads it; undefined: it is none. */
export function parseNumber(text: string): number | bigint | undefined {
  if (!/^(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) return undefined;
  const number = Number(text);
  return number <= Number.MAX_SAFE_INTEGER ? number : BigInt(text);
}

/** The value of a number that must fit into so many bits. */
export function fitting(value: number | bigint, bits: number): number | bigint {
  const largest = 2n ** BigInt(bits) - 1n;
  if (BigInt(value) > largest) throw new TypeError(`Value ${value} exceeds valid range 0-${largest}`);
  return value;
}

export function hex(value: number | bigint, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** Plain whole numbers, of which every header has some. */
export function integer(bits: number, name = 'integer', description = 'integer'): DataType {
  return {
    name,
    description,
    bits,
    kind: 'integer',
    parse: (text) => {
      const number = parseNumber(text);
      if (number === undefined) throw new TypeError(`Could not parse ${description}`);
      return fitting(number, bits);
    },
    format: String,
  };
}

interface SymbolOptions {
  readonly kind?: 'integer' | 'bitmask';
  /** How a value without a symbol is printed. */
  readonly unknown?: 'decimal' | 'hex';
  readonly perLine?: number;
}

/** Numbers with names; of several names for one number the first is printed. */
export function symbols(
  name: string,
  description: string,
  bits: number,
  table: Readonly<Record<string, number>>,
  { kind = 'integer', unknown = 'decimal', perLine }: SymbolOptions = {},
): DataType {
  const byValue = new Map<number, string>();
  for (const [symbol, value] of Object.entries(table)) if (!byValue.has(value)) byValue.set(value, symbol);
  const plain = (value: Scalar) => (unknown === 'hex' ? hex(value as number, Math.ceil(bits / 4)) : String(value));
  const one = (value: number, style: Style) =>
    (style.numeric === true ? undefined : byValue.get(value)) ?? plain(value);
  return {
    name,
    description,
    bits,
    kind,
    ...(perLine !== undefined && { perLine }),
    parse: (text) => {
      if (Object.hasOwn(table, text)) return table[text] as number;
      const number = parseNumber(text);
      if (number === undefined) throw new TypeError(`Could not parse ${description}`);
      return fitting(number, bits);
    },
    format: (value, style) => {
      const number = value as number;
      if (kind !== 'bitmask' || number === 0) {
        return kind === 'bitmask' && number === 0 ? hex(0, 1) : one(number, style);
      }
      const names: string[] = [];
      let rest = number;
      for (const [bit, symbol] of [...byValue].sort((a, b) => a[0] - b[0])) {
        if ((rest & bit) === 0) continue;
        names.push(style.numeric === true ? hex(bit, 1) : symbol);
        rest &= ~bit;
      }
      return rest === 0 ? names.join(',') : hex(number >>> 0, 1);
    },
  };
}
