import type { Printer, Protocol } from '../printer.ts';
import { hexAndAscii } from './dump.ts';
import type { IpHeader } from './ip.ts';

export const sctp: Protocol = {
  name: 'SCTP',
  summary: 'ports and chunks, with -vv each on a line and the bytes of data (RFC 9260)',
  leavesOut: 'what M3UA and ForCES put into data chunks',
};

const HEADER = 12;
const names: ReadonlyMap<number, string> = new Map([
  [0, 'DATA'],
  [1, 'INIT'],
  [2, 'INIT ACK'],
  [3, 'SACK'],
  [4, 'HB REQ'],
  [5, 'HB ACK'],
  [6, 'ABORT'],
  [7, 'SHUTDOWN'],
  [8, 'SHUTDOWN ACK'],
  [9, 'OP ERR'],
  [10, 'COOKIE ECHO'],
  [11, 'COOKIE ACK'],
  [12, 'ECN ECHO'],
  [13, 'ECN CWR'],
  [14, 'SHUTDOWN COMPLETE'],
  [0xc0, 'FOR CUM TSN'],
  [0xc1, 'REL CTRL'],
  [0x81, 'REL CTRL ACK'],
]);
const payloads: readonly string[] = (
  ',ISDN Q.921,M2UA,M3UA,SUA,M2PA,V5.2,H.248,BICC,TALI,DUA,ASAP,ENRP,H.323,Q.IPC,SIMCO,DDPSC,DDPSSC,S1AP,RUA,HNBAP,' +
  'ForCES HP,ForCES MP,ForCES LP,SBc-AP,NBAP,,X2AP'
).split(',');

export function printSctp(printer: Printer, start: number, length: number, ip: IpHeader): void {
  printer.protocol = 'sctp';
  if (length < HEADER) {
    printer.put(`truncated-sctp - ${HEADER - length} bytes missing!`);
    return;
  }
  if (!printer.has(start, HEADER)) {
    printer.truncated();
    return;
  }
  const [source, destination] = [printer.host(ip.at + 12), printer.host(ip.at + 16)];
  printer.put(`${source}.${printer.uint16(start)} > ${destination}.${printer.uint16(start + 2)}: sctp`);
  const { verbose } = printer.options;
  let separator = verbose >= 2 ? '\n\t' : ' (';
  const end = start + length;
  let at = start + HEADER;
  for (let count = 1; at < end; count++) {
    const size = printer.has(at, 4) ? printer.uint16(at + 2) : 0;
    const padding = (4 - (size % 4)) % 4;
    const problem = chunkProblem(printer, at, end, size, padding);
    if (problem !== undefined) {
      if (problem === 'cut') printer.truncated();
      else printer.put(`${separator}${count}) [${problem}]`);
      return;
    }
    const type = printer.uint8(at);
    printer.put(`${separator}${count}) [${names.get(type) ?? `Unknown chunk type: 0x${type.toString(16)}`}] `);
    if (!printChunk(printer, type, at, size)) {
      printer.put(`bogus chunk length ${size}]`);
      return;
    }
    if (verbose < 2) separator = ', (';
    at += size;
    if (padding > 0 && !printer.has(at, padding)) {
      printer.truncated();
      return;
    }
    at += padding;
  }
}

/** Why a chunk can't be read. */
function chunkProblem(printer: Printer, at: number, end: number, size: number, padding: number): string | undefined {
  if (end - at < 4) return 'chunk descriptor cut off at end of packet';
  if (!printer.has(at, 4)) return 'cut';
  if (size < 4) return `Bad chunk length ${size}, < size of chunk descriptor`;
  if (end - at < padding) return `Bad chunk length ${size}, > remaining data in packet`;
  return printer.has(at, size) ? undefined : 'cut';
}

/** @returns false where the chunk is too short for its type. */
function printChunk(printer: Printer, type: number, at: number, size: number): boolean {
  const body = at + 4;
  switch (type) {
    case 0:
      return printPayload(printer, at, size);
    case 1:
    case 2:
      if (size < 20) return false;
      printer.put(`[init tag: ${printer.uint32(body)}] [rwnd: ${printer.uint32(body + 4)}] `);
      printer.put(`[OS: ${printer.uint16(body + 8)}] [MIS: ${printer.uint16(body + 10)}] `);
      printer.put(`[init TSN: ${printer.uint32(body + 12)}] `);
      return true;
    case 3:
      return printSack(printer, body, at + size);
    default:
      return true;
  }
}

function printPayload(printer: Printer, at: number, size: number): boolean {
  const flags = printer.uint8(at + 1);
  const marks = `${(flags & 4) === 0 ? '' : '(U)'}${(flags & 2) === 0 ? '' : '(B)'}${(flags & 1) === 0 ? '' : '(E)'}`;
  if (marks !== '') printer.put(`${marks} `);
  if (size < 16) return false;
  const id = printer.uint32(at + 12);
  const known = payloads[id];
  const payload = known === undefined || known === '' ? `0x${id.toString(16)}` : known;
  printer.put(`[TSN: ${printer.uint32(at + 4)}] [SID: ${printer.uint16(at + 8)}] `);
  printer.put(`[SSEQ ${printer.uint16(at + 10)}] [PPID ${payload}] `);
  if (size === 16) return false;
  const { verbose, quiet, hex, hexAscii } = printer.options;
  if (verbose < 2) return true;
  printer.put('[Payload');
  if (quiet === 0 && hex === 0 && hexAscii === 0) {
    printer.put(':');
    hexAndAscii(printer, at + 16, size - 16);
  }
  printer.put(']');
  return true;
}

function printSack(printer: Printer, body: number, end: number): boolean {
  if (end - body < 12) return false;
  const reached = printer.uint32(body);
  const [gaps, duplicates] = [printer.uint16(body + 8), printer.uint16(body + 10)];
  printer.put(`[cum ack ${reached}] [a_rwnd ${printer.uint32(body + 4)}] `);
  printer.put(`[#gap acks ${gaps}] [#dup tsns ${duplicates}] `);
  let at = body + 12;
  for (let i = 1; i <= gaps + duplicates && at < end; i++, at += 4) {
    if (end - at < 4) return false;
    if (i <= gaps) {
      const [start, last] = [printer.uint16(at), printer.uint16(at + 2)].map((offset) => (reached + offset) >>> 0);
      printer.put(`\n\t\t[gap ack block #${i}: start = ${start}, end = ${last}] `);
    } else printer.put(`\n\t\t[dup TSN #${i - gaps}: ${printer.uint32(at)}] `);
  }
  return true;
}
