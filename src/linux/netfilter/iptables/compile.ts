import type { Stack } from '../../ip/stack.ts';
import type { Passage } from '../passage.ts';
import type { TargetVerdict } from './extension.ts';
import type { Rule, RuleSpec } from './rule.ts';
import type { Chain, Table } from './table.ts';

/** What a compiled rule does, as a number that a switch takes fast. */
export const code = { none: 0, accept: 1, drop: 2, return: 3, jump: 4, goto: 5, target: 6 } as const;
type ActionCode = (typeof code)[keyof typeof code];

const INVERT = { source: 1, destination: 2, protocol: 4, in: 8, out: 16, fragment: 32 } as const;

/**
 * A rule as it is evaluated: what all rules have as plain numbers (so that a row of rules is read without calls), and
 * what extensions add as closures. It lives as long as its rule: limits and counters keep their state in there.
 */
export class Compiled {
  readonly rule: Rule;
  readonly source: number;
  readonly sourceMask: number;
  readonly destination: number;
  readonly destinationMask: number;
  readonly protocol: number;
  readonly in: string;
  readonly out: string;
  readonly inverted: number;
  readonly fragment: boolean;
  readonly tests: readonly ((passage: Passage) => boolean)[];
  readonly action: ActionCode;
  readonly run: ((passage: Passage) => TargetVerdict) | undefined;

  constructor(rule: Rule, stack: Stack) {
    const { spec } = rule;
    this.rule = rule;
    this.source = spec.source.address | 0;
    this.sourceMask = spec.source.mask | 0;
    this.destination = spec.destination.address | 0;
    this.destinationMask = spec.destination.mask | 0;
    this.protocol = spec.protocol;
    this.in = spec.in.name === '+' && !spec.in.inverted ? '' : spec.in.name;
    this.out = spec.out.name === '+' && !spec.out.inverted ? '' : spec.out.name;
    this.inverted = inversions(spec);
    this.fragment = spec.fragment;
    this.tests = spec.matches.map(({ extension, values }) => extension.compile(values, { stack }));
    const { action } = spec;
    this.action = actionCode(spec);
    this.run = action.kind === 'target' ? action.use.extension.compile(action.use.values, { stack }) : undefined;
  }
}

function inversions(spec: RuleSpec): number {
  let bits = 0;
  if (spec.source.inverted) bits |= INVERT.source;
  if (spec.destination.inverted) bits |= INVERT.destination;
  if (spec.protocolInverted) bits |= INVERT.protocol;
  if (spec.in.inverted) bits |= INVERT.in;
  if (spec.out.inverted) bits |= INVERT.out;
  if (spec.fragmentInverted) bits |= INVERT.fragment;
  return bits;
}

function actionCode({ action }: RuleSpec): ActionCode {
  if (action.kind === 'verdict') {
    return action.verdict === 'ACCEPT' ? code.accept : action.verdict === 'DROP' ? code.drop : code.return;
  }
  return code[action.kind];
}

/** A chain made ready: rule i leads to `targets[i]`. */
export interface Program {
  readonly chain: Chain;
  readonly rules: readonly Compiled[];
  readonly targets: readonly (Program | undefined)[];
}

/** Makes a rule ready, and what it needs (connection tracking, say) is switched on. */
export function prepare(rule: Rule, stack: Stack): void {
  rule.compiled ??= new Compiled(rule, stack);
}

/** Makes a base chain ready, and all that it leads to. */
export function compile(stack: Stack, table: Table, base: Chain): Program {
  const known = new Map<Chain, Program>();
  const make = (chain: Chain): Program => {
    const before = known.get(chain);
    if (before !== undefined) return before;
    const rules: Compiled[] = [];
    const targets: (Program | undefined)[] = [];
    const program: Program = { chain, rules, targets };
    known.set(chain, program);
    for (const rule of chain.rules) {
      prepare(rule, stack);
      rules.push(rule.compiled as Compiled);
      const { action } = rule.spec;
      const leads = action.kind === 'jump' || action.kind === 'goto' ? table.chains.get(action.chain) : undefined;
      targets.push(leads === undefined ? undefined : make(leads));
    }
    return program;
  };
  return make(base);
}
