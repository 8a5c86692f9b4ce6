/**
 * The Internet checksum (RFC 1071): the one's complement sum of 16-bit words. `sum` is what other parts gave already.
 * @returns the sum, not yet complemented.
 */
export function addWords(bytes: Uint8Array, from = 0, to = bytes.length, sum = 0): number {
  let total = sum;
  let at = from;
  for (; at + 1 < to; at += 2) total += ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  if (at < to) total += (bytes[at] as number) << 8;
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x10000);
  return total;
}

/** The checksum of `bytes` from `from` up to `to`, which is 0 where a right checksum is among them. */
export function checksum(bytes: Uint8Array, from?: number, to?: number, sum?: number): number {
  return ~addWords(bytes, from, to, sum) & 0xffff;
}

/** The sum of TCP's and UDP's pseudo header (RFC 9293, 3.1): what a checksum left to the network card starts with. */
export function pseudoHeader(source: number, destination: number, protocol: number, length: number): number {
  let sum = (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + protocol + length;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

let table: Uint32Array | undefined;

/** CRC32c (RFC 9260, appendix A), as it stands in an SCTP header when written with its low byte first. */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  table ??= crcTable();
  let crc = 0xffffffff;
  for (let at = from; at < to; at++) crc = (table[(crc ^ (bytes[at] as number)) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function crcTable(): Uint32Array {
  const made = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    made[n] = crc >>> 0;
  }
  return made;
}
