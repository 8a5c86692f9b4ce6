import { OPT, type RecordData, readData, writeData } from './record.ts';
import { DnsReader, DnsWriter, Malformed } from './wire.ts';

/** RFC 1035, 4. Names are text with their last dot. */
export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  /** RFC 4035. */
  readonly authenticData: boolean;
  readonly checkingDisabled: boolean;
  readonly code: number;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  /** Without the OPT record. */
  readonly additionals: readonly ResourceRecord[];
  readonly edns?: Edns | undefined;
}

export interface Question {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

export interface ResourceRecord {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly data: RecordData;
}

/** RFC 6891. */
export interface Edns {
  readonly version: number;
  /** DNSSEC OK. */
  readonly dnssec: boolean;
  /** The longest datagram that its sender takes. */
  readonly size: number;
  readonly options: readonly { readonly code: number; readonly data: Uint8Array }[];
}

export const CLASS_IN = 1;
/** RFC 7873. */
export const COOKIE = 10;

/** RFC 1035, 4.1.1 and RFC 6895, 2.3, in dig's words. */
const CODES = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
];
const CLASSES: Readonly<Record<number, string>> = { 1: 'IN', 3: 'CH', 4: 'HS', 254: 'NONE', 255: 'ANY' };

export function codeName(code: number): string {
  return CODES[code] ?? (code === 16 ? 'BADVERS' : `RESERVED${code}`);
}

export function className(number: number): string {
  return CLASSES[number] ?? `CLASS${number}`;
}

export function classNumber(text: string): number | undefined {
  const found = Object.entries(CLASSES).find(([, name]) => name === text.toUpperCase());
  return found === undefined ? undefined : Number(found[0]);
}

/** A question of which everything else is empty. */
export function query(id: number, question: Question, options: Partial<DnsMessage> = {}): DnsMessage {
  return {
    id,
    response: false,
    opcode: 0,
    authoritative: false,
    truncated: false,
    recursionDesired: true,
    recursionAvailable: false,
    authenticData: false,
    checkingDisabled: false,
    code: 0,
    questions: [question],
    answers: [],
    authorities: [],
    additionals: [],
    ...options,
  };
}

const QR = 0x8000;
const AA = 0x0400;
const TC = 0x0200;
const RD = 0x0100;
const RA = 0x0080;
const AD = 0x0020;
const CD = 0x0010;
const DO = 0x8000;

/**
 * The message's bytes, names compressed. Throws RangeError for a name that is none. `limit`: where it gets longer, whole
 * records are left out from the end and the truncation bit is set (RFC 2181, 9).
 */
export function encodeMessage(message: DnsMessage, limit = 65535): Uint8Array {
  const bytes = encode(message);
  if (bytes.length <= limit) return bytes;
  let answers = message.answers.length;
  for (;;) {
    const cut = {
      ...message,
      truncated: true,
      answers: message.answers.slice(0, answers),
      authorities: [],
      additionals: [],
    };
    const shorter = encode(cut);
    if (shorter.length <= limit || answers === 0) return shorter;
    answers--;
  }
}

function encode(message: DnsMessage): Uint8Array {
  const { questions, answers, authorities, additionals, edns } = message;
  const writer = new DnsWriter();
  const flag = (set: boolean, bit: number) => (set ? bit : 0);
  writer.uint16(message.id);
  writer.uint16(
    flag(message.response, QR) |
      ((message.opcode & 15) << 11) |
      flag(message.authoritative, AA) |
      flag(message.truncated, TC) |
      flag(message.recursionDesired, RD) |
      flag(message.recursionAvailable, RA) |
      flag(message.authenticData, AD) |
      flag(message.checkingDisabled, CD) |
      (message.code & 15),
  );
  writer.uint16(questions.length);
  writer.uint16(answers.length);
  writer.uint16(authorities.length);
  writer.uint16(additionals.length + (edns === undefined ? 0 : 1));
  for (const { name, type, class: kind } of questions) {
    writer.name(name);
    writer.uint16(type);
    writer.uint16(kind);
  }
  for (const record of [...answers, ...authorities, ...additionals]) writeRecord(writer, record);
  if (edns !== undefined) writeEdns(writer, edns, message.code);
  return writer.bytes();
}

function writeRecord(writer: DnsWriter, { name, type, class: kind, ttl, data }: ResourceRecord): void {
  writer.name(name);
  writer.uint16(type);
  writer.uint16(kind);
  writer.uint32(ttl);
  writer.measured(() => writeData(type, data, writer));
}

function writeEdns(writer: DnsWriter, { version, dnssec, size, options }: Edns, code: number): void {
  writer.name('.');
  writer.uint16(OPT);
  writer.uint16(size);
  writer.uint8(code >>> 4);
  writer.uint8(version);
  writer.uint16(dnssec ? DO : 0);
  writer.measured(() => {
    for (const { code: option, data } of options) {
      writer.uint16(option);
      writer.measured(() => writer.put(data));
    }
  });
}

/** @returns the message, or why the bytes are none. Never throws. */
export function decodeMessage(bytes: Uint8Array): DnsMessage | string {
  try {
    return decode(new DnsReader(bytes));
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

function decode(reader: DnsReader): DnsMessage {
  const id = reader.uint16();
  const flags = reader.uint16();
  const [questionCount, answerCount, authorityCount, additionalCount] = [
    reader.uint16(),
    reader.uint16(),
    reader.uint16(),
    reader.uint16(),
  ];
  const questions: Question[] = [];
  for (let i = 0; i < questionCount; i++) {
    questions.push({ name: reader.name(), type: reader.uint16(), class: reader.uint16() });
  }
  let edns: Edns | undefined;
  let extended = 0;
  const records = (count: number): ResourceRecord[] => {
    const list: ResourceRecord[] = [];
    for (let i = 0; i < count; i++) {
      const [name, type, kind, ttl] = [reader.name(), reader.uint16(), reader.uint16(), reader.uint32()];
      const part = reader.part(reader.uint16());
      if (type === OPT) {
        extended = ttl >>> 24;
        edns = { version: (ttl >>> 16) & 255, dnssec: (ttl & DO) !== 0, size: kind, options: readOptions(part) };
        continue;
      }
      const data = readData(type, part);
      if (part.left > 0) throw new Malformed('a record is longer than its data');
      list.push({ name, type, class: kind, ttl, data });
    }
    return list;
  };
  const [answers, authorities, additionals] = [records(answerCount), records(authorityCount), records(additionalCount)];
  return {
    id,
    response: (flags & QR) !== 0,
    opcode: (flags >>> 11) & 15,
    authoritative: (flags & AA) !== 0,
    truncated: (flags & TC) !== 0,
    recursionDesired: (flags & RD) !== 0,
    recursionAvailable: (flags & RA) !== 0,
    authenticData: (flags & AD) !== 0,
    checkingDisabled: (flags & CD) !== 0,
    code: (flags & 15) | (extended << 4),
    questions,
    answers,
    authorities,
    additionals,
    edns,
  };
}

function readOptions(reader: DnsReader): Edns['options'] {
  const options: { code: number; data: Uint8Array }[] = [];
  while (reader.left > 0) options.push({ code: reader.uint16(), data: reader.take(reader.uint16()) });
  return options;
}
