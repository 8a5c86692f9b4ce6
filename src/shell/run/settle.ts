import { LinuxError } from '../../linux/errno.ts';
import { ExpansionError } from '../expand/error.ts';
import { ShellSyntaxError } from '../syntax/error.ts';
import { Control, FatalError, Interrupted } from './control.ts';
import type { Shell } from './state.ts';

/** Runs a whole script or subshell to its end, the EXIT trap included. @returns its exit status */
export async function settle(shell: Shell, task: () => Promise<number>): Promise<number> {
  let status = await guarded(shell, async () => {
    const last = await task();
    shell.status = last;
    // A signal that came during the last command.
    await shell.runTraps();
    return last;
  });
  const trap = shell.traps.get('EXIT');
  if (trap !== undefined) {
    shell.traps.delete('EXIT');
    shell.status = status;
    const kept = status;
    status = await guarded(shell, async () => {
      await shell.evaluate(trap);
      return kept;
    });
  }
  return status;
}

async function guarded(shell: Shell, task: () => Promise<number>): Promise<number> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof Control && (error.kind === 'exit' || error.kind === 'return')) return error.value;
    if (error instanceof Control) return shell.status;
    const status = await complainOf(shell, error);
    if (status === undefined) throw error;
    return status;
  }
}

/** Says an error of the script as bash does. @returns the status; undefined for what is no error of the script */
export async function complainOf(shell: Shell, error: unknown): Promise<number | undefined> {
  if (error instanceof ShellSyntaxError) {
    await complainOfSyntax(shell, error, '');
    return 2;
  }
  if (error instanceof ExpansionError || error instanceof FatalError) {
    await shell.complain(error.message);
    return error.status;
  }
  if (error instanceof LinuxError) {
    await shell.complain(error.message);
    return 1;
  }
  return error instanceof Interrupted ? error.status : undefined;
}

/** `bash: line 2: syntax error near unexpected token ...` and, where bash shows it, the line itself. */
export async function complainOfSyntax(shell: Shell, error: ShellSyntaxError, text: string): Promise<void> {
  const own = shell.commandString ? `${shell.name}: -c: ` : `${shell.name}: `;
  const prefix = shell.lineNumbers ? `${own}line ${error.line}: ` : own;
  const line = text.split('\n')[error.line - 1];
  const shown = error.showLine && shell.lineNumbers && line !== undefined ? `${prefix}\`${line}'\n` : '';
  await shell.io.stderr.write(`${prefix}${error.message}\n${shown}`);
}
