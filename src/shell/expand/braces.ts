import type { Part, Word } from '../syntax/ast.ts';
import { ExpansionError } from './error.ts';

/** Words that one brace expansion may make. */
const LIMIT = 100_000;

type Atom = string | Part;

/** Brace expansion (`{a,b}`, `{1..5}`, `{a..e..2}`): one word becomes several, before anything else is expanded. */
export function expandBraces(word: Word): readonly Word[] {
  if (!word.some((part) => part.kind === 'text' && !part.quoted && part.text.includes('{'))) return [word];
  const atoms: Atom[] = [];
  for (const part of word) {
    if (part.kind === 'text' && !part.quoted) atoms.push(...part.text);
    else atoms.push(part);
  }
  return expand(atoms).map(join);
}

function expand(atoms: readonly Atom[]): Atom[][] {
  for (let open = 0; open < atoms.length; open++) {
    if (atoms[open] !== '{') continue;
    const group = readGroup(atoms, open);
    if (group === undefined) continue;
    const before = atoms.slice(0, open);
    const after = expand(atoms.slice(group.end + 1));
    const choices = group.choices.flatMap((choice) => (group.sequence ? [choice as Atom[]] : expand(choice)));
    if (choices.length * after.length > LIMIT) {
      throw new ExpansionError(`brace expansion: more than ${LIMIT} words: Cannot allocate memory`);
    }
    return choices.flatMap((choice) => after.map((rest) => [...before, ...choice, ...rest]));
  }
  return [[...atoms]];
}

function readGroup(
  atoms: readonly Atom[],
  open: number,
): { readonly choices: readonly (readonly Atom[])[]; readonly sequence: boolean; readonly end: number } | undefined {
  const choices: Atom[][] = [[]];
  let depth = 0;
  for (let i = open + 1; i < atoms.length; i++) {
    const atom = atoms[i] as Atom;
    if (atom === '}' && depth === 0) {
      if (choices.length > 1) return { choices, sequence: false, end: i };
      const sequence = readSequence(choices[0] as Atom[]);
      return sequence === undefined ? undefined : { choices: sequence, sequence: true, end: i };
    }
    if (atom === '{') depth++;
    if (atom === '}') depth--;
    if (atom === ',' && depth === 0) choices.push([]);
    else choices.at(-1)?.push(atom);
  }
  return undefined;
}

function readSequence(atoms: readonly Atom[]): Atom[][] | undefined {
  if (atoms.some((atom) => typeof atom !== 'string')) return undefined;
  const match = /^(?:(-?\d+)\.\.(-?\d+)|([a-zA-Z])\.\.([a-zA-Z]))(?:\.\.(-?\d+))?$/.exec(atoms.join(''));
  if (match === null) return undefined;
  const letters = match[3] !== undefined;
  const from = letters ? (match[3] as string).charCodeAt(0) : Number(match[1]);
  const to = letters ? (match[4] as string).charCodeAt(0) : Number(match[2]);
  const step = Math.abs(Number(match[5] ?? 1)) || 1;
  if (Math.abs(to - from) / step > LIMIT) {
    throw new ExpansionError(`brace expansion: more than ${LIMIT} words: Cannot allocate memory`);
  }
  const padded = !letters && [match[1], match[2]].some((text) => /^-?0\d/.test(text ?? ''));
  const width = padded ? Math.max((match[1] ?? '').length, (match[2] ?? '').length) : 0;
  const values: Atom[][] = [];
  for (let n = from; from <= to ? n <= to : n >= to; n += from <= to ? step : -step) {
    const digits = String(Math.abs(n)).padStart(width - (n < 0 ? 1 : 0), '0');
    values.push([...(letters ? String.fromCharCode(n) : `${n < 0 ? '-' : ''}${digits}`)]);
  }
  return values;
}

function join(atoms: readonly Atom[]): Word {
  const word: Part[] = [];
  let plain = '';
  for (const atom of [...atoms, undefined]) {
    if (typeof atom === 'string') {
      plain += atom;
      continue;
    }
    if (plain !== '') word.push({ kind: 'text', text: plain, quoted: false });
    plain = '';
    if (atom !== undefined) word.push(atom);
  }
  return word;
}
