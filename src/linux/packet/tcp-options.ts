import type { TcpSegment } from './packet.ts';
import type { PacketReader } from './reader.ts';

/** The options of a TCP header: kinds of RFC 9293, 2018 and 7323, in the places where Linux puts them. */
type TcpOptions = Pick<TcpSegment, 'mss' | 'sackPermitted' | 'windowScale' | 'timestamps' | 'sack'>;

const END = 0;
const NOP = 1;
const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const SACK = 5;
const TIMESTAMPS = 8;

/** tcp_options_write; as many bytes as `tcpOptionsLength` says. */
export function writeTcpOptions(view: DataView, start: number, options: TcpOptions): void {
  const { mss, sackPermitted, windowScale, timestamps, sack } = options;
  let at = start;
  const word = (...bytes: readonly [number, number, number, number]) => {
    for (const byte of bytes) view.setUint8(at++, byte);
  };
  if (mss !== undefined) word(MSS, 4, mss >> 8, mss & 255);
  if (timestamps !== undefined) {
    if (sackPermitted) word(SACK_PERMITTED, 2, TIMESTAMPS, 10);
    else word(NOP, NOP, TIMESTAMPS, 10);
    view.setUint32(at, timestamps.value);
    view.setUint32(at + 4, timestamps.echo);
    at += 8;
  } else if (sackPermitted) word(NOP, NOP, SACK_PERMITTED, 2);
  if (windowScale !== undefined) word(NOP, WINDOW_SCALE, 3, windowScale);
  if (sack === undefined || sack.length === 0) return;
  word(NOP, NOP, SACK, 2 + 8 * sack.length);
  for (const [left, right] of sack) {
    view.setUint32(at, left);
    view.setUint32(at + 4, right);
    at += 8;
  }
}

/** Reads the options between byte 20 and `end`, wherever they stand. */
export function readTcpOptions(reader: PacketReader, end: number): TcpOptions {
  const found: { -readonly [K in keyof TcpOptions]: TcpOptions[K] } = {};
  for (let at = 20; at < end && reader.uint8(at) !== END; ) {
    const kind = reader.uint8(at);
    if (kind === NOP) {
      at++;
      continue;
    }
    const length = at + 1 < end ? reader.uint8(at + 1) : 0;
    if (length < 2 || at + length > end) return reader.malformed(at, 'an option has no room');
    if (kind === MSS && length === 4) found.mss = reader.uint16(at + 2);
    else if (kind === WINDOW_SCALE && length === 3) found.windowScale = reader.uint8(at + 2);
    else if (kind === SACK_PERMITTED && length === 2) found.sackPermitted = true;
    else if (kind === TIMESTAMPS && length === 10) {
      found.timestamps = { value: reader.uint32(at + 2), echo: reader.uint32(at + 6) };
    } else if (kind === SACK && length % 8 === 2) {
      const blocks: [number, number][] = [];
      for (let i = at + 2; i < at + length; i += 8) blocks.push([reader.uint32(i), reader.uint32(i + 4)]);
      found.sack = blocks;
    } else return reader.unmodelled(at, `TCP option ${kind} of ${length} bytes`);
    at += length;
  }
  return found;
}
