import { addWords, pseudoHeader } from '../../../linux/packet/checksum.ts';
import type { Printer } from '../printer.ts';

/** The checksum over a transport packet and its pseudo header: 0 where it is right (nextproto4_cksum). */
export function transportSum(printer: Printer, ip: number, at: number, length: number, protocol: number): number {
  const start = pseudoHeader(printer.uint32(ip + 12), printer.uint32(ip + 16), protocol, length);
  return ~addWords(printer.bytes, at, at + length, start) & 0xffff;
}
