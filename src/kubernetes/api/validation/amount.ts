import type { FieldErrors } from './field-errors.ts';
import { regexError } from './names.ts';

const percent = regexError(
  "a valid percent string must be a numeric string followed by an ending '%'",
  '[0-9]+%',
  '1%',
  '93%',
);

/** A number of pods, or a percentage of them up to 100. */
export function validateAmount(amount: number | string, path: string, errors: FieldErrors): void {
  if (typeof amount === 'number') {
    if (amount < 0) errors.invalid(path, amount, 'must be greater than or equal to 0');
  } else if (!/^\d+%$/.test(amount)) errors.invalid(path, amount, percent);
  else if (amountValue(amount) > 100) errors.invalid(path, amount, 'must not be greater than 100%');
}

export function amountValue(amount: number | string): number {
  return typeof amount === 'number' ? amount : Number.parseInt(amount, 10) || 0;
}
