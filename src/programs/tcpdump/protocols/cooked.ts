import { hex4, type Printer, type Protocol } from '../printer.ts';
import { hexAndAscii } from './dump.ts';
import { etherTypeName } from './ethernet.ts';

export const cooked: Protocol = {
  name: 'Linux cooked',
  summary: 'the device, the direction and, with -e, the sender of what a capture on `any` has (versions 1 and 2)',
};

const types: ReadonlyMap<number, string> = new Map([
  [0, 'In'],
  [1, 'B'],
  [2, 'M'],
  [3, 'P'],
  [4, 'Out'],
]);

const HEADER_1 = 16;
const HEADER_2 = 20;

/** LINKTYPE_LINUX_SLL2; @returns how long its header is. */
export function printCooked(printer: Printer, length: number): number {
  printer.protocol = 'sll2';
  if (!printer.has(0, HEADER_2)) {
    printer.truncated();
    return 0;
  }
  const index = printer.uint32(4);
  printer.put(`${printer.device(index).padEnd(5)} ${(types.get(printer.uint8(10)) ?? '?').padEnd(3)} `);
  const mac = printer.uint8(11) === 6 ? `${printer.mac(12)} ` : '';
  printNetwork(printer, printer.uint16(0), `ifindex ${index} ${mac}`, HEADER_2, length);
  return HEADER_2;
}

/** LINKTYPE_LINUX_SLL, as older captures have it. */
export function printCooked1(printer: Printer, length: number): number {
  printer.protocol = 'sll';
  if (!printer.has(0, HEADER_1)) {
    printer.truncated();
    return 0;
  }
  const mac = printer.uint16(4) === 6 ? `${printer.mac(6)} ` : '';
  const type = (types.get(printer.uint16(0)) ?? '?').padStart(3);
  printNetwork(printer, printer.uint16(14), `${type} ${mac}`, HEADER_1, length);
  return HEADER_1;
}

function printNetwork(printer: Printer, type: number, header: string, at: number, length: number): void {
  const { link, quiet, hex, hexAscii } = printer.options;
  const ethertype = `ethertype ${etherTypeName(type) ?? 'Unknown'} (0x${hex4(type)}), length ${length}: `;
  const whole = quiet > 0 ? header : header + ethertype;
  if (link) printer.put(whole);
  if (printer.layers.network(printer, type, at, length - at)) return;
  if (!link) printer.put(whole);
  if (quiet === 0 && hex === 0 && hexAscii === 0) hexAndAscii(printer, at, printer.end - at);
}
