import type { Match, Place, RuleHead, Target, Use } from './extension.ts';
import { chainOf, type Rule, type RuleSpec } from './rule.ts';
import type { Chain, Table } from './table.ts';
import type { TableName } from './table-name.ts';

/** What the kernel refuses of a transaction; `line` of the file, 0 on the command line. */
export interface KernelProblem {
  readonly line: number;
  readonly text: string;
}

/** A rule that a transaction adds, for the kernel to judge. */
export interface Added {
  readonly operation: 'RULE_APPEND' | 'RULE_INSERT' | 'RULE_REPLACE';
  readonly table: TableName;
  readonly chain: string;
  readonly rule: Rule;
  readonly line: number;
}

type Reason = 'Invalid argument' | 'Too many links' | 'Operation not supported' | 'No such file or directory';

/** NFT_JUMP_STACK_SIZE: a base chain and the chains below it, one under the other. */
const DEPTH = 16;

/**
 * What the kernel has against the rules that a transaction adds: by itself (xt_check_match, xt_check_target), and in
 * their places (nft_table_validate). A problem of the whole is put down to the first rule that makes it one: for that
 * the kernel does it all once more (`replayed`).
 */
export function refusedByKernel(
  changed: ReadonlyMap<TableName, Table | undefined>,
  added: readonly Added[],
  place: Place,
): { readonly problems: readonly KernelProblem[]; readonly replayed: boolean } {
  const problems: KernelProblem[] = [];
  for (const one of added) {
    const table = changed.get(one.table);
    const chain = table?.chains.get(one.chain);
    if (table === undefined || chain === undefined) continue;
    const reason = ruleProblem(one.rule.spec, one.table, chain, table, place);
    if (reason !== undefined) problems.push(said(one, reason));
  }
  if (problems.length > 0) return { problems, replayed: false };
  for (const [name, table] of changed) {
    if (table === undefined || tableProblem(table, name) === undefined) continue;
    problems.push(...blame(table, name, added));
  }
  return { problems, replayed: problems.length > 0 };
}

function said({ operation, chain, line }: Added, reason: Reason): KernelProblem {
  return { line, text: `${operation} failed (${reason}): rule in chain ${chain}` };
}

function ruleProblem(spec: RuleSpec, name: TableName, chain: Chain, table: Table, place: Place): Reason | undefined {
  for (const { address, mask, inverted } of [spec.source, spec.destination]) {
    if (inverted && mask === 0 && address === 0) return 'Invalid argument';
  }
  for (const use of uses(spec)) {
    if (!fits(use, name, spec) || !fitsHook(use, chain)) return 'Invalid argument';
    const refused = use.extension.refused(use.values, spec, place);
    if (refused !== false) return refused === true ? 'Invalid argument' : refused;
  }
  const target = chainOf(spec);
  const to = target === undefined ? undefined : table.chains.get(target);
  if (to?.hook !== undefined) return to.exists ? 'Operation not supported' : 'No such file or directory';
  return undefined;
}

function uses({ matches, action }: RuleSpec): readonly Use<Match | Target>[] {
  return action.kind === 'target' ? [...matches, action.use] : matches;
}

function fits({ extension }: Use<Match | Target>, table: TableName, head: RuleHead): boolean {
  if (extension.tables !== undefined && !extension.tables.includes(table)) return false;
  const { protocols } = extension;
  return protocols === undefined || (protocols.includes(head.protocol) && !head.protocolInverted);
}

function fitsHook({ extension, values }: Use<Match | Target>, { hook }: Chain): boolean {
  if (hook === undefined) return true;
  return extension.hooks?.includes(hook) !== false && !extension.notAt(values).includes(hook);
}

/** nft_chain_validate, from each base chain on: how deep it goes, and whether all that it reaches may be asked there. */
function tableProblem(table: Table, _name: TableName): Reason | undefined {
  for (const base of table.chains.values()) {
    if (base.hook === undefined) continue;
    const seen = new Map<Chain, number>();
    const walk = (chain: Chain, level: number): Reason | undefined => {
      if (level >= DEPTH) return 'Too many links';
      if ((seen.get(chain) ?? -1) >= level) return undefined;
      seen.set(chain, level);
      for (const { spec } of chain.rules) {
        if (!uses(spec).every((use) => fitsHook(use, base))) return 'Invalid argument';
        const target = chainOf(spec);
        const to = target === undefined ? undefined : table.chains.get(target);
        const problem = to === undefined ? undefined : walk(to, level + 1);
        if (problem !== undefined) return problem;
      }
      return undefined;
    };
    const problem = walk(base, 0);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Adds the rules one by one, as the kernel does once it knows that something is wrong. */
function blame(table: Table, name: TableName, added: readonly Added[]): readonly KernelProblem[] {
  const own = added.filter((one) => one.table === name);
  const missing = new Set(own.map(({ rule }) => rule));
  const draft = table.copy();
  const whole = new Map([...draft.chains.values()].map((chain) => [chain, chain.rules]));
  const settle = () => {
    for (const [chain, rules] of whole) chain.rules = rules.filter((rule) => !missing.has(rule));
  };
  const problems: KernelProblem[] = [];
  for (const one of own) {
    missing.delete(one.rule);
    settle();
    const reason = tableProblem(draft, name);
    if (reason === undefined) continue;
    missing.add(one.rule);
    problems.push(said(one, reason));
  }
  return problems;
}
