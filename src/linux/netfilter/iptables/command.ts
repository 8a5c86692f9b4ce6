import type { RuleSpec } from './rule.ts';

/** What one command line asks for. */
export type CommandName =
  | 'append'
  | 'insert'
  | 'delete'
  | 'delete-number'
  | 'replace'
  | 'check'
  | 'list'
  | 'list-rules'
  | 'flush'
  | 'zero'
  | 'zero-number'
  | 'new-chain'
  | 'delete-chain'
  | 'rename-chain'
  | 'policy';

/** The letter that messages name a command by. */
export const commandLetters: Readonly<Record<CommandName, string>> = {
  append: 'A',
  insert: 'I',
  delete: 'D',
  'delete-number': 'D',
  replace: 'R',
  check: 'C',
  list: 'L',
  'list-rules': 'S',
  flush: 'F',
  zero: 'Z',
  'zero-number': 'Z',
  'new-chain': 'N',
  'delete-chain': 'X',
  'rename-chain': 'E',
  policy: 'P',
};

export interface ListFormat {
  readonly numeric: boolean;
  readonly verbose: number;
  readonly exact: boolean;
  readonly lineNumbers: boolean;
}

/** A command line that has been read. */
export interface Command extends ListFormat {
  readonly name: CommandName;
  /** List and zero can stand together. */
  readonly andZero: boolean;
  readonly table: string;
  readonly chain: string | undefined;
  readonly number: number;
  readonly newName: string | undefined;
  readonly policy: string | undefined;
  /** One for each pair of source and destination addresses. */
  readonly rules: readonly RuleSpec[];
  readonly counters: { readonly packets: number; readonly bytes: number };
}

/** `-V`, `-h`: answered at once. */
export interface Answer {
  readonly answer: string;
}
