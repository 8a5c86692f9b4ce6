import type { Process } from '../../linux/process/process.ts';
import { ShellSyntaxError } from '../syntax/error.ts';
import { parse } from '../syntax/parser.ts';
import { complainOfSyntax, settle } from './settle.ts';
import { type Runner, Shell } from './state.ts';

/** Runs the file `path` as a script in a shell of its own. */
export async function runScript(
  process: Process,
  runner: Runner,
  path: string,
  args: readonly string[],
): Promise<number> {
  const shell = new Shell(process, runner);
  shell.name = process.argv[0] === path ? path : (process.argv[0] ?? path);
  shell.positional = args;
  return settle(shell, () => runText(shell, process.files.readText(path), true));
}

/**
 * Runs a text line by line, as bash reads it: a syntax error is met only when its line is, after the lines before have run.
 */
export async function runText(shell: Shell, text: string, tail: boolean): Promise<number> {
  shell.status = 0;
  try {
    const { list, warnings } = parse(text);
    for (const { line, message } of warnings) {
      shell.line = line;
      await shell.complain(message);
    }
    return await shell.runner.list(shell, list, tail);
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    const good = wholeLines(text);
    if (good !== '') await shell.runner.list(shell, parse(good).list, false);
    await complainOfSyntax(shell, error, text);
    return 2;
  }
}

/** The lines at the start of a text that parse by themselves, up to the one with the mistake. */
function wholeLines(text: string): string {
  const lines = text.split('\n');
  let good = '';
  for (let i = 1; i < Math.min(lines.length, 500); i++) {
    const head = `${lines.slice(0, i).join('\n')}\n`;
    try {
      parse(head, { more: true });
      good = head;
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      if (!error.incomplete) break;
    }
  }
  return good;
}
