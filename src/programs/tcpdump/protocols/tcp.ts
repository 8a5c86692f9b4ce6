import { hex4, type Printer, type Protocol, rightSum, Truncated } from '../printer.ts';
import { printDomain } from './domain.ts';
import type { IpHeader } from './ip.ts';
import { transportSum } from './sums.ts';
import { printTcpOptions } from './tcp-options.ts';
import { textProtocolOf } from './text.ts';

export const tcp: Protocol = {
  name: 'TCP',
  summary: 'ports, flags, relative sequence numbers (-S: as they are), window, options, and with -v the checksum',
  leavesOut: 'the contents of all but HTTP, DNS, SMTP, FTP and WHOIS',
};

const HEADER = 20;
const FLAGS = 'FSRP.UEW';
const [FIN, SYN, RST, ACK, URG] = [1, 2, 4, 16, 32];
const MOST_RESET_DATA = 30;
const DNS = 53;

export function printTcp(printer: Printer, at: number, whole: number, ip: IpHeader): void {
  printer.protocol = 'tcp';
  const { quiet, verbose, uncheckedSums, absolute } = printer.options;
  const [source, destination] = [printer.host(ip.at + 12), printer.host(ip.at + 16)];
  if (!printer.has(at, 4)) {
    printer.put(`${source} > ${destination}:`);
    printer.truncated();
    return;
  }
  const [from, to] = [printer.uint16(at), printer.uint16(at + 2)];
  printer.put(`${source}.${printer.port(from, 'tcp')} > ${destination}.${printer.port(to, 'tcp')}: `);
  if (!printer.has(at, HEADER)) {
    printer.truncated();
    return;
  }
  const header = (printer.uint8(at + 12) >> 4) * 4;
  const length = (whole - header) >>> 0;
  if (header < HEADER) {
    printer.put(` tcp ${length} [bad hdr length ${header} - too short, < ${HEADER}]`);
    return;
  }
  if (quiet > 0) {
    printer.put(`tcp ${length}${header > whole ? ` [bad hdr length ${header} - too long, > ${whole}]` : ''}`);
    return;
  }
  const flags = printer.uint8(at + 13);
  const set = [...FLAGS].filter((_, bit) => (flags & (1 << bit)) !== 0).join('');
  printer.put(`Flags [${set === '' ? 'none' : set}]`);
  const relative = relate(printer, at, ip, !absolute && (flags & ACK) !== 0);
  if (header > whole) {
    printer.put(` [bad hdr length ${header} - too long, > ${whole}]`);
    return;
  }
  if (verbose > 0 && !uncheckedSums && !ip.fragmented && printer.has(at, whole)) {
    const sum = transportSum(printer, ip.at, at, whole, 6);
    const found = printer.uint16(at + 16);
    const verdict = sum === 0 ? 'correct' : `incorrect -> 0x${hex4(rightSum(found, sum))}`;
    printer.put(`, cksum 0x${hex4(found)} (${verdict})`);
  }
  if (verbose > 1 || length > 0 || (flags & (SYN | FIN | RST)) !== 0) {
    printer.put(`, seq ${relative.sequence}${length > 0 ? `:${(relative.sequence + length) >>> 0}` : ''}`);
  }
  if ((flags & ACK) !== 0) printer.put(`, ack ${relative.acknowledgement}`);
  printer.put(`, win ${printer.uint16(at + 14)}`);
  if ((flags & URG) !== 0) printer.put(`, urg ${printer.uint16(at + 18)}`);
  if (header > HEADER && !printTcpOptions(printer, at + HEADER, header - HEADER, relative.other)) return;
  printer.put(`, length ${length}`);
  if (length > 0) printData(printer, at, header, length, { from, to, reset: (flags & RST) !== 0 });
}

/** Sequence numbers count from the conversation's first packet that was seen; the SYN itself shows its own. */
function relate(printer: Printer, at: number, ip: IpHeader, wanted: boolean) {
  const sequence = printer.uint32(at + 4);
  const acknowledgement = printer.uint32(at + 8);
  if (!wanted) return { sequence, acknowledgement, other: 0 };
  const [from, to] = [printer.uint16(at), printer.uint16(at + 2)];
  const [source, destination] = [printer.uint32(ip.at + 12), printer.uint32(ip.at + 16)];
  const reverse = from > to || (from === to && source > destination);
  const key = reverse ? `${destination} ${to} ${source} ${from}` : `${source} ${from} ${destination} ${to}`;
  const known = printer.conversations.get(key);
  const syn = (printer.uint8(at + 13) & SYN) !== 0;
  if (known === undefined || syn) {
    const before = (acknowledgement - 1) >>> 0;
    printer.conversations.set(
      key,
      reverse ? { acknowledgement: sequence, sequence: before } : { sequence, acknowledgement: before },
    );
    return { sequence, acknowledgement, other: before };
  }
  const [own, other] = reverse ? [known.acknowledgement, known.sequence] : [known.sequence, known.acknowledgement];
  return { sequence: (sequence - own) >>> 0, acknowledgement: (acknowledgement - other) >>> 0, other };
}

function printData(
  printer: Printer,
  at: number,
  header: number,
  length: number,
  { from, to, reset }: { from: number; to: number; reset: boolean },
): void {
  if (!printer.has(at, header)) {
    printer.put(` [remaining caplen(${printer.end - at}) < header length(${header})]`);
    throw new Truncated();
  }
  const data = at + header;
  if (reset && printer.options.verbose > 0) {
    const shown = Math.min(length, MOST_RESET_DATA, printer.end - data);
    const mark = printer.has(data, length) ? ' [RST' : ' [!RST';
    printer.put(`${mark}${length > MOST_RESET_DATA ? '+' : ''} ${printer.characters(data, shown)}]`);
    return;
  }
  const text = textProtocolOf(from, to);
  if (text !== undefined) {
    printer.put(': ');
    text(printer, data, length);
  } else if (from === DNS || to === DNS) printDomain(printer, data, length, { tcp: true });
}
