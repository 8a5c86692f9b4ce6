import type { Files } from '../../linux/files/files.ts';
import type { List, Word } from '../syntax/ast.ts';
import type { Variables } from './arithmetic.ts';
import type { Piece } from './fields.ts';

/** What expansion needs of the shell. */
export interface Scope extends Variables {
  readonly positional: readonly string[];
  /** `set -u`. */
  readonly nounset: boolean;
  /** `set -f`. */
  readonly noglob: boolean;
  readonly files: Files;
  readonly cwd: string;
  /** A user's home folder; the shell's own for ''. */
  home(user: string): string | undefined;
  /** Runs a command substitution. @returns its output without the newlines at its end */
  substitute(body: List): Promise<string>;
}

/** Where a `~` is looked for: at the word's start, behind each `:` too, nowhere. */
export type Tilde = 'start' | 'assignment' | 'none';

/** Expands the words inside a parameter expansion. */
export interface Expander {
  parts(word: Word, scope: Scope, tilde: Tilde): Promise<Piece[]>;
  text(word: Word, scope: Scope): Promise<string>;
  pattern(word: Word, scope: Scope): Promise<string>;
}
