import type { Nftables } from '../kernel.ts';
import { NftError } from '../parse/location.ts';
import { Transaction } from '../transaction.ts';
import type { Style } from '../type/datatype.ts';
import { invalid } from '../validate.ts';
import { type Action, checking } from './command.ts';
import type { ReadFile } from './define.ts';
import { readCommands } from './text.ts';

export interface CarriedOut {
  /** What is printed, in its order. */
  readonly output: readonly Printed[];
  readonly errors: readonly NftError[];
}

/** A text for the standard output, or for the standard error. */
export interface Printed {
  readonly warning: boolean;
  readonly text: string;
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
  // What could be read is checked all the same.
  const found: NftError[] = [...unread];
  const against = checking(kernel, style);
  const actions: Placed[] = [];
  for (const command of commands) {
    gather(found, () => {
      for (const action of command.check(against)) actions.push({ action, at: command.at });
    });
  }
  if (found.length > 0) return { output: [], errors: found };
  let done = perform(kernel, actions, style, new Transaction());
  if (done.errors.length === 0) {
    const wrong = [...done.tx.touched].filter(
      (table) => kernel.tables.has(table.title) && invalid(table) !== undefined,
    );
    if (wrong.length > 0) {
      // The kernel does it all once more, to find which rule it is (NFNL_BATCH_REPLAY).
      done.tx.rollback();
      done = perform(kernel, actions, style, new Transaction(new Set(wrong.map(({ title }) => title))));
    }
  }
  const { tx, output, errors } = done;
  if (errors.length > 0 || dry === true) tx.rollback();
  else kernel.commit();
  return { output: errors.length > 0 ? [] : output, errors };
}

interface Placed {
  readonly action: Action;
  readonly at: NftError['at'];
}

/** What fails doesn't keep the rest from being tried, so that all errors are told at once. */
function perform(kernel: Nftables, actions: readonly Placed[], style: Style, tx: Transaction) {
  const errors: NftError[] = [];
  const output: Printed[] = [];
  const print = (text: string) => void output.push({ warning: false, text });
  const warn = (text: string) => void output.push({ warning: true, text });
  for (const { action, at } of actions) gather(errors, () => action({ kernel, tx, style, print, warn }), at);
  return { tx, output, errors };
}

function gather(found: NftError[], doing: () => void, at?: NftError['at']): void {
  try {
    doing();
  } catch (error) {
    if (!(error instanceof NftError)) throw error;
    found.push(error.at === undefined ? new NftError(error.message, at) : error);
  }
}
