import { checksum } from '../../../linux/packet/checksum.ts';
import { type Printer, type Protocol, rightSum } from '../printer.ts';
import type { IpHeader } from './ip.ts';

export const icmp: Protocol = {
  name: 'ICMP',
  summary: 'echo, unreachable and why, redirect, time exceeded; with -v the packet that was lost (RFC 792)',
  leavesOut: "router advertisements' addresses, extensions of RFC 4884",
};

const [ECHO_REPLY, UNREACHABLE, QUENCH, REDIRECT, ECHO, ADVERTISEMENT, EXCEEDED, PARAMETER] = [
  0, 3, 4, 5, 8, 9, 11, 12,
];
const errors = [UNREACHABLE, QUENCH, REDIRECT, EXCEEDED, PARAMETER];

/** What was unreachable and, after it, why. */
const unreachable: ReadonlyMap<number, readonly [before: string, after: string]> = new Map([
  [0, ['net ', ' unreachable']],
  [1, ['host ', ' unreachable']],
  [5, ['', ' unreachable - source route failed']],
  [6, ['net ', ' unreachable - unknown']],
  [7, ['host ', ' unreachable - unknown']],
  [8, ['', ' unreachable - source host isolated']],
  [9, ['net ', ' unreachable - admin prohibited']],
  [10, ['host ', ' unreachable - admin prohibited']],
  [11, ['net ', ' unreachable - tos prohibited']],
  [12, ['host ', ' unreachable - tos prohibited']],
  [13, ['host ', ' unreachable - admin prohibited filter']],
  [14, ['host ', ' unreachable - host precedence violation']],
  [15, ['host ', ' unreachable - precedence cutoff']],
]);
const redirects = ['redirect %s to net', 'redirect %s to host', 'redirect-tos %s to net', 'redirect-tos %s to host'];
const others: ReadonlyMap<number, string> = new Map([
  [QUENCH, 'source quench'],
  [ADVERTISEMENT, 'router advertisement'],
  [10, 'router solicitation'],
  [15, 'information request'],
  [16, 'information reply'],
  [17, 'address mask request'],
]);

export function printIcmp(printer: Printer, at: number, length: number, ip: IpHeader): void {
  printer.protocol = 'icmp';
  const type = printer.uint8(at);
  // What the real one looks at before it says anything of these.
  const port = type === UNREACHABLE && printer.uint8(at + 1) === 3;
  const needed = type === EXCEEDED ? 28 : type === 14 ? 20 : port ? 18 : 2;
  if (!printer.has(at, needed)) {
    printer.truncated();
    return;
  }
  const text = describe(printer, at, type, printer.uint8(at + 1));
  printer.put(`ICMP ${text}, length ${length}`);
  if (printer.options.verbose === 0) return;
  if (!ip.fragmented && printer.has(at, length)) {
    const sum = checksum(printer.bytes, at, at + length);
    const found = printer.uint16(at + 2);
    if (sum !== 0) printer.put(` (wrong icmp cksum ${found.toString(16)} (->${rightSum(found, sum).toString(16)})!)`);
  }
  if (!errors.includes(type)) return;
  printer.put('\n\t');
  const inner = at + 8;
  const total = printer.uint16(inner + 2);
  printer.within(inner, total, () => printer.layers.ip(printer, inner, total));
  printer.protocol = 'icmp';
}

function describe(printer: Printer, at: number, type: number, code: number): string {
  const inner = at + 8;
  switch (type) {
    case ECHO:
    case ECHO_REPLY: {
      const kind = type === ECHO ? 'request' : 'reply';
      return `echo ${kind}, id ${printer.uint16(at + 4)}, seq ${printer.uint16(at + 6)}`;
    }
    case UNREACHABLE:
      return describeUnreachable(printer, at, inner, code);
    case REDIRECT: {
      const form = redirects[code] ?? `redirect-#${code} %s to`;
      return `${form.replace('%s', printer.host(inner + 16))} ${printer.host(at + 4)}`;
    }
    case EXCEEDED:
      if (code === 0) return 'time exceeded in-transit';
      return code === 1 ? 'ip reassembly time exceeded' : `time exceeded-#${code}`;
    case PARAMETER:
      return `parameter problem - ${code === 0 ? `octet ${printer.uint8(at + 4)}` : `code ${code}`}`;
    case 13:
      return `time stamp query id ${printer.uint16(at + 4)} seq ${printer.uint16(at + 6)}`;
    case 14: {
      const [sent, received, answered] = [8, 12, 16].map((offset) => timestamp(printer.uint32(at + offset)));
      const ids = `id ${printer.uint16(at + 4)} seq ${printer.uint16(at + 6)}`;
      return `time stamp reply ${ids}: org ${sent}, recv ${received}, xmit ${answered}`;
    }
    case 18:
      return `address mask is 0x${printer
        .uint32(at + 8)
        .toString(16)
        .padStart(8, '0')}`;
    default:
      return others.get(type) ?? `type-#${type}`;
  }
}

function describeUnreachable(printer: Printer, at: number, inner: number, code: number): string {
  if (code === 2) return `${printer.host(inner + 16)} protocol ${printer.uint8(inner + 9)} unreachable`;
  if (code === 3) {
    const port = printer.uint16(inner + (printer.uint8(inner) & 15) * 4 + 2);
    const protocol = printer.uint8(inner + 9);
    const name = protocol === 6 ? 'tcp' : protocol === 17 ? 'udp' : undefined;
    const host = printer.host(inner + 16);
    if (name === undefined) return `${host} protocol ${protocol} port ${port} unreachable`;
    return `${host} ${name} port ${printer.port(port, name)} unreachable`;
  }
  if (code === 4) {
    const mtu = printer.uint16(at + 6);
    return `${printer.host(inner + 16)} unreachable - need to frag${mtu === 0 ? '' : ` (mtu ${mtu})`}`;
  }
  const [before, after] = unreachable.get(code) ?? ['', ` unreachable - #${code}`];
  return before + printer.host(inner + 16) + after;
}

/** Milliseconds since midnight. */
function timestamp(value: number): string {
  const seconds = Math.floor(value / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${parts.map((part) => String(part).padStart(2, '0')).join(':')}.${String(value % 1000).padStart(3, '0')}`;
}
