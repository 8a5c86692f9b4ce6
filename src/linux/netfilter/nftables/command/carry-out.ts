import type { Nftables } from '../kernel.ts';
import { NftError } from '../parse/location.ts';
import { Transaction } from '../transaction.ts';
import type { Style } from '../type/datatype.ts';
import { type Action, checking } from './command.ts';
import type { ReadFile } from './define.ts';
import { readCommands } from './text.ts';

export interface CarriedOut {
  readonly output: string;
  readonly errors: readonly NftError[];
}

export interface Request {
  /** As errors call it; absent for a command line. */
  readonly name?: string | undefined;
  readonly text: string;
  readonly style: Style;
  readonly readFile: ReadFile;
  /** Only tells whether it would be done (-c). */
  readonly dry?: boolean;
}

/**
 * Carries a text of commands out, as a whole or not at all: what can't be read, then what is wrong in itself, then what
 * the kernel refuses is told.
 */
export function carryOut(kernel: Nftables, { name, text, style, readFile, dry }: Request): CarriedOut {
  const { commands, errors: unread } = readCommands(name, text, readFile);
  if (unread.length > 0) return { output: '', errors: unread };
  const found: NftError[] = [];
  const against = checking(kernel, style);
  const actions: { readonly action: Action; readonly at: NftError['at'] }[] = [];
  for (const command of commands) {
    gather(found, () => {
      for (const action of command.check(against)) actions.push({ action, at: command.at });
    });
  }
  if (found.length > 0) return { output: '', errors: found };
  const tx = new Transaction();
  let output = '';
  const print = (more: string) => {
    output += more;
  };
  for (const { action, at } of actions) gather(found, () => action({ kernel, tx, style, print }), at);
  const last = actions.at(-1)?.at;
  if (found.length === 0 && dry !== true) gather(found, () => kernel.commit(), last);
  if (found.length > 0 || dry === true) tx.rollback();
  return { output: found.length > 0 ? '' : output, errors: found };
}

function gather(found: NftError[], doing: () => void, at?: NftError['at']): void {
  try {
    doing();
  } catch (error) {
    if (!(error instanceof NftError)) throw error;
    found.push(error.at === undefined ? new NftError(error.message, at) : error);
  }
}
