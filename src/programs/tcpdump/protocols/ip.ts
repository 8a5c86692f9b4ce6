import { checksum } from '../../../linux/packet/checksum.ts';
import { hex4, type Printer, type Protocol, rightSum, Truncated } from '../printer.ts';

export const ip: Protocol = {
  name: 'IP',
  summary: "addresses; with -v the header's fields, and a wrong checksum; fragments; IP in IP",
  leavesOut: 'IPv6, options',
};

export interface IpHeader {
  readonly at: number;
  /** Not the whole packet: what follows has no checksum to compare. */
  readonly fragmented: boolean;
  readonly protocol: number;
}

const HEADER = 20;
const ecn = ['', ',ECT(1)', ',ECT(0)', ',CE'];
const protocolNames: ReadonlyMap<number, string> = new Map([
  [0, 'Options'],
  [1, 'ICMP'],
  [2, 'IGMP'],
  [4, 'IPIP'],
  [6, 'TCP'],
  [8, 'EGP'],
  [9, 'IGRP'],
  [17, 'UDP'],
  [33, 'DCCP'],
  [41, 'IPv6'],
  [43, 'Routing'],
  [44, 'Fragment'],
  [46, 'RSVP'],
  [47, 'GRE'],
  [50, 'ESP'],
  [51, 'AH'],
  [55, 'Mobile IP'],
  [58, 'ICMPv6'],
  [62, 'Mobile IP (old)'],
  [88, 'EIGRP'],
  [89, 'OSPF'],
  [103, 'PIM'],
  [108, 'Compressed IP'],
  [112, 'VRRP'],
  [113, 'PGM'],
  [132, 'SCTP'],
  [135, 'Mobility'],
  [143, 'Ethernet'],
]);
/** Of /etc/protocols, for what has no printer and no -n. */
const databaseNames: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [132, 'sctp'],
  [4, 'ipencap'],
]);
/** They print the addresses themselves, with the ports. */
const WITH_PORTS = [6, 17, 33, 132];

/** What follows the header: prints it, or says that it has no printer. */
export type Upper = (printer: Printer, at: number, length: number, header: IpHeader) => void;

export function printIp(printer: Printer, at: number, length: number, uppers: ReadonlyMap<number, Upper>): void {
  printer.protocol = 'ip';
  const version = printer.uint8(at) >> 4;
  if (version !== 4) {
    printer.put(version === 6 ? 'IP6, wrong link-layer encapsulation (invalid)' : `IP${version} (invalid)`);
    return;
  }
  if (!printer.options.link) printer.put('IP ');
  if (!printer.has(at, HEADER)) {
    printer.truncated();
    return;
  }
  if (length < HEADER) {
    printer.put(`truncated-ip ${length}`);
    return;
  }
  const header = (printer.uint8(at) & 15) * 4;
  if (header < HEADER) {
    printer.put(`bad-hlen ${header}`);
    return;
  }
  let total = printer.uint16(at + 2);
  if (length < total) printer.put(`truncated-ip - ${total - length} bytes missing! `);
  if (total < header) {
    if (total > 0) {
      printer.put(`bad-len ${total}`);
      return;
    }
    // A packet of segmentation offload that is too long for the field.
    total = length;
  }
  printer.within(at, total, () => {
    if (printer.options.verbose > 0) verbose(printer, at, header);
    printUpper(printer, at, header, total - header, uppers);
  });
}

function verbose(printer: Printer, at: number, header: number): void {
  const tos = printer.uint8(at + 1);
  const ttl = printer.uint8(at + 8);
  const fragment = printer.uint16(at + 6);
  const protocol = printer.uint8(at + 9);
  const flags = [
    [0x2000, '+'],
    [0x4000, 'DF'],
    [0x8000, 'rsvd'],
  ] as const;
  const set = flags.filter(([bit]) => (fragment & bit) !== 0).map(([, text]) => text);
  printer.put(
    `(tos 0x${tos.toString(16)}${ecn[tos & 3] ?? ''}${ttl > 0 ? `, ttl ${ttl}` : ''}, id ${printer.uint16(at + 4)}` +
      `, offset ${(fragment & 0x1fff) * 8}, flags [${set.length === 0 ? 'none' : set.join(', ')}]` +
      `, proto ${protocolNames.get(protocol) ?? 'unknown'} (${protocol}), length ${printer.uint16(at + 2)}`,
  );
  if (header > HEADER) printer.put(`, options (${header - HEADER} bytes, not modelled)`);
  if (!printer.options.uncheckedSums && printer.has(at, header)) {
    const sum = checksum(printer.bytes, at, at + header);
    if (sum !== 0) {
      const found = printer.uint16(at + 10);
      printer.put(`, bad cksum ${found.toString(16)} (->${rightSum(found, sum).toString(16)})!`);
    }
  }
  printer.put(')\n    ');
}

function printUpper(
  printer: Printer,
  at: number,
  header: number,
  length: number,
  uppers: ReadonlyMap<number, Upper>,
): void {
  const fragment = printer.uint16(at + 6);
  const protocol = printer.uint8(at + 9);
  const addresses = () => `${printer.host(at + 12)} > ${printer.host(at + 16)}:`;
  const name = printer.options.numeric ? undefined : databaseNames.get(protocol);
  const named = ` ${name ?? `ip-proto-${protocol}`}`;
  if ((fragment & 0x1fff) !== 0) {
    if (printer.options.quiet < 2) printer.put(addresses() + named);
    return;
  }
  if (!WITH_PORTS.includes(protocol)) printer.put(`${addresses()} `);
  if (!printer.has(at, header)) {
    printer.put(` [remaining caplen(${printer.end - at}) < header length(${header})]`);
    throw new Truncated();
  }
  const upper = uppers.get(protocol);
  if (upper === undefined) printer.put(`${named} ${length}`);
  else upper(printer, at + header, length, { at, fragmented: (fragment & 0x2000) !== 0, protocol });
}

/** IPv6 is told by name; its packets are not taken apart. */
export function printIp6(printer: Printer, at: number, length: number): void {
  const next = printer.has(at, 7) ? printer.uint8(at + 6) : 0;
  const link = printer.options.link ? '' : 'IP6 ';
  printer.put(`${link}is not modelled in this simulation, next header 0x${hex4(next).slice(2)}, length ${length}`);
}
