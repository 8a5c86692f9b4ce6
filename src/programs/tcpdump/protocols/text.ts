import type { Printer, Protocol } from '../printer.ts';

export const text: Protocol = {
  name: 'HTTP',
  summary: 'the first line of a request or answer, with -v all lines (ports 80, 8080); so SMTP, FTP and WHOIS',
  leavesOut: 'RTSP and SIP',
};

const methods = new Set(
  (
    'GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH UNLOCK REPORT UPDATE ' +
    'NOTIFY BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST SUBSCRIBE PROPPATCH BPROPFIND BPROPPATCH ' +
    'UNCHECKOUT MKACTIVITY MKWORKSPACE UNSUBSCRIBE RPC_CONNECT VERSION-CONTROL BASELINE-CONTROL'
  ).split(' '),
);
const LONGEST_TOKEN = 128;
const [TAB, LF, CR, SPACE] = [9, 10, 13, 32];

const ports: readonly (readonly [name: string, ports: readonly number[]])[] = [
  ['smtp', [25]],
  ['whois', [43]],
  ['ftp', [21]],
  ['http', [80, 8080]],
];

/** The printer of a protocol of lines that has one of the two ports. */
export function textProtocolOf(from: number, to: number) {
  const found = ports.find(([, numbers]) => numbers.includes(from) || numbers.includes(to))?.[0];
  if (found === undefined) return undefined;
  return (printer: Printer, at: number, length: number) => printText(printer, at, length, found);
}

/** txtproto_print of util-print.c. HTTP prints what begins with a method, or has a status as its second word. */
function printText(printer: Printer, at: number, length: number, protocol: string): void {
  printer.protocol = protocol;
  printer.put(protocol.toUpperCase());
  if (protocol === 'http' && !beginsMessage(printer, at, length)) return;
  if (printer.options.verbose === 0) {
    printLine(printer, ': ', at, 0, length);
    return;
  }
  printer.put(`, length: ${length}`);
  for (let index = 0; index < length; ) {
    const next = printLine(printer, '\n\t', at, index, length);
    if (next === 0) return;
    index = next;
  }
}

function beginsMessage(printer: Printer, at: number, length: number): boolean {
  const first = token(printer, at, 0, length);
  if (first === undefined) return false;
  if (methods.has(first.word.toUpperCase())) return true;
  const second = token(printer, at, first.next, length);
  return second !== undefined && /^\d{3}$/.test(second.word);
}

/** The word at `index`, and where the next one begins; `undefined`: there is none that could be a method or a status. */
function token(printer: Printer, at: number, index: number, length: number) {
  let word = '';
  let i = index;
  for (; i < length; i++) {
    if (!printer.has(at + i, 1)) return undefined;
    const byte = printer.uint8(at + i);
    if (byte > 127) return undefined;
    if (byte === SPACE || byte === TAB || byte === CR || byte === LF) break;
    if (byte < SPACE || byte === 127 || word.length + 2 > LONGEST_TOKEN) return undefined;
    word += String.fromCharCode(byte);
  }
  if (word === '') return undefined;
  while (i < length && printer.has(at + i, 1) && printer.uint8(at + i) === SPACE) i++;
  return { word, next: i };
}

/** @returns where the next line begins; 0: there is none, or it is not text. */
function printLine(printer: Printer, prefix: string, at: number, start: number, length: number): number {
  let line = '';
  for (let index = start; index < length; index++) {
    const byte = printer.uint8(at + index);
    if (byte === LF || byte === CR) {
      if (byte === CR && (index + 1 >= length || printer.uint8(at + index + 1) !== LF)) return 0;
      printer.put(prefix + line);
      return index + (byte === CR ? 2 : 1);
    }
    if ((byte < SPACE || byte > 126) && byte !== TAB) return 0;
    line += String.fromCharCode(byte);
  }
  printer.put(prefix + line);
  printer.truncated();
  return 0;
}
