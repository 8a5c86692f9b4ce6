import { hex4, type Printer, type Protocol, rightSum } from '../printer.ts';
import { printDomain } from './domain.ts';
import type { IpHeader } from './ip.ts';
import { transportSum } from './sums.ts';
import { printOtv, printVxlan } from './vxlan.ts';

export const udp: Protocol = {
  name: 'UDP',
  summary: 'ports and length, with -vv the checksum; WireGuard is UDP as any other, as in the real tool',
  leavesOut: 'the contents of all but DNS, mDNS, VXLAN and OTV: other ports say `UDP, length N`',
};

const HEADER = 8;
type Content = (printer: Printer, at: number, length: number) => void;

/** By port, in the order in which they are asked. */
const contents: readonly (readonly [port: number, print: Content])[] = [
  [53, (printer, at, length) => printDomain(printer, at, length, {})],
  [5353, (printer, at, length) => printDomain(printer, at, length, { multicast: true })],
  [8472, printOtv],
  [4789, printVxlan],
];

export function printUdp(printer: Printer, at: number, whole: number, ip: IpHeader): void {
  printer.protocol = 'udp';
  const [source, destination] = [printer.host(ip.at + 12), printer.host(ip.at + 16)];
  if (!printer.has(at + 2, 2)) {
    printer.put(`${source} > ${destination}: `);
    printer.truncated();
    return;
  }
  const [from, to] = [printer.uint16(at), printer.uint16(at + 2)];
  printer.put(`${source}.${printer.port(from, 'udp')} > ${destination}.${printer.port(to, 'udp')}: `);
  if (whole < HEADER) {
    printer.put(`truncated-udp ${whole}`);
    return;
  }
  if (!printer.has(at + 4, 2)) {
    printer.truncated();
    return;
  }
  const stated = printer.uint16(at + 4);
  if (stated < HEADER) {
    printer.put(`truncated-udplength ${stated}`);
    return;
  }
  if (at + HEADER > printer.end) {
    printer.truncated();
    return;
  }
  const length = Math.min(stated - HEADER, whole - HEADER);
  const { verbose, quiet, uncheckedSums } = printer.options;
  if (verbose > 1 && !uncheckedSums && !ip.fragmented) {
    const found = printer.uint16(at + 6);
    if (found === 0) printer.put('[no cksum] ');
    else if (printer.has(at + HEADER, length)) {
      const sum = transportSum(printer, ip.at, at, length + HEADER, 17);
      const right = hex4(rightSum(found, sum));
      printer.put(sum === 0 ? '[udp sum ok] ' : `[bad udp cksum 0x${hex4(found)} -> 0x${right}!] `);
    }
  }
  const content = quiet > 0 ? undefined : contents.find(([port]) => port === from || port === to);
  if (content !== undefined) content[1](printer, at + HEADER, length);
  else if (stated - HEADER > length && !ip.fragmented) {
    printer.put(`UDP, bad length ${stated - HEADER} > ${length}`);
  } else printer.put(`UDP, length ${stated - HEADER}`);
}
