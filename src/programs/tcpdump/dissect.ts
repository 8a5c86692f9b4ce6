import { linkType } from '../../linux/capture/link-type.ts';
import { type Layers, type Names, Printer, type PrintOptions, type Protocol, Truncated } from './printer.ts';
import { arp, printArp } from './protocols/arp.ts';
import { cooked, printCooked, printCooked1 } from './protocols/cooked.ts';
import { domain } from './protocols/domain.ts';
import { ascii, hex, hexAndAscii } from './protocols/dump.ts';
import { ethernet, printEthernet } from './protocols/ethernet.ts';
import { icmp, printIcmp } from './protocols/icmp.ts';
import { ip, printIp, printIp6, type Upper } from './protocols/ip.ts';
import { printSctp, sctp } from './protocols/sctp.ts';
import { printTcp, tcp } from './protocols/tcp.ts';
import { tcpOptions } from './protocols/tcp-options.ts';
import { text } from './protocols/text.ts';
import { printUdp, udp } from './protocols/udp.ts';
import { otv, vxlan } from './protocols/vxlan.ts';
import { type PacketTime, TimeText } from './time.ts';

/** Each protocol that is printed, for the reference page. */
export const protocols: readonly Protocol[] = [
  ethernet,
  cooked,
  arp,
  ip,
  icmp,
  tcp,
  tcpOptions,
  udp,
  sctp,
  domain,
  text,
  vxlan,
  otv,
];

/** A tunnel in a tunnel in a tunnel: deeper than this a packet is not taken apart. */
const DEEPEST = 20;

const uppers: ReadonlyMap<number, Upper> = new Map<number, Upper>([
  [1, printIcmp],
  [4, (printer, at, length) => printer.layers.ip(printer, at, length)],
  [6, printTcp],
  [17, printUdp],
  [132, printSctp],
]);

/** The link types that can be printed, and what the real tool calls them. */
export const links: ReadonlyMap<number, { readonly name: string; readonly description: string }> = new Map([
  [linkType.ethernet, { name: 'EN10MB', description: 'Ethernet' }],
  [linkType.raw, { name: 'RAW', description: 'Raw IP' }],
  [linkType.cooked1, { name: 'LINUX_SLL', description: 'Linux cooked v1' }],
  [linkType.cooked, { name: 'LINUX_SLL2', description: 'Linux cooked v2' }],
]);

export interface PrintedPacket extends PacketTime {
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** Prints packets as tcpdump does, one after the other: it remembers conversations and times. */
export class Dissector {
  readonly #printer: Printer;
  readonly #link: number;
  readonly #time: TimeText;
  #count = 0;
  #depth = 0;

  constructor(link: number, options: PrintOptions, names: Names) {
    this.#link = link;
    this.#time = new TimeText(options.time);
    this.#printer = new Printer(options, names, this.#layers());
  }

  /** @returns its lines, the last one ended. Never throws, whatever the bytes. */
  print(packet: PrintedPacket): string {
    const printer = this.#printer;
    const { options } = printer;
    printer.start(packet.bytes);
    if (options.count) printer.put(`${String(++this.#count).padStart(5)}  `);
    const invalid = invalidHeader(packet);
    if (invalid !== undefined) return `${printer.text}[Invalid header:${invalid}]\n`;
    printer.put(this.#time.of(packet));
    let header = 0;
    this.#depth = 0;
    try {
      header = this.#printLink(packet.length);
    } catch (error) {
      if (!(error instanceof Truncated)) throw error;
      printer.truncated();
    }
    const { bytes } = packet;
    printer.end = bytes.length;
    const dump = options.hexAscii > 0 ? hexAndAscii : options.hex > 0 ? hex : options.ascii > 0 ? ascii : undefined;
    const from = Math.max(options.hexAscii, options.hexAscii > 0 ? 0 : options.hex || options.ascii) > 1 ? 0 : header;
    if (dump !== undefined && bytes.length > from) dump(printer, from, bytes.length - from);
    return `${printer.text}\n`;
  }

  #printLink(length: number): number {
    const printer = this.#printer;
    switch (this.#link) {
      case linkType.ethernet:
        return printEthernet(printer, 0, length);
      case linkType.cooked:
        return printCooked(printer, length);
      case linkType.cooked1:
        return printCooked1(printer, length);
      default:
        printer.protocol = 'raw';
        if (printer.options.link) printer.put('ip: ');
        if (printer.uint8(0) >> 4 === 6) printIp6(printer, 0, length);
        else if (printer.uint8(0) >> 4 === 4) printer.layers.ip(printer, 0, length);
        else printer.put(`unknown ip ${printer.uint8(0) >> 4}`);
        return 0;
    }
  }

  #layers(): Layers {
    return {
      ethernet: printEthernet,
      ip: (printer, at, length) => {
        if (++this.#depth > DEEPEST) throw new Truncated();
        printIp(printer, at, length, uppers);
      },
      network: (printer, type, at, length) => {
        if (type === 0x0800) printer.layers.ip(printer, at, length);
        else if (type === 0x86dd) printIp6(printer, at, length);
        else if (type === 0x0806 || type === 0x8035) printArp(printer, at, length);
        else return false;
        return true;
      },
    };
  }
}

function invalidHeader({ bytes, length }: PrintedPacket): string | undefined {
  const problems: string[] = [];
  if (bytes.length === 0) problems.push(' caplen==0');
  if (length === 0) problems.push(' len==0');
  else if (length < bytes.length) problems.push(` len(${length}) < caplen(${bytes.length})`);
  if (length > 262144) problems.push(` len(${length}) > 262144`);
  return problems.length === 0 ? undefined : problems.join(',').replace(/^ caplen/, ' caplen');
}
