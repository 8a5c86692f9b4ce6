import { type AnyValues, option } from '../extension.ts';
import { hex, type Kind, type Masked, markMask } from '../kind.ts';
import { parseNumber } from '../names.ts';
import { Problem } from '../problem.ts';

/** `--set-mark` and its like, which MARK and CONNMARK share: all of them mean clearing bits and flipping bits. */

const bits: Kind<number> = {
  argument: true,
  parse(value, extension, name) {
    const found = parseNumber(value, 0xffffffff);
    if (found !== undefined) return found;
    throw new Problem(`${extension}: bad value for option "--${name}", or out of range (0-4294967295).\n`);
  },
  save: hex,
};

export const operationNames = ['set-xmark', 'set-mark', 'and-mark', 'or-mark', 'xor-mark'] as const;

export function operationOptions(excludes: readonly string[]) {
  const rest = (own: string) => ({ excludes: [...operationNames, ...excludes].filter((name) => name !== own) });
  return {
    'set-xmark': option(fullMask, rest('set-xmark')),
    'set-mark': option(markMask, rest('set-mark')),
    'and-mark': option(bits, rest('and-mark')),
    'or-mark': option(bits, rest('or-mark')),
    'xor-mark': option(bits, rest('xor-mark')),
  };
}

/** Written with its mask always. */
const fullMask: Kind<Masked> = { ...markMask, save: ({ value, mask }) => `${hex(value)}/${hex(mask)}` };

/** mark = (mark & ~mask) ^ value. */
export function operationOf(values: AnyValues): Masked | undefined {
  const value = <T>(name: (typeof operationNames)[number]) => values[name]?.value as T | undefined;
  const set = value<Masked>('set-mark');
  if (set !== undefined) return { value: set.value, mask: (set.value | set.mask) >>> 0 };
  const and = value<number>('and-mark');
  if (and !== undefined) return { value: 0, mask: ~and >>> 0 };
  const or = value<number>('or-mark');
  if (or !== undefined) return { value: or, mask: or };
  const xor = value<number>('xor-mark');
  if (xor !== undefined) return { value: xor, mask: 0 };
  return value<Masked>('set-xmark');
}

/** `or 0x4000`, as `-L` words it. */
export function operationText({ value, mask }: Masked): string {
  if (value === 0) return `and ${hex(~mask >>> 0)}`;
  if (value === mask) return `or ${hex(value)}`;
  if (mask === 0) return `xor ${hex(value)}`;
  if (mask === 0xffffffff) return `set ${hex(value)}`;
  return `xset ${hex(value)}/${hex(mask)}`;
}

export function operate({ value, mask }: Masked, mark: number): number {
  return ((mark & ~mask) ^ value) >>> 0;
}

/** `mark or 0x4000`, as nft would write it; `of`: what is changed. */
export function translateOperation({ value, mask }: Masked, of: 'mark' | 'ct mark'): string {
  if (mask === 0xffffffff) return hex(value);
  if (value === 0) return `${of} and ${hex(~mask >>> 0)}`;
  if (value === mask) return `${of} or ${hex(value)}`;
  if (mask === 0) return `${of} xor ${hex(value)}`;
  // The two targets put these in another order.
  if (of === 'mark') return `mark and ${hex(~mask >>> 0)} xor ${hex(value)}`;
  return `ct mark xor ${hex(value)} and ${hex(~mask >>> 0)}`;
}
