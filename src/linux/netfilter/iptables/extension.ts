import type { Stack } from '../../ip/stack.ts';
import type { HookVerdict } from '../hook-table.ts';
import type { Hook, Passage } from '../passage.ts';
import type { Kind } from './kind.ts';
import { Problem } from './problem.ts';
import type { TableName } from './table-name.ts';

/** One option of a match or target: from this its reading, its writing and its errors follow. */
export interface Option<T> {
  readonly kind: Kind<T>;
  /** Other names that it goes by; it is written under its own. */
  readonly aliases?: readonly string[];
  /** May `!` stand before it? */
  readonly invert?: boolean;
  readonly required?: boolean;
  /** May be given more than once; the last one counts. */
  readonly repeated?: boolean;
  readonly excludes?: readonly string[];
  readonly requires?: readonly string[];
  /** What messages call it, where that is one of its other names. */
  readonly called?: string;
  /** What an older extension says when it is given twice. */
  readonly twice?: string;
  /** How many words it takes from the command line (1); they reach `kind` with a blank between them. */
  readonly words?: number;
}

type Options = Readonly<Record<string, Option<unknown>>>;
type ValueOf<O> = O extends Option<infer T> ? T : never;

/** What was given for an option. */
export interface Given<T> {
  readonly value: T;
  readonly inverted: boolean;
}

export type Values<O> = { readonly [K in keyof O]?: Given<ValueOf<O[K]>> };
export type AnyValues = Readonly<Record<string, Given<unknown> | undefined>>;

/** What an extension may look at of the rule that it stands in. */
export interface RuleHead {
  readonly protocol: number;
  readonly protocolInverted: boolean;
}

/** Where a rule is compiled for. */
export interface Place {
  readonly stack: Stack;
}

/** An error of checkentry other than EINVAL. */
export type Refused = 'No such file or directory';

interface Description<O extends Options> {
  readonly name: string;
  /** One line for the reference of what is modelled. */
  readonly summary: string;
  /** What the real one has and this one has not. */
  readonly leavesOut?: string;
  /** In the order in which they are written. */
  readonly options: O;
  /** Checks what was given and brings it into the form that is kept and written. Throws `Problem`. */
  settle?(values: Values<O>, head: RuleHead, place: Place): Values<O>;
  /** As iptables-save writes it, where that is not simply one option after another. */
  save?(values: Values<O>): string;
  /** As `iptables -L` writes it; `numeric` is `-n`. */
  list(values: Values<O>, numeric: boolean, head: RuleHead): string;
  /** As `iptables-translate` words it for nft, and `nft list` too (xlate); undefined: there are no words for that. */
  translate?(values: Values<O>, head: RuleHead): string | undefined;
  /** What iptables-nft puts into nf_tables' own expressions, in nft's words; undefined: it stays one of xtables. */
  native?(values: Values<O>, head: RuleHead): readonly string[] | undefined;
  /** Where the kernel takes it (xt_match and xt_target: table, hooks, proto); absent: everywhere. */
  readonly tables?: readonly TableName[];
  readonly hooks?: readonly Hook[];
  readonly protocols?: readonly number[];
  /** Hooks where what was given has no place (checkentry looks at the hook). */
  notAt?(values: Values<O>): readonly Hook[];
  /** What else the kernel refuses (checkentry), and with which error where that is not "Invalid argument". */
  refused?(values: Values<O>, head: RuleHead, place: Place): boolean | Refused;
}

interface MatchDescription<O extends Options> extends Description<O> {
  compile(values: Values<O>, place: Place): (passage: Passage) => boolean;
}

/** What a target says: a verdict, or `undefined`: the next rule is asked. */
export type TargetVerdict = HookVerdict | undefined;

interface TargetDescription<O extends Options> extends Description<O> {
  compile(values: Values<O>, place: Place): (passage: Passage) => TargetVerdict;
  /** For the tap, of a verdict that is a refusal with an answer. */
  readonly rejects?: boolean;
  /** What `-L` calls it, where that is not its name. */
  readonly listedAs?: string;
}

interface Extension {
  readonly name: string;
  readonly summary: string;
  readonly leavesOut?: string;
  readonly options: Options;
  readonly tables?: readonly TableName[];
  readonly hooks?: readonly Hook[];
  readonly protocols?: readonly number[];
  settle(values: AnyValues, head: RuleHead, place: Place): AnyValues;
  save(values: AnyValues): string;
  list(values: AnyValues, numeric: boolean, head: RuleHead): string;
  translate(values: AnyValues, head: RuleHead): string | undefined;
  native(values: AnyValues, head: RuleHead): readonly string[] | undefined;
  notAt(values: AnyValues): readonly Hook[];
  refused(values: AnyValues, head: RuleHead, place: Place): boolean | Refused;
}

export interface Match extends Extension {
  compile(values: AnyValues, place: Place): (passage: Passage) => boolean;
}

export interface Target extends Extension {
  compile(values: AnyValues, place: Place): (passage: Passage) => TargetVerdict;
  readonly rejects: boolean;
  readonly listedAs: string;
}

/** A match or target of a rule, with what was given for it. */
export interface Use<E> {
  readonly extension: E;
  readonly values: AnyValues;
}

export function option<T>(kind: Kind<T>, more: Omit<Option<T>, 'kind'> = {}): Option<T> {
  return { kind, ...more };
}

export function match<O extends Options>(description: MatchDescription<O>): Match {
  const values = (any: AnyValues) => any as Values<O>;
  return { ...shared(description), compile: (any, place) => description.compile(values(any), place) };
}

export function target<O extends Options>(description: TargetDescription<O>): Target {
  const values = (any: AnyValues) => any as Values<O>;
  return {
    ...shared(description),
    compile: (any, place) => description.compile(values(any), place),
    rejects: description.rejects ?? false,
    listedAs: description.listedAs ?? description.name,
  };
}

function shared<O extends Options>(description: Description<O>): Extension {
  const { name, summary, leavesOut, options, tables, hooks, protocols } = description;
  return {
    name,
    summary,
    options,
    ...(leavesOut !== undefined && { leavesOut }),
    ...(tables !== undefined && { tables }),
    ...(hooks !== undefined && { hooks }),
    ...(protocols !== undefined && { protocols }),
    settle(any, head, place) {
      const settled = description.settle?.(any as Values<O>, head, place) ?? any;
      checkOptions(name, options, any);
      return settled as AnyValues;
    },
    save: (any) => description.save?.(any as Values<O>) ?? saveOptions(options, any),
    list: (any, numeric, head) => description.list(any as Values<O>, numeric, head),
    translate: (any, head) => description.translate?.(any as Values<O>, head),
    native: (any, head) => description.native?.(any as Values<O>, head),
    notAt: (any) => description.notAt?.(any as Values<O>) ?? [],
    refused: (any, head, place) => description.refused?.(any as Values<O>, head, place) ?? false,
  };
}

/** xtables_options_fcheck: what must be there, what goes together and what does not. */
function checkOptions(extension: string, options: Options, values: AnyValues): void {
  const called = (name: string) => options[name]?.called ?? name;
  for (const [name, { required, requires, excludes }] of Object.entries(options)) {
    if (required && values[name] === undefined) {
      throw new Problem(`${extension}: option "--${called(name)}" must be specified\n`);
    }
    if (values[name] === undefined) continue;
    const missing = requires?.find((other) => values[other] === undefined);
    if (missing !== undefined) {
      throw new Problem(`${extension}: option "--${called(name)}" also requires "--${called(missing)}".\n`);
    }
    const other = excludes?.find((one) => values[one] !== undefined);
    if (other !== undefined) {
      throw new Problem(
        `${extension}: option "--${called(name)}" cannot be used together with "--${called(other)}".\n`,
      );
    }
  }
}

function saveOptions(options: Options, values: AnyValues): string {
  let text = '';
  for (const [name, { kind }] of Object.entries(options)) {
    const given = values[name];
    if (given === undefined) continue;
    text += `${given.inverted ? ' !' : ''} --${name}${kind.argument ? ` ${kind.save(given.value)}` : ''}`;
  }
  return text;
}

/** Reads one option's argument into the values so far. Throws `Problem` as libxtables' xtables_option_parse does. */
export function giveOption(
  extension: Extension,
  name: string,
  argument: string,
  inverted: boolean,
  values: AnyValues,
): AnyValues {
  const described = extension.options[name] as Option<unknown>;
  const called = described.called ?? name;
  if (values[name] !== undefined && !described.repeated) {
    throw new Problem(described.twice ?? `${extension.name}: option "--${called}" can only be used once.\n`);
  }
  if (inverted && !described.invert) {
    throw new Problem(`${extension.name}: option "--${called}" cannot be inverted.\n`);
  }
  return { ...values, [name]: { value: described.kind.parse(argument, extension.name, called), inverted } };
}
