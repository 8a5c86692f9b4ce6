import type { Printer, Protocol } from '../printer.ts';
import { printName, skipName } from './domain-name.ts';
import { className, printRecord, typeName } from './domain-record.ts';

export const domain: Protocol = {
  name: 'DNS',
  summary: 'queries and answers over UDP and TCP port 53, with -v owners, with -vv authority and additional records',
  leavesOut: 'bit-string labels; of EDNS options other than COOKIE the bytes',
};

const HEADER = 12;
const INVERSE_QUERY = 1;
const OPT = 41;

const operations =
  ', inv_q, stat, op3, notify, update, op6, op7, op8, updateA, updateD, updateDA, updateM, updateMA, zoneInit, zoneRef'.split(
    ',',
  );
const codes = (
  ', FormErr, ServFail, NXDomain, NotImp, Refused, YXDomain, YXRRSet, NXRRSet, NotAuth, NotZone, Resp11, Resp12,' +
  ' Resp13, Resp14, NoChange, BadVers,Resp17, Resp18, Resp19, Resp20,Resp21, Resp22, BadCookie'
).split(',');

interface Header {
  readonly at: number;
  readonly id: number;
  readonly flags: number;
  /** Questions, answers, authority, additional. */
  readonly counts: readonly [number, number, number, number];
  readonly multicast: boolean;
}

export function printDomain(
  printer: Printer,
  start: number,
  whole: number,
  { tcp = false, multicast = false }: { readonly tcp?: boolean; readonly multicast?: boolean },
): void {
  printer.protocol = 'domain';
  let at = start;
  let length = whole;
  if (tcp) {
    if (length < 2) {
      printer.put(` [DNS over TCP: length ${length} < 2] (invalid)`);
      return;
    }
    length -= 2;
    const stated = printer.uint16(at);
    if (stated !== length) {
      printer.put(` [prefix length(${stated}) != length(${length})] (invalid)`);
      return;
    }
    at += 2;
    printer.put(' ');
  }
  if (length < HEADER) {
    printer.put(`domain [length ${length} < ${HEADER}] (invalid)`);
    return;
  }
  if (!printer.has(at, HEADER)) {
    printer.truncated();
    return;
  }
  const counts = [4, 6, 8, 10].map((offset) => printer.uint16(at + offset)) as unknown as Header['counts'];
  const header = { at, id: printer.uint16(at), flags: printer.uint16(at + 2), counts, multicast };
  const complete = (header.flags & 0x8000) === 0 ? printQuery(printer, header) : printAnswer(printer, header);
  if (complete) printer.put(` (${length})`);
  else printer.truncated();
}

function printAnswer(printer: Printer, header: Header): boolean {
  const { id, flags, counts } = header;
  const [questions, answers, authority, additional] = counts;
  const code = (flags & 15) | extendedCode(printer, header);
  const marks = [
    (flags & 0x0400) === 0 ? '' : '*',
    (flags & 0x0080) === 0 ? '-' : '',
    (flags & 0x0200) === 0 ? '' : '|',
    (flags & 0x0020) === 0 ? '' : '$',
  ].join('');
  printer.put(`${id}${operations[(flags >> 11) & 15] ?? ''}${codes[code] ?? ` Resp${code}`}${marks}`);
  if (questions !== 1) printer.put(` [${questions}q]`);
  let at: number | undefined = header.at + HEADER;
  for (let i = 0; i < questions; i++) {
    if (i > 0) printer.put(',');
    if (printer.options.verbose > 1) {
      printer.put(' q:');
      at = printQuestion(printer, at, header);
    } else {
      at = skipName(printer, at);
      if (at !== undefined) at += 4;
    }
    if (at === undefined) return false;
  }
  printer.put(` ${answers}/${authority}/${additional}`);
  at = printRecords(printer, at, answers, header, '', true);
  if (at === undefined || printer.options.verbose < 2) return at !== undefined;
  at = printRecords(printer, at, authority, header, ' ns:', false);
  if (at !== undefined) at = printRecords(printer, at, additional, header, ' ar:', false);
  return at !== undefined;
}

function printQuery(printer: Printer, header: Header): boolean {
  const { id, flags, counts } = header;
  const [questions, answers, authority, additional] = counts;
  const operation = (flags >> 11) & 15;
  const recursion = (flags & 0x0100) === 0 ? '' : '+';
  printer.put(`${id}${operations[operation] ?? ''}${recursion}${(flags & 0x0010) === 0 ? '' : '%'}`);
  if ((flags & 0x6cf) !== 0) printer.put(` [b2&3=0x${flags.toString(16)}]`);
  if (operation === INVERSE_QUERY) {
    if (questions > 0) printer.put(` [${questions}q]`);
    if (answers !== 1) printer.put(` [${answers}a]`);
  } else {
    if (answers > 0) printer.put(` [${answers}a]`);
    if (questions !== 1) printer.put(` [${questions}q]`);
  }
  if (authority > 0) printer.put(` [${authority}n]`);
  if (additional > 0) printer.put(` [${additional}au]`);
  let at: number | undefined = header.at + HEADER;
  for (let i = 0; i < questions; i++) {
    at = printQuestion(printer, at, header);
    if (at === undefined) return false;
  }
  if (printer.options.verbose < 2) return true;
  at = printRecords(printer, at, answers, header, ' an:', false);
  if (at !== undefined) at = printRecords(printer, at, authority, header, ' ns:', false);
  if (at !== undefined) at = printRecords(printer, at, additional, header, ' ar:', false);
  return at !== undefined;
}

/** @returns what is behind them; `undefined`: they are cut. `always`: the first is looked for even at the end. */
function printRecords(
  printer: Printer,
  from: number,
  count: number,
  header: Header,
  label: string,
  always: boolean,
): number | undefined {
  let at = from;
  for (let i = 0; i < count; i++) {
    if (at >= printer.end && !(always && i === 0)) return undefined;
    printer.put(i === 0 ? label : ',');
    const next = printRecord(printer, at, header.at, header.multicast);
    if (next === undefined) return undefined;
    at = next;
  }
  return at;
}

function printQuestion(printer: Printer, at: number, { at: base, multicast }: Header): number | undefined {
  const behind = skipName(printer, at);
  if (behind === undefined || !printer.has(behind, 4)) return undefined;
  printer.put(` ${typeName(printer.uint16(behind))}`);
  const found = printer.uint16(behind + 2);
  const kind = multicast ? found & 0x7fff : found;
  if (kind !== 1) printer.put(` ${className(kind)}`);
  if (multicast) printer.put((found & 0x8000) === 0 ? ' (QM)' : ' (QU)');
  printer.put('? ');
  const next = printName(printer, at, base);
  return next === undefined ? undefined : next + 4;
}

/** The upper bits of the answer's code, which stand in an OPT record (RFC 6891, 6.1.3). */
function extendedCode(printer: Printer, { at: base, counts }: Header): number {
  const [questions, answers, authority, additional] = counts;
  let at: number | undefined = base + HEADER;
  for (let i = 0; i < questions; i++) {
    at = skipName(printer, at);
    if (at === undefined) return 0;
    at += 4;
    if (at >= printer.end) return 0;
  }
  for (let i = 0; i < answers + authority + additional; i++) {
    at = skipName(printer, at);
    if (at === undefined || at + 10 > printer.end) return 0;
    if (i >= answers + authority && printer.uint16(at) === OPT) return printer.uint8(at + 4) << 4;
    at += 10 + printer.uint16(at + 8);
    if (at >= printer.end) return 0;
  }
  return 0;
}
