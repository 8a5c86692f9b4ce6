import type { Printer, Protocol } from '../printer.ts';
import { hex4 } from '../printer.ts';
import { hexAndAscii } from './dump.ts';

export const ethernet: Protocol = {
  name: 'Ethernet',
  summary: 'MAC addresses and type, with -e; what has an unknown type as bytes',
  leavesOut: 'VLAN tags, 802.2 LLC and MACsec, which are printed as bytes; the vendors of MAC addresses',
};

const HEADER = 14;

const names: ReadonlyMap<number, string> = new Map([
  [0x0800, 'IPv4'],
  [0x0806, 'ARP'],
  [0x8035, 'Reverse ARP'],
  [0x6558, 'TEB'],
  [0x8100, '802.1Q'],
  [0x86dd, 'IPv6'],
  [0x8847, 'MPLS unicast'],
  [0x8848, 'MPLS multicast'],
  [0x8863, 'PPPoE D'],
  [0x8864, 'PPPoE S'],
  [0x888e, 'EAPOL'],
  [0x88cc, 'LLDP'],
  [0x88e5, '802.1AE MACsec'],
  [0x9000, 'Loopback'],
]);

export function etherTypeName(type: number): string | undefined {
  return names.get(type);
}

/** `ethertype IPv4 (0x0800)` */
export function etherTypeText(printer: Printer, type: number): string {
  const name = names.get(type);
  if (printer.options.quiet > 0) return name ?? `Unknown Ethertype (0x${hex4(type)})`;
  return `ethertype ${name ?? 'Unknown'} (0x${hex4(type)})`;
}

/** Prints a frame; @returns how long its header is. */
export function printEthernet(printer: Printer, at: number, length: number): number {
  printer.protocol = 'ether';
  if (!printer.has(at, HEADER)) {
    printer.truncated();
    return Math.max(printer.end - at, 0);
  }
  const { link, quiet } = printer.options;
  const type = printer.uint16(at + 12);
  const header = () => {
    printer.put(`${printer.mac(at + 6)} > ${printer.mac(at)}, ${etherTypeText(printer, type)}, length ${length}: `);
  };
  if (link) header();
  if (printer.layers.network(printer, type, at + HEADER, length - HEADER)) return HEADER;
  if (!link) header();
  if (quiet === 0 && printer.options.hex === 0 && printer.options.hexAscii === 0) {
    hexAndAscii(printer, at + HEADER, printer.end - at - HEADER);
  }
  return HEADER;
}
