import type { Printer, Protocol } from '../printer.ts';

export const tcpOptions: Protocol = {
  name: 'TCP options',
  summary: 'MSS, window scale, SACK, timestamps (RFC 9293, RFC 7323, RFC 2018)',
  leavesOut: 'MPTCP, fast open, authentication: their bytes',
};

const [END, NOP] = [0, 1];
const names: ReadonlyMap<number, string> = new Map([
  [END, 'eol'],
  [NOP, 'nop'],
  [2, 'mss'],
  [3, 'wscale'],
  [4, 'sackOK'],
  [5, 'sack'],
  [6, 'echo'],
  [7, 'echoreply'],
  [8, 'TS'],
  [11, 'cc'],
  [12, 'ccnew'],
  [13, ''],
  [19, 'md5'],
  [20, 'scps'],
  [28, 'uto'],
  [29, 'tcp-ao'],
  [30, 'mptcp'],
  [34, 'tfo'],
  [254, 'exp'],
]);

/** An option's own text and how many bytes of it that accounts for. */
interface Shown {
  readonly text: string;
  readonly taken: number;
}

/** `other`: where the other side's sequence numbers began. @returns false where they were cut or are wrong. */
export function printTcpOptions(printer: Printer, from: number, length: number, other: number): boolean {
  printer.put(', options [');
  let left = length;
  let at = from;
  let mark = '';
  while (left > 0) {
    printer.put(mark);
    const kind = printer.uint8(at);
    const short = kind === END || kind === NOP;
    const size = short ? 1 : printer.uint8(at + 1);
    const head = short ? 1 : 2;
    if (!short && (size < 2 || size > left)) {
      printer.put(`[bad opt]${mark === '' ? '' : ']'}`);
      return false;
    }
    at += head;
    left -= head;
    printer.put(names.get(kind) ?? `unknown-${kind}`);
    const shown = show(printer, kind, at, size, other, left);
    if (typeof shown === 'string') {
      if (shown === 'bad') printer.put(`[bad opt]${mark === '' ? '' : ']'}`);
      else printer.truncated();
      if (shown === 'cut' && mark !== '') printer.put('>');
      return false;
    }
    printer.put(shown.text);
    at += shown.taken;
    left -= shown.taken;
    if (shown.taken + head !== size) printer.put(`[len ${size}]`);
    mark = ',';
    if (kind === END) break;
  }
  printer.put(']');
  return true;
}

/** `bad`: it is longer than the options; `cut`: than what was captured. What is there of it has been printed. */
function show(
  printer: Printer,
  kind: number,
  at: number,
  size: number,
  other: number,
  left: number,
): Shown | 'bad' | 'cut' {
  const fixed = (taken: number, text: () => string): Shown | 'bad' | 'cut' => {
    if (taken > left) return 'bad';
    return printer.has(at, taken) ? { text: text(), taken } : 'cut';
  };
  switch (kind) {
    case END:
    case NOP:
    case 4:
      return { text: '', taken: 0 };
    case 2:
      return fixed(2, () => ` ${printer.uint16(at)}`);
    case 3:
      return fixed(1, () => ` ${printer.uint8(at)}`);
    case 5:
      return showSack(printer, at, size - 2, other);
    case 6:
    case 7:
    case 11:
    case 12:
    case 13:
      return fixed(4, () => ` ${printer.uint32(at)}`);
    case 8:
      return fixed(8, () => ` val ${printer.uint32(at)} ecr ${printer.uint32(at + 4)}`);
    default:
      return showBytes(printer, at, size - 2);
  }
}

function showSack(printer: Printer, at: number, length: number, other: number): Shown | 'cut' {
  if (length % 8 !== 0) return { text: ' invalid sack', taken: length };
  printer.put(` ${length / 8} `);
  for (let i = 0; i < length; i += 8) {
    if (!printer.has(at + i, 8)) return 'cut';
    const edges = [printer.uint32(at + i), printer.uint32(at + i + 4)].map((edge) => (edge - other) >>> 0);
    printer.put(`{${edges.join(':')}}`);
  }
  return { text: '', taken: length };
}

function showBytes(printer: Printer, at: number, length: number): Shown | 'cut' {
  if (length > 0) printer.put(' 0x');
  for (let i = 0; i < length; i++) {
    if (!printer.has(at + i, 1)) return 'cut';
    printer.put(
      printer
        .uint8(at + i)
        .toString(16)
        .padStart(2, '0'),
    );
  }
  return { text: '', taken: length };
}
