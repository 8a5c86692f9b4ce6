import { conversion, formatFloat } from '../../linux/command/format.ts';

/** A text that came from input: it compares as a number when it looks like one. */
export class InputText {
  readonly text: string;
  readonly number: number | undefined;

  constructor(text: string) {
    this.text = text;
    const trimmed = text.trim();
    this.number = NUMBER.test(trimmed) ? Number(trimmed) : undefined;
  }
}

/** `undefined` is what was never set: 0 and empty at once. */
export type Value = number | string | InputText | undefined;

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const PREFIX = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/;

export function toNumber(value: Value): number {
  if (typeof value === 'number') return value;
  if (value === undefined) return 0;
  if (value instanceof InputText && value.number !== undefined) return value.number;
  const match = PREFIX.exec(typeof value === 'string' ? value : value.text);
  return match === null ? 0 : Number(match[0]);
}

/** `format` is CONVFMT, or OFMT for `print`; whole numbers need none. */
export function toText(value: Value, format: string): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  if (value instanceof InputText) return value.text;
  return numberText(value, format);
}

function numberText(value: number, format: string): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return BigInt(value).toString();
  if (Number.isNaN(value)) return '-nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const match = /^%([-+ 0#]*)(\d*)(?:\.(\d+))?([eEfFgG])$/.exec(format);
  if (match === null) return String(value);
  return formatFloat(
    value,
    conversion(
      match[1] as string,
      Number(match[2]),
      match[3] === undefined ? -1 : Number(match[3]),
      match[4] as string,
    ),
  );
}

export function isTrue(value: Value): boolean {
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  if (value === undefined) return false;
  return value.number === undefined ? value.text !== '' : value.number !== 0;
}

/** Compares as numbers where both look like numbers, else as texts. @returns below, at or above 0 */
export function compare(a: Value, b: Value, format: string): number {
  const [x, y] = [numeric(a), numeric(b)];
  if (x !== undefined && y !== undefined) return x - y;
  const [s, t] = [toText(a, format), toText(b, format)];
  return s < t ? -1 : s > t ? 1 : 0;
}

function numeric(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (value === undefined) return 0;
  return value instanceof InputText ? value.number : undefined;
}
