import fc from 'fast-check';

/**
 * Random tests try the same inputs in every run, so that a change is judged by what it changes.
 * `HOP_FUZZ=random` tries new ones; a failure then names the seed that repeats it: `HOP_FUZZ=<seed>`.
 */
const PINNED = 20_261_102;

export function seedOf(wanted: string | undefined): number | undefined {
  if (wanted === undefined || wanted === '') return PINNED;
  if (wanted === 'random') return undefined;
  const seed = Number(wanted);
  if (Number.isSafeInteger(seed)) return seed;
  throw new Error(`HOP_FUZZ is "${wanted}": expected \`random\` or a seed, a whole number`);
}

const seed = seedOf(process.env.HOP_FUZZ);
if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
