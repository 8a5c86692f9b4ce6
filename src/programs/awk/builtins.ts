import { CONVERSION, conversion, formatFloat, formatInteger, formatText } from '../../linux/command/format.ts';
import { Misuse } from '../gnu/options.ts';
import { InputText, toNumber, toText, type Value } from './value.ts';

/** Characters that a text made here may have. */
const TEXT_LIMIT = 16 * 1024 * 1024;

/** Functions of numbers and texts alone. */
export const PURE: Readonly<Record<string, ((args: readonly Value[], format: string) => Value) | undefined>> = {
  substr: ([text, start, length], format) => {
    const characters = [...toText(text, format)];
    const from = Math.round(toNumber(start));
    const to = length === undefined ? Number.POSITIVE_INFINITY : from + Math.round(toNumber(length));
    return characters.slice(Math.max(from, 1) - 1, Math.max(Math.min(to, characters.length + 1) - 1, 0)).join('');
  },
  index: ([text, part], format) => {
    const whole = toText(text, format);
    const at = whole.indexOf(toText(part, format));
    return at < 0 ? 0 : [...whole.slice(0, at)].length + 1;
  },
  sprintf: ([text, ...args], format) => sprintf(toText(text, format), args, format),
  sin: ([x]) => Math.sin(toNumber(x)),
  cos: ([x]) => Math.cos(toNumber(x)),
  atan2: ([y, x]) => Math.atan2(toNumber(y), toNumber(x)),
  exp: ([x]) => Math.exp(toNumber(x)),
  log: ([x]) => Math.log(toNumber(x)),
  sqrt: ([x]) => Math.sqrt(toNumber(x)),
  int: ([x]) => Math.trunc(toNumber(x)),
  tolower: ([text], format) => toText(text, format).toLowerCase(),
  toupper: ([text], format) => toText(text, format).toUpperCase(),
};

/** printf of awk: missing arguments are empty. */
export function sprintf(text: string, args: readonly Value[], format: string): string {
  let out = '';
  let next = 0;
  const take = () => {
    if (next >= args.length)
      throw new Misuse(`not enough arguments passed to sprintf("${text}")`, { status: 2, hint: false });
    return args[next++];
  };
  for (let i = 0; i < text.length; ) {
    if (text[i] !== '%') {
      out += text[i++];
      continue;
    }
    if (text[i + 1] === '%') {
      out += '%';
      i += 2;
      continue;
    }
    CONVERSION.lastIndex = i;
    const match = CONVERSION.exec(text);
    if (match === null || !'diouxXcseEfFgG'.includes(match[4] as string)) {
      out += text[i++];
      continue;
    }
    i += match[0].length;
    const size = (piece: string | undefined, otherwise: number) =>
      piece === '*' ? Math.trunc(toNumber(take())) : piece === undefined ? otherwise : Number(piece);
    const width = size(match[2], 0);
    const precision = match[0].includes('.') ? size(match[3], 0) : -1;
    const spec = conversion(match[1] as string, width, precision, match[4] as string);
    out += convert(spec, take(), format);
    if (out.length > TEXT_LIMIT) throw new Misuse('out of memory', { status: 2, hint: false });
  }
  return out;
}

function convert(spec: ReturnType<typeof conversion>, value: Value, format: string): string {
  if (spec.letter === 's') return formatText(toText(value, format), spec);
  if (spec.letter === 'c') {
    const code = typeof value === 'number' || (value instanceof InputText && value.number !== undefined);
    const text = code
      ? String.fromCodePoint(Math.max(0, Math.min(0x10ffff, Math.trunc(toNumber(value)))))
      : ([...toText(value, format)][0] ?? '');
    return formatText(text, { ...spec, precision: -1 });
  }
  const number = toNumber(value);
  if ('eEfFgG'.includes(spec.letter) || !Number.isFinite(number))
    return formatFloat(number, spec.letter === 'd' ? { ...spec, letter: 'f' } : spec);
  return formatInteger(BigInt(Math.trunc(number)), spec);
}

/** What `&` and `\&` in the replacement of sub and gsub mean. */
export function replacementOf(text: string, matched: string): string {
  return text.replace(/\\\\&|\\&|&/g, (mark) => (mark === '&' ? matched : mark === '\\&' ? '&' : `\\${matched}`));
}
