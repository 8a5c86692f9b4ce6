import { hex4, type Printer, type Protocol } from '../printer.ts';
import { hexAndAscii } from './dump.ts';
import { etherTypeName } from './ethernet.ts';

export const arp: Protocol = {
  name: 'ARP',
  summary: 'who-has and is-at (RFC 826), reverse and inverse ARP',
  leavesOut: 'ARP on ATM',
};

const HEADER = 8;
const operations: ReadonlyMap<number, string> = new Map([
  [1, 'Request'],
  [2, 'Reply'],
  [3, 'Reverse Request'],
  [4, 'Reverse Reply'],
  [8, 'Inverse Request'],
  [9, 'Inverse Reply'],
  [10, 'NACK Reply'],
]);

export function printArp(printer: Printer, at: number, length: number): void {
  printer.protocol = 'arp';
  printer.need(at, HEADER);
  const [hardware, protocol] = [printer.uint16(at), printer.uint16(at + 2)];
  const [macLength, ipLength] = [printer.uint8(at + 4), printer.uint8(at + 5)];
  const operation = printer.uint16(at + 6);
  const sender = at + HEADER;
  const target = sender + macLength + ipLength;
  printer.need(target + macLength, ipLength);
  const { link, verbose } = printer.options;
  if (!link) printer.put('ARP, ');
  if (protocol !== 0x0800 || ipLength !== 4 || macLength === 0 || verbose > 0) {
    const kind = hardware === 1 ? 'Ethernet' : `Unknown Hardware (${hardware})`;
    const name = etherTypeName(protocol) ?? `Unknown Protocol (0x${hex4(protocol)})`;
    printer.put(`${kind} (len ${macLength}), ${name} (len ${ipLength})`);
    if (verbose === 0) {
      printer.put(`, length ${length}`);
      return;
    }
  }
  printer.put(`${verbose > 0 ? ', ' : ''}${operations.get(operation) ?? `Unknown (${operation})`} `);
  const ip = (from: number) => {
    if (protocol !== 0x0800) return '<wrong proto type>';
    return ipLength === 4 ? printer.host(from) : '<wrong len>';
  };
  const mac = (from: number) => hardwareAddress(printer, from, macLength);
  const senderIp = () => ip(sender + macLength);
  const targetIp = () => ip(target + macLength);
  switch (operation) {
    case 1: {
      const known = printer.bytes.subarray(target, target + macLength).some((byte) => byte !== 0);
      printer.put(`who-has ${targetIp()}${known ? ` (${mac(target)})` : ''} tell ${senderIp()}`);
      break;
    }
    case 2:
      printer.put(`${senderIp()} is-at ${mac(sender)}`);
      break;
    case 3:
    case 8:
      printer.put(`who-is ${mac(target)} tell ${mac(sender)}`);
      break;
    case 4:
      printer.put(`${mac(target)} at ${targetIp()}`);
      break;
    case 9:
      printer.put(`${mac(sender)} at ${senderIp()}`);
      break;
    default:
      hexAndAscii(printer, at, printer.end - at);
      return;
  }
  printer.put(`, length ${length}`);
}

function hardwareAddress(printer: Printer, at: number, length: number): string {
  if (length === 6) return printer.mac(at);
  const bytes = [...printer.bytes.subarray(at, at + length)];
  return length === 0 ? '<empty>' : bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
