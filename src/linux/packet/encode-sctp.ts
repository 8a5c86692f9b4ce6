import { crc32c } from './checksum.ts';
import { sctpChunkNumber } from './numbers.ts';
import type { SctpChunk, SctpPacket } from './packet.ts';
import { sctpChunkLength } from './size.ts';

/** What Linux offers (sctp_association_init): half of the default receive buffer, and these streams. */
const RECEIVE_WINDOW = 106496;
const OUTBOUND_STREAMS = 10;
const INBOUND_STREAMS = 65535;
/** A DATA chunk that is a whole message: beginning and end (RFC 9260, 3.3.1). */
const WHOLE_MESSAGE = 3;

/** Writes the packet at `at`; its bytes must be 0 until now. */
export function writeSctp(view: DataView, at: number, packet: SctpPacket, length: number): void {
  view.setUint16(at, packet.sourcePort);
  view.setUint16(at + 2, packet.destinationPort);
  view.setUint32(at + 4, packet.verificationTag);
  let next = at + 12;
  for (const chunk of packet.chunks) {
    writeChunk(view, next, chunk);
    next += sctpChunkLength(chunk);
  }
  view.setUint32(at + 8, crc32c(new Uint8Array(view.buffer, view.byteOffset + at, length)), true);
}

function writeChunk(view: DataView, at: number, chunk: SctpChunk): void {
  const { type, data, sequence = 0, initiateTag = 0 } = chunk;
  view.setUint8(at, sctpChunkNumber[type]);
  view.setUint16(at + 2, type === 'data' ? 16 + (data?.length ?? 0) : sctpChunkLength(chunk));
  switch (type) {
    case 'init':
    case 'init-ack':
      view.setUint32(at + 4, initiateTag);
      view.setUint32(at + 8, RECEIVE_WINDOW);
      view.setUint16(at + 12, OUTBOUND_STREAMS);
      view.setUint16(at + 14, INBOUND_STREAMS);
      view.setUint32(at + 16, sequence);
      return;
    case 'data':
      view.setUint8(at + 1, WHOLE_MESSAGE);
      view.setUint32(at + 4, sequence);
      if (data !== undefined) new Uint8Array(view.buffer, view.byteOffset + at + 16, data.length).set(data);
      return;
    case 'sack':
      view.setUint32(at + 4, sequence);
      view.setUint32(at + 8, RECEIVE_WINDOW);
      return;
    case 'shutdown':
      view.setUint32(at + 4, sequence);
      return;
    case 'heartbeat':
    case 'heartbeat-ack':
      // The parameter that it must have (RFC 9260, 3.3.5): what is in it is the sender's affair.
      view.setUint16(at + 4, 1);
      view.setUint16(at + 6, 8);
      return;
  }
}
