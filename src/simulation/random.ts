/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna, 2018), seeded by FNV-1a of a text.
 * `fork` gives each part of the simulation its own stream, so that one part's appetite does not
 * change another's numbers.
 */
export class Random {
  readonly #seed: string;
  readonly #state: Uint32Array;

  constructor(seed: string) {
    this.#seed = seed;
    this.#state = new Uint32Array(4);
    for (let i = 0; i < 4; i++) this.#state[i] = hash(`${seed}#${i}`) | 1;
    for (let i = 0; i < 8; i++) this.uint32();
  }

  /** An independent stream named `name`; the same name gives the same stream. */
  fork(name: string): Random {
    return new Random(`${this.#seed}/${name}`);
  }

  uint32(): number {
    const s = this.#state as unknown as [number, number, number, number];
    const result = (Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0) as number;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11);
    return result;
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    return Math.floor((this.uint32() / 4294967296) * bound);
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.uint32() / 4294967296;
  }

  /** `length` characters out of `alphabet`. */
  text(length: number, alphabet: string): string {
    let text = '';
    for (let i = 0; i < length; i++) text += alphabet[this.below(alphabet.length)];
    return text;
  }
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    h ^= text.charCodeAt(i);
    h = Math.imul(h, 0x01000193);
  }
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  return h >>> 0;
}
