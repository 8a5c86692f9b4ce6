import { integer } from '../type/datatype.ts';
import type { Selector } from './selector.ts';

export interface Numgen {
  readonly mode: keyof typeof numgenModes;
  readonly modulus: number;
  readonly offset: number;
}

export const numgenModes = {
  random: { summary: 'a random number below the modulus' },
  inc: { summary: 'one more each time, and 0 again after the last below the modulus' },
} as const;

/** net/netfilter/nft_numgen.c */
export function numgenSelector({ mode, modulus, offset }: Numgen): Selector {
  return {
    text: `numgen ${mode} mod ${modulus}${offset === 0 ? '' : ` offset ${offset}`}`,
    type: integer(32),
    compile: ({ stack }) => {
      if (mode === 'random') {
        const { random } = stack;
        return () => offset + random.below(modulus);
      }
      let next = 0;
      return () => {
        const value = offset + next;
        next = next + 1 >= modulus ? 0 : next + 1;
        return value;
      };
    },
  };
}
