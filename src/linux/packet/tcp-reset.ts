import type { TcpSegment } from './packet.ts';

const NOTHING = new Uint8Array(0);

/** The RST that answers a segment of no connection (RFC 9293, 3.10.7.1). */
export function resetFor(segment: TcpSegment): TcpSegment {
  const { sequence, data, syn, fin } = segment;
  const next = (sequence + data.length + (syn ? 1 : 0) + (fin ? 1 : 0)) >>> 0;
  return {
    protocol: 'tcp',
    sourcePort: segment.destinationPort,
    destinationPort: segment.sourcePort,
    sequence: segment.ack ? segment.acknowledgement : 0,
    acknowledgement: segment.ack ? 0 : next,
    syn: false,
    ack: !segment.ack,
    fin: false,
    rst: true,
    psh: false,
    window: 0,
    data: NOTHING,
  };
}
