import type { Printer, Protocol } from '../printer.ts';

export const vxlan: Protocol = {
  name: 'VXLAN',
  summary: 'on port 4789: flags and VNI, and the frame inside on a line of its own (RFC 7348)',
};

/** What the real tool takes the kernel's own VXLAN port, which Flannel keeps, for. */
export const otv: Protocol = {
  name: 'OTV',
  summary: 'on port 8472, where Flannel has its VXLAN: flags, overlay and instance (the VNI), and the frame inside',
};

const HEADER = 8;

export function printVxlan(printer: Printer, at: number, length: number): void {
  printer.protocol = 'vxlan';
  printer.put('VXLAN');
  if (length < HEADER) {
    printer.put(' (invalid)');
    return;
  }
  const flags = printer.uint8(at);
  printer.put(`, flags [${(flags & 8) === 0 ? 'invalid' : 'I'}] (0x${flags.toString(16).padStart(2, '0')}), `);
  printer.put(`vni ${printer.uint24(at + 4)}\n`);
  printer.need(at + 7, 1);
  printer.layers.ethernet(printer, at + HEADER, length - HEADER);
}

export function printOtv(printer: Printer, at: number, length: number): void {
  printer.protocol = 'otv';
  printer.put('OTV, ');
  if (length < HEADER) {
    printer.put(`[length ${length} < ${HEADER}] (invalid)`);
    printer.need(at, length);
    return;
  }
  const flags = printer.uint8(at);
  printer.put(`flags [${(flags & 8) === 0 ? '.' : 'I'}] (0x${flags.toString(16).padStart(2, '0')}), `);
  printer.put(`overlay ${printer.uint24(at + 1)}, `);
  printer.put(`instance ${printer.uint24(at + 4)}\n`);
  printer.need(at + 7, 1);
  printer.layers.ethernet(printer, at + HEADER, length - HEADER);
}
