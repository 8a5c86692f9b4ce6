import type { Printer } from '../printer.ts';

const POINTER = 0xc0;
/** RFC 1035, 3.1: no name is longer. */
const LONGEST = 255;

/** Behind a name; `undefined`: it is cut or has labels of an unknown kind (ns_nskip). */
export function skipName(printer: Printer, from: number): number | undefined {
  let at = from;
  while (printer.has(at, 1)) {
    const length = printer.uint8(at++);
    if (length === 0) return at;
    const kind = length & POINTER;
    if (kind === POINTER) return at + 1;
    if (kind !== 0) return undefined;
    at += length;
  }
  return undefined;
}

/** Prints a name, each label with its dot. `base`: the message's first byte. @returns what is behind it (fqdn_print). */
export function printName(printer: Printer, from: number, base: number): number | undefined {
  let at = from;
  let behind: number | undefined;
  let before = from - base;
  let characters = 0;
  for (;;) {
    if (!printer.has(at, 1)) return undefined;
    const length = printer.uint8(at);
    const kind = length & POINTER;
    if (kind !== 0 && kind !== POINTER) {
      printer.put(kind === 0x40 ? `<ELT ${length & 0x3f}>` : '<BAD LABEL TYPE>');
      return undefined;
    }
    at++;
    if (length === 0) break;
    if (kind === POINTER) {
      behind ??= at + 1;
      if (!printer.has(at, 1)) return undefined;
      const offset = ((length & 0x3f) << 8) | printer.uint8(at);
      // It must lead backwards: so it can't go round in circles.
      if (offset >= before) {
        printer.put('<BAD PTR>');
        return undefined;
      }
      before = offset;
      at = base + offset;
      continue;
    }
    const room = Math.max(LONGEST - characters, 0);
    const shown = Math.min(length, room);
    const there = Math.max(Math.min(shown, printer.end - at), 0);
    printer.put(printer.characters(at, there));
    if (there < shown) return undefined;
    characters += length;
    at += length;
    if (characters <= LONGEST) printer.put('.');
    characters++;
  }
  if (at - 1 === from) printer.put('.');
  if (characters > LONGEST) printer.put('<DOMAIN NAME TOO LONG>');
  return behind ?? at;
}
