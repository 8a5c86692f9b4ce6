import { decodeEscapes } from './escapes.ts';
import { CONVERSION, type Conversion, conversion, formatFloat, formatInteger, formatText } from './format.ts';

export interface Printed {
  readonly text: string;
  /** What was wrong with arguments and format, without the command's name. */
  readonly errors: readonly string[];
}

/** Characters that one call may print. */
const OUTPUT_LIMIT = 4 * 1024 * 1024;

/** printf(1): the format is used again as long as arguments are left; missing ones are empty or 0. */
export function printf(format: string, args: readonly string[]): Printed {
  const errors: string[] = [];
  let text = '';
  let next = 0;
  do {
    const start = next;
    const round = once(format, () => args[next++], errors);
    text += round.text;
    if (round.stop || next === start) break;
  } while (next < args.length && text.length < OUTPUT_LIMIT);
  return { text, errors };
}

function once(
  format: string,
  argument: () => string | undefined,
  errors: string[],
): { readonly text: string; readonly stop: boolean } {
  let text = '';
  let plain = '';
  const flush = () => {
    text += decodeEscapes(plain, 'printf').text;
    plain = '';
  };
  for (let i = 0; i < format.length; ) {
    if (format[i] === '\\' && format[i + 1] === 'c') {
      flush();
      return { text, stop: true };
    }
    if (format[i] !== '%') {
      const size = format[i] === '\\' ? 2 : 1;
      plain += format.slice(i, i + size);
      i += size;
      continue;
    }
    flush();
    if (format[i + 1] === '%') {
      text += '%';
      i += 2;
      continue;
    }
    CONVERSION.lastIndex = i;
    const match = CONVERSION.exec(format);
    if (match === null || !'diouxXcsbqeEfFgGaA'.includes(match[4] as string)) {
      const bad = match === null ? `%${format[i + 1] ?? ''}` : (match[4] as string);
      errors.push(
        match === null ? `\`${bad.slice(1) || '%'}': missing format character` : `\`${bad}': invalid format character`,
      );
      return { text, stop: true };
    }
    i += match[0].length;
    const number = (piece: string | undefined, otherwise: number) =>
      piece === '*' ? Number(integer(argument() ?? '0', errors)) : piece === undefined ? otherwise : Number(piece);
    const width = number(match[2], 0);
    const precision = match[0].includes('.') ? number(match[3], 0) : -1;
    const spec = conversion(match[1] as string, width, precision, match[4] as string);
    const converted = convert(spec, argument(), errors);
    text += converted.text;
    if (converted.stop) return { text, stop: true };
  }
  flush();
  return { text, stop: false };
}

function convert(
  spec: Conversion,
  value: string | undefined,
  errors: string[],
): { readonly text: string; readonly stop: boolean } {
  const given = value ?? '';
  switch (spec.letter) {
    case 's':
      return { text: formatText(given, spec), stop: false };
    case 'c':
      return { text: formatText([...given][0] ?? '', { ...spec, precision: -1 }), stop: false };
    case 'b': {
      const decoded = decodeEscapes(given, 'echo');
      return { text: formatText(decoded.text, spec), stop: decoded.stop };
    }
    case 'q':
      return { text: formatText(quoted(given), spec), stop: false };
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
      return { text: formatFloat(float(given, errors), spec), stop: false };
    default:
      return { text: formatInteger(integer(given, errors), spec), stop: false };
  }
}

/** Quoted so that a shell reads it back, as bash's `%q`. */
function quoted(text: string): string {
  if (text === '') return "''";
  if (/[\x00-\x1f\x7f]/.test(text)) {
    const escaped = text.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t').replace(/\r/g, '\\r');
    return `$'${escaped}'`;
  }
  return text.replace(/[^A-Za-z0-9_@%+=:./\x80-\uffff-]/g, '\\$&');
}

/** `12`, `-0x1f`, `017` or `'c` (a character's code). What follows the number is an error, the number counts. */
function integer(text: string, errors: string[]): bigint {
  if (/^["']/.test(text)) return BigInt(text.codePointAt(1) ?? 0);
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(text);
  if (match === null) {
    if (text !== '') errors.push(`${text}: invalid number`);
    return 0n;
  }
  let digits = match[2] as string;
  if (/^0[0-7]/.test(digits)) digits = `0o${(/^0[0-7]*/.exec(digits)?.[0] ?? '0').slice(1)}`;
  if (match[0].length !== text.trimEnd().length) errors.push(`${text}: invalid number`);
  const value = BigInt(digits);
  const bounded = match[1] === '-' ? -value : value;
  const clamped = bounded > 2n ** 63n - 1n ? 2n ** 63n - 1n : bounded < -(2n ** 63n) ? -(2n ** 63n) : bounded;
  if (clamped !== bounded) errors.push(`warning: ${text}: Numerical result out of range`);
  return clamped;
}

function float(text: string, errors: string[]): number {
  if (/^["']/.test(text)) return text.codePointAt(1) ?? 0;
  const match = /^\s*[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?|nan)/i.exec(text);
  if (match === null) {
    if (text !== '') errors.push(`${text}: invalid number`);
    return 0;
  }
  if (match[0].length !== text.trimEnd().length) errors.push(`${text}: invalid number`);
  const word = match[0].trim().toLowerCase();
  if (word.includes('inf')) return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (word.includes('nan')) return Number.NaN;
  return Number(match[0]);
}
