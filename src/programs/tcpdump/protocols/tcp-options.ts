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

/** An option's own text and how many bytes of it that accounts for; `undefined`: it does not fit. */
type Shown = { readonly text: string; readonly taken: number } | undefined;

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
    if (!short && (size < 2 || size > left)) return bad(printer, mark);
    at += short ? 1 : 2;
    left -= short ? 1 : 2;
    const shown: Shown = short ? { text: '', taken: 0 } : show(printer, kind, at, size, other, left);
    printer.put(names.get(kind) ?? `unknown-${kind}`);
    if (shown === undefined) return bad(printer, mark);
    printer.put(shown.text);
    at += shown.taken;
    left -= shown.taken;
    if (shown.taken + (short ? 1 : 2) !== size) printer.put(`[len ${size}]`);
    mark = ',';
    if (kind === END) break;
  }
  printer.put(']');
  return true;
}

function bad(printer: Printer, mark: string): false {
  printer.put(`[bad opt]${mark === '' ? '' : ']'}`);
  return false;
}

function show(printer: Printer, kind: number, at: number, size: number, other: number, left: number): Shown {
  const fixed = (taken: number, text: () => string): Shown => {
    if (taken > left) return undefined;
    printer.need(at, taken);
    return { text: text(), taken };
  };
  switch (kind) {
    case 2:
      return fixed(2, () => ` ${printer.uint16(at)}`);
    case 3:
      return fixed(1, () => ` ${printer.uint8(at)}`);
    case 4:
      return { text: '', taken: 0 };
    case 5: {
      const data = size - 2;
      if (data % 8 !== 0) return { text: ' invalid sack', taken: data };
      let text = ` ${data / 8} `;
      for (let i = 0; i < data; i += 8) {
        const edges = [printer.uint32(at + i), printer.uint32(at + i + 4)].map((edge) => (edge - other) >>> 0);
        text += `{${edges.join(':')}}`;
      }
      return { text, taken: data };
    }
    case 6:
    case 7:
    case 11:
    case 12:
    case 13:
      return fixed(4, () => ` ${printer.uint32(at)}`);
    case 8:
      return fixed(8, () => ` val ${printer.uint32(at)} ecr ${printer.uint32(at + 4)}`);
    default: {
      const bytes = Array.from({ length: size - 2 }, (_, i) =>
        printer
          .uint8(at + i)
          .toString(16)
          .padStart(2, '0'),
      );
      return { text: bytes.length === 0 ? '' : ` 0x${bytes.join('')}`, taken: size - 2 };
    }
  }
}
