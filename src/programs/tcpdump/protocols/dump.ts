import type { Printer } from '../printer.ts';

const PER_LINE = 16;
const HEX_WIDTH = 40;
const printable = (byte: number) => byte > 32 && byte < 127;

/** `-X`, and what is printed of a protocol that nobody knows. */
export function hexAndAscii(printer: Printer, at: number, length: number, ident = '\n\t'): void {
  lines(printer, at, length, ident, true);
}

/** `-x` */
export function hex(printer: Printer, at: number, length: number): void {
  lines(printer, at, length, '\n\t', false);
}

function lines(printer: Printer, at: number, length: number, ident: string, ascii: boolean): void {
  const { bytes } = printer;
  const end = Math.min(at + length, printer.end);
  for (let from = at; from < end; from += PER_LINE) {
    let numbers = '';
    let text = '';
    for (let i = from; i < Math.min(from + PER_LINE, end); i++) {
      const byte = bytes[i] as number;
      numbers += `${(i - from) % 2 === 0 ? ' ' : ''}${byte.toString(16).padStart(2, '0')}`;
      text += printable(byte) ? String.fromCharCode(byte) : '.';
    }
    const offset = (from - at).toString(16).padStart(4, '0');
    printer.put(`${ident}0x${offset}: ${ascii ? `${numbers.padEnd(HEX_WIDTH)}  ${text}` : numbers}`);
  }
}

/** `-A`: a carriage return before a line feed is left out. */
export function ascii(printer: Printer, at: number, length: number): void {
  const { bytes } = printer;
  const end = Math.min(at + length, printer.end);
  let text = '\n';
  for (let i = at; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte === 13) {
      if (end - i > 2 && bytes[i + 1] !== 10) text += '.';
    } else text += printable(byte) || byte === 9 || byte === 32 || byte === 10 ? String.fromCharCode(byte) : '.';
  }
  printer.put(text);
}
