import type { Location } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import type { Runtime, Step } from '../runtime.ts';
import type { NftSet } from '../set/set.ts';
import type { VerdictSyntax } from '../syntax.ts';
import type { Style } from '../type/datatype.ts';
import type { Context } from '../typing.ts';
import type { Target } from '../verdict.ts';

/** What a statement needs of its table when the kernel takes the rule in. */
export interface Binding {
  /** The chain that a verdict names. Throws ENOENT, ELOOP and their like with their place. */
  chain(verdict: VerdictSyntax): Target;
  /** A named counter, limit or quota. */
  object(kind: string, name: string, at: Location): StatefulObject;
  /** A set that was written into the rule gets its number. */
  bind(set: NftSet): void;
  /** The whole rule's place; absent: the command's. */
  readonly at: Location | undefined;
}

/** A counter, limit or quota with a name. */
export interface StatefulObject {
  readonly name: string;
  /** @returns whether the rule goes on. */
  pass(bytes: number, now: number): boolean;
}

/** A statement of a rule, checked. */
export interface Statement {
  print(style: Style): string;
  /** The kernel's part: finds chains, numbers sets. Throws `NftError`. */
  bind?(binding: Binding): void;
  /** May packets come to it from such a base chain? Absent: from any. */
  validate?(base: { readonly type: string; readonly hook: string }): boolean;
  compile(runtime: Runtime): Step;
  /** Nothing behind it would ever be done. */
  readonly terminal?: boolean;
  /** Changes the packet, or what is known of it: worth telling. */
  readonly changes?: string;
  /** A match, as far as listing looks into it: see `listing.ts`. */
  readonly match?: MatchFacts;
  /** The sets that it names or brings. */
  readonly sets?: readonly NftSet[];
  /** A match or target of xtables (`xt match "comment"`). */
  readonly foreign?: true;
  readonly at: Location;
}

/** What listing wants to know of a match. */
export interface MatchFacts {
  /** It says which protocol the packet has, and nothing else. */
  readonly dependency?: { readonly layer: 'network' | 'transport'; readonly protocol: string; readonly by: string };
  /** The protocols whose headers it looks at. */
  readonly headers: readonly string[];
  /** One field of a header equals one value: those that stand side by side are listed in the header's order. */
  readonly field?: { readonly protocol: string; readonly offset: number; readonly bits: number };
}

/** A statement of the language, described once: parse, print and evaluate follow from here. */
export interface StatementKind {
  /** The words that it begins with. */
  readonly keywords: readonly string[];
  readonly summary: string;
  readonly leavesOut?: string;
  /** Reads it (its first word is next) and gives what checks it. */
  parse(parser: Parser): (context: Context) => Statement;
}
