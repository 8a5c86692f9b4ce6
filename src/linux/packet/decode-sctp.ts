import { sctpChunkNumber } from './numbers.ts';
import type { SctpChunk, SctpPacket } from './packet.ts';
import type { PacketReader } from './reader.ts';
import { sctpChunkLength } from './size.ts';

const chunkTypes = new Map(
  Object.entries(sctpChunkNumber).map(([type, number]) => [number, type as SctpChunk['type']]),
);

/** An SCTP packet whose checksum has been looked at. */
export function readSctp(reader: PacketReader): SctpPacket {
  const chunks: SctpChunk[] = [];
  let at = 12;
  while (at < reader.length) {
    reader.need(at + 4);
    const length = reader.uint16(at + 2);
    if (length < 4) return reader.malformed(at + 2, `chunk length is ${length}, less than 4`);
    reader.need(at + length);
    const type = chunkTypes.get(reader.uint8(at));
    if (type === undefined) return reader.unmodelled(at, `SCTP chunk type ${reader.uint8(at)}`);
    const chunk = readChunk(reader, at, type, length);
    if (sctpChunkLength(chunk) !== Math.ceil(length / 4) * 4) {
      return reader.unmodelled(at + 4, `parameters of an SCTP ${type} chunk`);
    }
    chunks.push(chunk);
    at += Math.ceil(length / 4) * 4;
  }
  return {
    protocol: 'sctp',
    sourcePort: reader.uint16(0),
    destinationPort: reader.uint16(2),
    verificationTag: reader.uint32(4),
    chunks,
  };
}

function readChunk(reader: PacketReader, at: number, type: SctpChunk['type'], length: number): SctpChunk {
  switch (type) {
    case 'init':
    case 'init-ack':
      reader.need(at + 20);
      return { type, initiateTag: reader.uint32(at + 4), sequence: reader.uint32(at + 16) };
    case 'data':
      if (length < 16) return reader.malformed(at + 2, `length of a DATA chunk is ${length}, less than 16`);
      return { type, sequence: reader.uint32(at + 4), data: reader.bytes(at + 16, at + length).slice() };
    case 'sack':
    case 'shutdown':
      reader.need(at + 8);
      return { type, sequence: reader.uint32(at + 4) };
    default:
      return { type };
  }
}
