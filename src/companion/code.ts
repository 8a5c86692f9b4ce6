import { randomInt } from 'node:crypto';
import { equalSecret } from './gate.ts';

/** Read aloud and typed without mistakes: no 0/O, 1/I/L, 5/S, U/V. */
const LETTERS = 'ABCDEFGHJKMNPQRTWXYZ2346789';
const LENGTH = 10;
const LIFE_MS = 60_000;
const WRONG_TRIES = 10;

/**
 * Single-use codes that a browser trades for the cookie. One is alive at a time, for a minute; a wrong guess costs
 * one of ten tries, after which the code is void (27^10 codes: guessing is hopeless, trying is impolite).
 */
export class HandoverCodes {
  readonly #now: () => number;
  #code: string | undefined;
  #until = 0;
  #tries = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** A new code; the one before is void. */
  issue(): string {
    const letters = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)] ?? 'A');
    this.#code = letters.join('');
    this.#until = this.#now() + LIFE_MS;
    this.#tries = WRONG_TRIES;
    return `${this.#code.slice(0, LENGTH / 2)}-${this.#code.slice(LENGTH / 2)}`;
  }

  /** Whether this was the code. It is void afterwards. Case, blanks and the dash don't matter. */
  redeem(typed: string): boolean {
    const code = this.#code;
    if (code === undefined || this.#now() >= this.#until) return false;
    const right = equalSecret(typed.toUpperCase().replaceAll(/[\s-]/g, ''), code);
    this.#tries -= 1;
    if (right || this.#tries <= 0) this.#code = undefined;
    return right;
  }
}
