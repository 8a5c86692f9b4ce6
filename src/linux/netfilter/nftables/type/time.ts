import type { DataType } from './datatype.ts';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** `1h30m` in milliseconds; a bare number is seconds. @returns undefined for anything else. */
export function parseTime(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const parts = /^(?=\d)(\d+d)?(\d+h)?(\d+m(?!s))?(\d+s)?(\d+ms)?$/.exec(text);
  if (parts === null) return undefined;
  return UNITS.reduce((sum, [, length], i) => sum + Number.parseInt(parts[i + 1] ?? '0', 10) * length, 0);
}

/** -T: whole seconds alone. */
export function formatTime(milliseconds: number, { numericTime }: { readonly numericTime?: boolean } = {}): string {
  if (numericTime === true) return `${Math.floor(milliseconds / 1000)}s`;
  let rest = Math.floor(milliseconds);
  let text = '';
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * length;
  }
  return text === '' ? '0s' : text;
}

/** Values are milliseconds. */
export const relativeTime: DataType = {
  name: 'time',
  description: 'relative time',
  bits: 32,
  kind: 'integer',
  parse: (text) => {
    const time = parseTime(text);
    if (time === undefined) throw new TypeError('Could not parse relative time');
    return time;
  },
  format: (value, style) => formatTime(value as number, style),
};
