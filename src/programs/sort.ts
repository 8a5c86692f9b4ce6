import { openWriter } from '../linux/process/open.ts';
import { allLines } from './gnu/input.ts';
import { gnu, Misuse } from './gnu/options.ts';

interface Key {
  readonly from: number;
  readonly fromChar: number;
  readonly to: number;
  readonly toChar: number;
  readonly flags: string;
}

export const sort = gnu(
  {
    name: 'sort',
    usage: '[OPTION]... [FILE]...',
    does: 'Write sorted concatenation of all FILE(s) to standard output. Bytes decide, as with LC_ALL=C.',
    options: [
      { short: 'n', long: 'numeric-sort' },
      { short: 'h', long: 'human-numeric-sort' },
      { short: 'V', long: 'version-sort' },
      { short: 'r', long: 'reverse' },
      { short: 'f', long: 'ignore-case' },
      { short: 'b', long: 'ignore-leading-blanks' },
      { short: 'u', long: 'unique' },
      { short: 's', long: 'stable' },
      { short: 'k', long: 'key', value: 'required' },
      { short: 't', long: 'field-separator', value: 'required' },
      { short: 'o', long: 'output', value: 'required' },
    ],
    misuse: 2,
  },
  async (process, parsed) => {
    const letters = {
      'numeric-sort': 'n',
      'human-numeric-sort': 'h',
      'version-sort': 'V',
      'ignore-case': 'f',
      'ignore-leading-blanks': 'b',
    };
    const all = Object.entries(letters).flatMap(([key, letter]) => (parsed.has(key) ? [letter] : []));
    const reverse = parsed.has('reverse');
    const keys = parsed.values('key').map(parseKey);
    const separator = parsed.value('field-separator');
    if (separator !== undefined && separator.length !== 1)
      throw new Misuse(`multi-character tab ‘${separator}’`, { hint: false });
    const whole: Key = { from: 1, fromChar: 1, to: 0, toChar: 0, flags: '' };
    const byKeys = (a: string, b: string): number => {
      for (const key of keys.length === 0 ? [whole] : keys) {
        const own = key.flags !== '';
        const flags = own ? key.flags : `${all.join('')}${reverse ? 'r' : ''}`;
        const order = compare(cut(a, key, separator), cut(b, key, separator), flags);
        if (order !== 0) return flags.includes('r') ? -order : order;
      }
      return 0;
    };
    const last = (a: string, b: string) =>
      parsed.has('stable') || parsed.has('unique') ? 0 : (reverse ? -1 : 1) * bytewise(a, b);
    const { texts, good } = await allLines(process, parsed.operands);
    const sorted = texts.sort((a, b) => byKeys(a, b) || last(a, b));
    const kept = parsed.has('unique')
      ? sorted.filter((line, i) => i === 0 || byKeys(sorted[i - 1] as string, line) !== 0)
      : sorted;
    const output = parsed.value('output');
    const writer = output === undefined ? process.stdout : openWriter(process, output);
    await writer.write(kept.map((line) => `${line}\n`).join(''));
    return good ? 0 : 2;
  },
);

function parseKey(text: string): Key {
  const match = /^(\d+)(?:\.(\d+))?([bfnhrV]*)(?:,(\d+)(?:\.(\d+))?([bfnhrV]*))?$/.exec(text);
  if (match === null || match[1] === '0')
    throw new Misuse(`invalid number at field start: invalid count at start of ‘${text}’`, { hint: false });
  return {
    from: Number(match[1]),
    fromChar: Number(match[2] ?? 1),
    to: Number(match[4] ?? 0),
    toChar: Number(match[5] ?? 0),
    flags: `${match[3] ?? ''}${match[6] ?? ''}`,
  };
}

/** A key's part of a line; without a separator, a field begins with the blanks before it. */
function cut(line: string, key: Key, separator: string | undefined): string {
  const fields =
    separator === undefined
      ? (line.match(/[ \t]*[^ \t]*/g) ?? []).filter((field) => field !== '')
      : line.split(separator);
  const joint = separator ?? '';
  const end = key.to === 0 ? fields.length : key.to;
  const part = fields.slice(key.from - 1, end);
  if (key.to > 0 && key.toChar > 0 && part.length > 0) part[part.length - 1] = (part.at(-1) ?? '').slice(0, key.toChar);
  return part.join(joint).slice(key.fromChar - 1);
}

function compare(a: string, b: string, flags: string): number {
  if (flags.includes('n')) return number(a) - number(b);
  if (flags.includes('h')) return human(a) - human(b);
  if (flags.includes('V')) return version(a, b);
  const trim = (text: string) => (flags.includes('b') ? text.trimStart() : text);
  const fold = (text: string) => (flags.includes('f') ? trim(text).toUpperCase() : trim(text));
  return bytewise(fold(a), fold(b));
}

function number(text: string): number {
  return Number(/^\s*(-?\d*\.?\d*)/.exec(text)?.[1] ?? '') || 0;
}

function human(text: string): number {
  const match = /^\s*(-?\d*\.?\d+)([KMGTPE]?)/i.exec(text);
  const power = 'KMGTPE'.indexOf((match?.[2] ?? '').toUpperCase());
  return (Number(match?.[1] ?? 0) || 0) * 1024 ** (match?.[2] === '' || match === null ? 0 : power + 1);
}

function version(a: string, b: string): number {
  const parts = (text: string) => text.match(/\d+|\D+/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x = '', y = ''] = [left[i], right[i]];
    const order = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : bytewise(x, y);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function bytewise(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
