/** Files of captured packets, as libpcap writes and reads them (pcap-savefile(5)). pcapng is not modelled. */

export interface PcapHeader {
  readonly linkType: number;
  readonly snapLength: number;
}

export interface PcapPacket {
  /** Since 1970, in microseconds. */
  readonly microseconds: number;
  readonly bytes: Uint8Array;
  /** How long it was before it was cut. */
  readonly length: number;
}

/** A file that is none, or ends too early: in libpcap's words. */
export class PcapError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PcapError';
  }
}

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const PCAPNG = 0x0a0d0d0a;
const FILE_HEADER = 24;
const PACKET_HEADER = 16;
/** libpcap's MAXIMUM_SNAPLEN. */
const LONGEST = 262144;
/** libpcap's max_snaplen_for_dlt, where a packet is longer than the file says. */
const ABSURD = LONGEST;

export function pcapHeader({ linkType, snapLength }: PcapHeader): Uint8Array {
  const view = new DataView(new ArrayBuffer(FILE_HEADER));
  view.setUint32(0, MICROSECONDS, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, snapLength, true);
  view.setUint32(20, linkType, true);
  return new Uint8Array(view.buffer);
}

export function pcapRecord({ microseconds, bytes, length }: PcapPacket): Uint8Array {
  const record = new Uint8Array(PACKET_HEADER + bytes.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, Math.floor(microseconds / 1e6), true);
  view.setUint32(4, microseconds % 1e6, true);
  view.setUint32(8, bytes.length, true);
  view.setUint32(12, length, true);
  record.set(bytes, PACKET_HEADER);
  return record;
}

/** Reads a file of packets. Its parts throw `PcapError`, and nothing else, whatever the bytes. */
export class PcapFile {
  readonly header: PcapHeader;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #little: boolean;
  readonly #perMicrosecond: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < 4) {
      throw new PcapError(`truncated dump file; tried to read 4 file header bytes, only got ${bytes.length}`);
    }
    const magics = [this.#view.getUint32(0, true), this.#view.getUint32(0, false)];
    if (magics.includes(PCAPNG)) throw new PcapError('pcapng files are not modelled in this simulation');
    const known = magics.findIndex((magic) => magic === MICROSECONDS || magic === NANOSECONDS);
    if (known < 0) throw new PcapError('unknown file format');
    this.#little = known === 0;
    this.#perMicrosecond = magics[known] === NANOSECONDS ? 1000 : 1;
    if (bytes.length < FILE_HEADER) {
      throw new PcapError(`truncated dump file; tried to read 24 file header bytes, only got ${bytes.length - 4}`);
    }
    const [major, minor] = [this.#view.getUint16(4, this.#little), this.#view.getUint16(6, this.#little)];
    if (major !== 2 || minor !== 4) throw new PcapError(`unsupported pcap savefile version ${major}.${minor}`);
    const snapLength = this.#uint32(16);
    this.header = {
      linkType: this.#uint32(20) & 0x03ffffff,
      snapLength: snapLength === 0 || snapLength > 0x7fffffff ? LONGEST : snapLength,
    };
  }

  *packets(): Generator<PcapPacket, void> {
    const bytes = this.#bytes;
    let at = FILE_HEADER;
    while (at < bytes.length) {
      const left = bytes.length - at;
      if (left < PACKET_HEADER) {
        throw new PcapError(`truncated dump file; tried to read ${PACKET_HEADER} header bytes, only got ${left}`);
      }
      const captured = this.#uint32(at + 8);
      if (captured > ABSURD) {
        const limit = captured > this.header.snapLength ? 'maximum' : 'snaplen';
        throw new PcapError(`invalid packet capture length ${captured}, bigger than ${limit} of ${ABSURD}`);
      }
      if (left - PACKET_HEADER < captured) {
        const got = left - PACKET_HEADER;
        throw new PcapError(`truncated dump file; tried to read ${captured} captured bytes, only got ${got}`);
      }
      const start = at + PACKET_HEADER;
      const kept = Math.min(captured, this.header.snapLength);
      yield {
        microseconds: this.#uint32(at) * 1e6 + Math.floor(this.#uint32(at + 4) / this.#perMicrosecond),
        bytes: bytes.subarray(start, start + kept),
        length: this.#uint32(at + 12),
      };
      at = start + captured;
    }
  }

  #uint32(at: number): number {
    return this.#view.getUint32(at, this.#little);
  }
}
