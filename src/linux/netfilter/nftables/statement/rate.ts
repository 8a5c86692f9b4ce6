import { NftError } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';

/** `5/second burst 10 packets`, `over 1 mbytes/minute`. */
export interface Rate {
  readonly over: boolean;
  /** Packets or bytes, as written. */
  readonly amount: number;
  readonly bytes: boolean;
  readonly unit: string;
  /** undefined: none is written. */
  readonly burst: number | undefined;
}

const UNITS: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};
const KIB = 1024;
const MIB = 1024 * KIB;
const SIZES: Readonly<Record<string, number>> = { bytes: 1, kbytes: KIB, mbytes: MIB };
/** NFT_LIMIT_DEFAULT_BURST: packets beyond the rate that are let through when nothing was sent before. */
const DEFAULT_BURST = 5;

export function parseSize(parser: Parser): number {
  const size = parser.peek();
  if (size.kind !== 'word' || !Object.hasOwn(SIZES, size.text)) throw parser.unexpected(['bytes', 'string']);
  parser.next();
  return SIZES[size.text] as number;
}

/** `5 mbytes`: the largest unit that goes into it without a rest. */
export function formatSize(bytes: number): string {
  if (bytes > 0 && bytes % MIB === 0) return `${bytes / MIB} mbytes`;
  if (bytes > 0 && bytes % KIB === 0) return `${bytes / KIB} kbytes`;
  return `${bytes} bytes`;
}

export function parseRate(parser: Parser, first = parser.peek().at): Rate {
  parser.expect('rate');
  const over = parser.take('over');
  if (!over) parser.take('until');
  let amount = parser.number();
  const bytes = !parser.is('/');
  const unit = bytes ? parseBytesPerUnit(parser) : parseUnit(parser);
  amount *= unit.size;
  let burst: number | undefined;
  if (parser.take('burst')) {
    burst = parser.number();
    if (bytes) burst *= parseSize(parser);
    else parser.expect('packets');
  }
  if (amount === 0) throw new NftError('Could not process rule: Invalid argument', parser.since(first));
  return { over, amount, bytes, unit: unit.unit, burst };
}

function parseUnit(parser: Parser): { readonly size: number; readonly unit: string } {
  parser.expect('/');
  const unit = parser.peek();
  if (unit.kind !== 'word' || !Object.hasOwn(UNITS, unit.text)) throw parser.unexpected();
  parser.next();
  return { size: 1, unit: unit.text };
}

/** `mbytes/second` is one word for the scanner. */
function parseBytesPerUnit(parser: Parser): { readonly size: number; readonly unit: string } {
  const token = parser.peek();
  if (token.kind !== 'word') throw parser.unexpected(['/', 'string', 'bytes']);
  const [size = '', unit = ''] = token.text.split('/');
  if (!Object.hasOwn(SIZES, size) || !Object.hasOwn(UNITS, unit)) throw new NftError('Wrong unit format', token.at);
  parser.next();
  return { size: SIZES[size] as number, unit };
}

/** A bucket of tokens that fills with time (net/netfilter/nft_limit.c). */
export function packetLimit(rate: Rate): { readonly text: string; pass(bytes: number, now: number): boolean } {
  const { over, amount, unit, burst } = rate;
  const period = UNITS[unit] as number;
  const capacity = rate.bytes ? period * (1 + (burst ?? 0) / amount) : (period / amount) * (burst ?? DEFAULT_BURST);
  let tokens = capacity;
  let last: number | undefined;
  const each = period / amount;
  return {
    text: formatRate(rate),
    pass: (bytes, now) => {
      if (last !== undefined) tokens = Math.min(capacity, tokens + (now - last));
      last = now;
      const cost = rate.bytes ? bytes * each : each;
      const enough = tokens >= cost;
      if (enough) tokens -= cost;
      return enough !== over;
    },
  };
}

export function formatRate({ over, amount, bytes, unit, burst }: Rate): string {
  const rate = bytes ? `${formatSize(amount)}/${unit}` : `${amount}/${unit}`;
  let text = `rate ${over ? 'over ' : ''}${rate}`;
  if (burst !== undefined && (bytes ? burst > 0 : burst !== DEFAULT_BURST)) {
    text += ` burst ${bytes ? formatSize(burst) : `${burst} packets`}`;
  }
  return text;
}
