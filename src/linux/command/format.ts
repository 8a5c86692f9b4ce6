/** One conversion of a printf(3) format: `%-8.3f`. */
export interface Conversion {
  readonly flags: string;
  readonly width: number;
  /** -1: none given. */
  readonly precision: number;
  readonly letter: string;
}

/** Columns that one conversion may fill, so that `%999999999d` is no way to fill the memory. */
const WIDTH_LIMIT = 1_000_000;
// The last group is the conversion's letter, or what stands in its place.
export const CONVERSION = /%([-+ 0#']*)(\*|\d+)?(?:\.(\*|-?\d+)?)?[hlLjzt]*(.)/sy;

export function conversion(flags: string, width: number, precision: number, letter: string): Conversion {
  const left = width < 0 && !flags.includes('-');
  return {
    flags: left ? `${flags}-` : flags,
    width: Math.min(Math.abs(width), WIDTH_LIMIT),
    precision: Math.min(precision, WIDTH_LIMIT),
    letter,
  };
}

/** Pads a converted text to its width. */
export function pad(text: string, spec: Conversion, numeric = false): string {
  const missing = spec.width - [...text].length;
  if (missing <= 0) return text;
  if (spec.flags.includes('-')) return text + ' '.repeat(missing);
  if (!numeric || !spec.flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = /^(?:[-+ ]|0[xX])*/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

export function formatText(text: string, spec: Conversion): string {
  return pad(spec.precision >= 0 ? [...text].slice(0, spec.precision).join('') : text, spec);
}

export function formatInteger(value: bigint, spec: Conversion): string {
  const { letter, flags, precision } = spec;
  const signed = letter === 'd' || letter === 'i';
  const magnitude = signed ? (value < 0n ? -value : value) : BigInt.asUintN(64, value);
  let digits = magnitude.toString(letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10);
  if (precision === 0 && magnitude === 0n) digits = '';
  digits = digits.padStart(Math.max(precision, 0), '0');
  if (flags.includes('#') && magnitude !== 0n) {
    if (letter === 'o' && !digits.startsWith('0')) digits = `0${digits}`;
    if (letter === 'x' || letter === 'X') digits = `0x${digits}`;
  }
  if (letter === 'X') digits = digits.toUpperCase();
  const sign = !signed ? '' : value < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  return pad(sign + digits, spec, precision < 0);
}

export function formatFloat(value: number, spec: Conversion): string {
  const { letter, flags } = spec;
  const lower = letter.toLowerCase();
  const precision = Math.min(spec.precision < 0 ? 6 : spec.precision, 100);
  const magnitude = Math.abs(value);
  let text: string;
  if (!Number.isFinite(magnitude)) text = Number.isNaN(magnitude) ? 'nan' : 'inf';
  else if (lower === 'e') text = exponent(magnitude.toExponential(precision));
  else if (lower === 'g') text = general(magnitude, precision === 0 ? 1 : precision, flags.includes('#'));
  else text = fixed(magnitude, precision);
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const whole = pad(sign + text, spec, Number.isFinite(magnitude));
  return letter === lower ? whole : whole.toUpperCase();
}

/** `toFixed` gives an exponent from 1e21 on. */
function fixed(value: number, precision: number): string {
  if (value < 1e21) return value.toFixed(precision);
  const digits = BigInt(value).toString();
  return precision === 0 ? digits : `${digits}.${'0'.repeat(precision)}`;
}

/** C writes at least two digits of exponent. */
function exponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}

function general(value: number, precision: number, keep: boolean): string {
  if (value === 0) return '0';
  const power = Number(value.toExponential(precision - 1).split('e')[1]);
  const scientific = power < -4 || power >= precision;
  const text = scientific ? value.toExponential(precision - 1) : value.toFixed(Math.max(0, precision - 1 - power));
  const [digits = '', tail] = text.split('e');
  const short = keep || !digits.includes('.') ? digits : digits.replace(/\.?0+$/, '');
  return tail === undefined ? short : exponent(`${short}e${tail}`);
}
