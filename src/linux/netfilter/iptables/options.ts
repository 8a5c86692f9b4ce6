import type { CommandName } from './command.ts';
import type { LongOption } from './words.ts';

/** What iptables' own options are called inside; rule options are written by their letter. */
export type OwnOption =
  | 's'
  | 'd'
  | 'p'
  | 'i'
  | 'o'
  | 'j'
  | 'g'
  | 'm'
  | 'f'
  | 't'
  | 'v'
  | 'n'
  | 'x'
  | 'c'
  | 'w'
  | 'W'
  | 'M'
  | 'V'
  | 'h'
  | '4'
  | '6'
  | 'b'
  | 'line-numbers'
  | CommandName;

type Kind = LongOption<OwnOption>['argument'];
const N: Kind = 'none';
const R: Kind = 'required';
const O: Kind = 'optional';

/** Its option string: `-:A:C:D:R:I:L::S::M:F::Z::N:X::E:P:Vh::o:p:s:d:j:i:fbvw::W::nt:m:xc:g:46`. */
const SHORT: Readonly<Record<string, readonly [OwnOption, Kind]>> = {
  A: ['append', R],
  C: ['check', R],
  D: ['delete', R],
  R: ['replace', R],
  I: ['insert', R],
  L: ['list', O],
  S: ['list-rules', O],
  M: ['M', R],
  F: ['flush', O],
  Z: ['zero', O],
  N: ['new-chain', R],
  X: ['delete-chain', O],
  E: ['rename-chain', R],
  P: ['policy', R],
  V: ['V', N],
  h: ['h', O],
  o: ['o', R],
  p: ['p', R],
  s: ['s', R],
  d: ['d', R],
  j: ['j', R],
  i: ['i', R],
  f: ['f', N],
  b: ['b', N],
  v: ['v', N],
  w: ['w', O],
  W: ['W', O],
  n: ['n', N],
  t: ['t', R],
  m: ['m', R],
  x: ['x', N],
  c: ['c', R],
  g: ['g', R],
  '4': ['4', N],
  '6': ['6', N],
};

export function shortOption(letter: string): { readonly id: OwnOption; readonly argument: Kind } | undefined {
  const found = Object.hasOwn(SHORT, letter) ? SHORT[letter] : undefined;
  return found === undefined ? undefined : { id: found[0], argument: found[1] };
}

const long = (name: string, id: OwnOption, argument: Kind): LongOption<OwnOption> => ({ name, id, argument });

export const longOptions: readonly LongOption<OwnOption>[] = [
  long('append', 'append', R),
  long('delete', 'delete', R),
  long('check', 'check', R),
  long('insert', 'insert', R),
  long('replace', 'replace', R),
  long('list', 'list', O),
  long('list-rules', 'list-rules', O),
  long('flush', 'flush', O),
  long('zero', 'zero', O),
  long('new-chain', 'new-chain', R),
  long('delete-chain', 'delete-chain', O),
  long('rename-chain', 'rename-chain', R),
  long('policy', 'policy', R),
  long('source', 's', R),
  long('destination', 'd', R),
  long('src', 's', R),
  long('dst', 'd', R),
  long('protocol', 'p', R),
  long('in-interface', 'i', R),
  long('jump', 'j', R),
  long('table', 't', R),
  long('match', 'm', R),
  long('numeric', 'n', N),
  long('out-interface', 'o', R),
  long('verbose', 'v', N),
  long('wait', 'w', O),
  long('wait-interval', 'W', O),
  long('exact', 'x', N),
  long('fragments', 'f', N),
  long('version', 'V', N),
  long('help', 'h', O),
  long('line-numbers', 'line-numbers', N),
  long('modprobe', 'M', R),
  long('set-counters', 'c', R),
  long('goto', 'g', R),
  long('ipv4', '4', N),
  long('ipv6', '6', N),
];

const RULE: readonly CommandName[] = ['insert', 'delete', 'replace', 'append', 'check'];
const LIST: readonly CommandName[] = ['list', 'list-rules'];

/** Which commands an option goes with; absent: all (commands_v_options of xshared.c). Named by letter in messages. */
export const optionCommands: Readonly<Partial<Record<OwnOption, readonly CommandName[]>>> = {
  n: ['list'],
  s: RULE,
  d: RULE,
  p: RULE,
  j: RULE,
  x: ['list'],
  i: RULE,
  o: RULE,
  'line-numbers': ['list'],
  c: ['insert', 'replace', 'append', 'policy'],
  f: RULE,
};

export { LIST as listCommands, RULE as ruleCommands };
