import type { Io } from '../run/io.ts';
import type { Shell } from '../run/state.ts';

export interface Call {
  readonly shell: Shell;
  /** The builtin's name and its words. */
  readonly argv: readonly string[];
  readonly io: Io;
  /** Nothing comes after: `exec`-like builtins may take the shell's place. */
  readonly tail: boolean;
}

/** A command that the shell does itself. @returns its exit status */
export type Builtin = (call: Call) => Promise<number>;

/** Says what is wrong, as `bash: NAME: message`. @returns the status to give back */
export async function fail(call: Call, message: string, status = 1): Promise<number> {
  await call.shell.complain(`${call.argv[0]}: ${message}`);
  return status;
}

/** Refuses an option, as bash does, with the usage below. */
export async function badOption(call: Call, option: string, usage: string): Promise<number> {
  await fail(call, `${option}: invalid option`);
  await call.io.stderr.write(`${call.argv[0]}: usage: ${usage}\n`);
  return 2;
}

export const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
