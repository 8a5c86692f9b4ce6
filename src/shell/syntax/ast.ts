/** A word before expansion: its parts stand side by side. */
export type Word = readonly Part[];

export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | ParameterPart
  | { readonly kind: 'command'; readonly body: List; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly expression: Word; readonly quoted: boolean };

export interface ParameterPart {
  readonly kind: 'parameter';
  readonly name: string;
  readonly operation?: Operation;
  readonly quoted: boolean;
  /** As it was written, for error messages. */
  readonly source: string;
}

export type Operation =
  | { readonly kind: 'length' }
  | { readonly kind: 'indirect' }
  | { readonly kind: 'default'; readonly operator: '-' | '=' | '?' | '+'; readonly empty: boolean; readonly word: Word }
  | { readonly kind: 'trim'; readonly operator: '#' | '##' | '%' | '%%'; readonly pattern: Word }
  | {
      readonly kind: 'replace';
      readonly where: 'first' | 'all' | 'start' | 'end';
      readonly pattern: Word;
      readonly replacement: Word;
    }
  | { readonly kind: 'slice'; readonly offset: Word; readonly length?: Word }
  | { readonly kind: 'case'; readonly operator: '^' | '^^' | ',' | ',,' }
  | { readonly kind: 'bad' };

export interface Assignment {
  readonly name: string;
  readonly append: boolean;
  readonly value: Word;
}

export interface Redirection {
  readonly operator: '<' | '>' | '>>' | '>|' | '<&' | '>&' | '&>' | '&>>' | '<<' | '<<<';
  /** The descriptor that changes; the operator's own default when absent. */
  readonly descriptor?: number;
  /** A file's name, a descriptor's number or `-`, or the text of a here-document. */
  readonly target: Word;
}

export interface Simple {
  readonly kind: 'simple';
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
  readonly line: number;
}

export type Compound =
  | { readonly kind: 'group'; readonly body: List }
  | { readonly kind: 'subshell'; readonly body: List }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: List; readonly body: List }[];
      readonly otherwise?: List;
    }
  | { readonly kind: 'while'; readonly until: boolean; readonly condition: List; readonly body: List }
  | { readonly kind: 'for'; readonly name: string; readonly words?: readonly Word[]; readonly body: List }
  | { readonly kind: 'count'; readonly parts: readonly [Word, Word, Word]; readonly body: List }
  | { readonly kind: 'case'; readonly subject: Word; readonly branches: readonly CaseBranch[] }
  | { readonly kind: 'function'; readonly name: string; readonly body: Command }
  | { readonly kind: 'arithmetic'; readonly expression: Word }
  | { readonly kind: 'condition'; readonly test: Test };

export interface CaseBranch {
  readonly patterns: readonly Word[];
  readonly body: List;
  /** What comes after the body: `;;`, `;&` (the next body too), `;;&` (look further). */
  readonly end: ';;' | ';&' | ';;&';
}

/** What stands between `[[` and `]]`. */
export type Test =
  | { readonly kind: 'and' | 'or'; readonly left: Test; readonly right: Test }
  | { readonly kind: 'not'; readonly test: Test }
  | { readonly kind: 'unary'; readonly operator: string; readonly word: Word }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Word; readonly right: Word };

export type CompoundCommand = {
  readonly kind: 'compound';
  readonly compound: Compound;
  readonly redirections: readonly Redirection[];
  readonly line: number;
};

export type Command = Simple | CompoundCommand;

export interface Pipeline {
  readonly commands: readonly Command[];
  readonly negated: boolean;
  readonly timed: boolean;
}

export interface AndOr {
  readonly first: Pipeline;
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly pipeline: Pipeline }[];
  readonly background: boolean;
  /** As it was written, for `jobs`. */
  readonly source: string;
}

export type List = readonly AndOr[];
