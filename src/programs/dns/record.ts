import { formatIp, type IpAddress, parseIp } from '../../linux/packet/address.ts';
import type { DnsReader, DnsWriter } from './wire.ts';

/** A record's data, by its type; what has no type here is kept as bytes. */
export type RecordData =
  | { readonly type: 'A'; readonly address: IpAddress }
  | { readonly type: 'AAAA'; readonly address: Uint8Array }
  | { readonly type: 'NS'; readonly name: string }
  | { readonly type: 'CNAME'; readonly name: string }
  | { readonly type: 'PTR'; readonly name: string }
  | {
      readonly type: 'SOA';
      readonly server: string;
      readonly mailbox: string;
      readonly serial: number;
      readonly refresh: number;
      readonly retry: number;
      readonly expire: number;
      readonly minimum: number;
    }
  | { readonly type: 'MX'; readonly preference: number; readonly name: string }
  | { readonly type: 'TXT'; readonly strings: readonly Uint8Array[] }
  | {
      readonly type: 'SRV';
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly name: string;
    }
  | { readonly type: 'OTHER'; readonly bytes: Uint8Array };

export type RecordType = RecordData['type'];
type DataOf<T extends RecordType> = Extract<RecordData, { readonly type: T }>;

/** How one type of record looks: on the wire, and as a zone file and dig write it. */
interface RecordKind<T extends RecordType> {
  readonly number: number;
  read(reader: DnsReader): DataOf<T>;
  write(writer: DnsWriter, data: DataOf<T>): void;
  print(data: DataOf<T>): string;
}

/** Data that is one name. */
function nameKind<T extends 'NS' | 'CNAME' | 'PTR'>(type: T, number: number): RecordKind<T> {
  const kind = {
    number,
    read: (reader: DnsReader) => ({ type, name: reader.name() }),
    write: (writer: DnsWriter, { name }: { readonly name: string }) => writer.name(name),
    print: ({ name }: { readonly name: string }) => name,
  };
  return kind as unknown as RecordKind<T>;
}

const kinds: { readonly [T in Exclude<RecordType, 'OTHER'>]: RecordKind<T> } = {
  A: {
    number: 1,
    read: (reader) => ({ type: 'A', address: reader.uint32() }),
    write: (writer, { address }) => writer.uint32(Number(address)),
    print: ({ address }) => formatIp(address),
  },
  NS: nameKind('NS', 2),
  CNAME: nameKind('CNAME', 5),
  SOA: {
    number: 6,
    read: (reader) => ({
      type: 'SOA',
      server: reader.name(),
      mailbox: reader.name(),
      serial: reader.uint32(),
      refresh: reader.uint32(),
      retry: reader.uint32(),
      expire: reader.uint32(),
      minimum: reader.uint32(),
    }),
    write: (writer, soa) => {
      writer.name(soa.server);
      writer.name(soa.mailbox);
      for (const value of [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum]) writer.uint32(value);
    },
    print: ({ server, mailbox, serial, refresh, retry, expire, minimum }) =>
      `${server} ${mailbox} ${serial} ${refresh} ${retry} ${expire} ${minimum}`,
  },
  PTR: nameKind('PTR', 12),
  MX: {
    number: 15,
    read: (reader) => ({ type: 'MX', preference: reader.uint16(), name: reader.name() }),
    write: (writer, { preference, name }) => {
      writer.uint16(preference);
      writer.name(name);
    },
    print: ({ preference, name }) => `${preference} ${name}`,
  },
  TXT: {
    number: 16,
    read: (reader) => {
      const strings: Uint8Array[] = [];
      while (reader.left > 0) strings.push(reader.take(reader.uint8()));
      return { type: 'TXT', strings };
    },
    write: (writer, { strings }) => {
      for (const text of strings) {
        writer.uint8(Math.min(text.length, 255));
        writer.put(text.subarray(0, 255));
      }
    },
    print: ({ strings }) => strings.map(quote).join(' '),
  },
  AAAA: {
    number: 28,
    read: (reader) => ({ type: 'AAAA', address: reader.take(16) }),
    write: (writer, { address }) => writer.put(address),
    print: ({ address }) => formatIpv6(address),
  },
  SRV: {
    number: 33,
    read: (reader) => ({
      type: 'SRV',
      priority: reader.uint16(),
      weight: reader.uint16(),
      port: reader.uint16(),
      name: reader.name(),
    }),
    write: (writer, { priority, weight, port, name }) => {
      writer.uint16(priority);
      writer.uint16(weight);
      writer.uint16(port);
      // RFC 2782: the target is not compressed.
      writer.name(name, false);
    },
    print: ({ priority, weight, port, name }) => `${priority} ${weight} ${port} ${name}`,
  },
};

/** Types that can be asked for though no record of them is modelled (IANA's registry). */
const OTHERS: Readonly<Record<string, number>> = {
  HINFO: 13,
  OPT: 41,
  DS: 43,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
  SVCB: 64,
  HTTPS: 65,
  AXFR: 252,
  ANY: 255,
  CAA: 257,
};

export const OPT = 41;

const numbers = new Map<string, number>([
  ...Object.entries(kinds).map(([name, { number }]) => [name, number] as const),
  ...Object.entries(OTHERS),
]);
const names = new Map([...numbers].map(([name, number]) => [number, name]));

/** `A`, `aaaa`, `TYPE99`. */
export function typeNumber(text: string): number | undefined {
  const other = /^TYPE(\d{1,5})$/i.exec(text);
  if (other !== null) return Number(other[1]) <= 65535 ? Number(other[1]) : undefined;
  return numbers.get(text.toUpperCase());
}

export function typeName(number: number): string {
  return names.get(number) ?? `TYPE${number}`;
}

function kindOf(number: number): RecordKind<RecordType> | undefined {
  const name = names.get(number);
  return name !== undefined && name in kinds
    ? (kinds[name as keyof typeof kinds] as unknown as RecordKind<RecordType>)
    : undefined;
}

/** Reads the data of a record, all of `reader`. Throws `Malformed`. */
export function readData(type: number, reader: DnsReader): RecordData {
  return kindOf(type)?.read(reader) ?? { type: 'OTHER', bytes: reader.take(reader.left) };
}

export function writeData(type: number, data: RecordData, writer: DnsWriter): void {
  if (data.type === 'OTHER') writer.put(data.bytes);
  else kindOf(type)?.write(writer, data);
}

/** As dig prints it; RFC 3597 for a type that is not modelled. */
export function printData(type: number, data: RecordData): string {
  if (data.type !== 'OTHER') return kindOf(type)?.print(data) ?? '';
  const hex = [...data.bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
  return `\\# ${data.bytes.length}${hex === '' ? '' : ` ${hex}`}`;
}

function quote(text: Uint8Array): string {
  let out = '';
  for (const byte of text) {
    if (byte < 0x20 || byte >= 0x7f) out += `\\${String(byte).padStart(3, '0')}`;
    else out += byte === 0x22 || byte === 0x5c ? `\\${String.fromCharCode(byte)}` : String.fromCharCode(byte);
  }
  return `"${out}"`;
}

/** RFC 5952. */
export function formatIpv6(address: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((address[2 * i] ?? 0) << 8) | (address[2 * i + 1] ?? 0));
  let [best, length] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) [best, length] = [i, end - i];
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return best < 0 ? hex(0, 8) : `${hex(0, best)}::${hex(best + length, 8)}`;
}

/** `10.0.0.2` is `2.0.0.10.in-addr.arpa.` (RFC 1035, 3.5). */
export function reverseName(text: string): string | undefined {
  return parseIp(text) === undefined ? undefined : `${text.split('.').reverse().join('.')}.in-addr.arpa.`;
}
