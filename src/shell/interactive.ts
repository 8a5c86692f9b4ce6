import { SignalExit } from '../linux/process/process.ts';
import { complete } from './editor/completion.ts';
import { Editor } from './editor/editor.ts';
import { renderPrompt } from './editor/prompt.ts';
import { Control, Interrupted } from './run/control.ts';
import { runText } from './run/script.ts';
import { complainOf, complainOfSyntax } from './run/settle.ts';
import type { Shell } from './run/state.ts';
import type { List } from './syntax/ast.ts';
import { ShellSyntaxError } from './syntax/error.ts';
import { parse } from './syntax/parser.ts';

/** Lines that `history` keeps. */
const HISTORY_LIMIT = 1000;

/** A shell at a prompt: reads lines until Ctrl-D or `exit`. @returns the exit status */
export async function interact(shell: Shell): Promise<number> {
  const { process } = shell;
  const { tty } = process;
  if (tty === undefined) return runText(shell, '', false);
  shell.interactive = true;
  shell.lineNumbers = false;
  process.signals.on('INT', () => {});
  process.signals.on('TERM', () => {});
  const editor = new Editor({
    process,
    tty,
    history: shell.history,
    complete: (before) => complete(shell, before),
  });
  if (shell.get('PS1') === undefined) shell.declare('PS1', { value: '\\u@\\h:\\w\\$ ' });
  if (shell.get('PS2') === undefined) shell.declare('PS2', { value: '> ' });
  await readStartFile(shell);
  for (;;) {
    await reportJobs(shell);
    const read = await readCommand(shell, editor);
    if (read === 'end') {
      await process.stderr.write('exit\n');
      return shell.status;
    }
    const exit = await run(shell, read);
    if (exit !== undefined) return exit;
    await shell.runTraps();
  }
}

async function readStartFile(shell: Shell): Promise<void> {
  const path = `${shell.get('HOME') ?? ''}/.bashrc`;
  if (shell.files.exists(path)) await run(shell, shell.files.readText(path));
  shell.status = 0;
}

async function reportJobs(shell: Shell): Promise<void> {
  for (const { line } of shell.jobs.ended()) await shell.process.stderr.write(`${line}\n`);
}

/** Reads lines until they make whole commands; PS2 asks for the rest of unfinished ones. */
async function readCommand(shell: Shell, editor: Editor): Promise<string | 'end'> {
  const announce = shell.get('SHLVL') === '1' ? shell.process.services.prompt : undefined;
  let text = '';
  for (;;) {
    const prompt = await renderPrompt(shell, shell.get(text === '' ? 'PS1' : 'PS2') ?? '');
    announce?.(text === '');
    const edited = await editor.read(prompt).finally(() => announce?.(false));
    if (edited.kind === 'interrupt') {
      shell.status = 130;
      text = '';
      await reportJobs(shell);
      continue;
    }
    if (edited.kind === 'end') {
      if (text === '') return 'end';
      shell.status = 2;
      await shell.complain('syntax error: unexpected end of file');
      text = '';
      continue;
    }
    text += `${edited.text}\n`;
    if (text.trim() === '') {
      text = '';
      await reportJobs(shell);
      continue;
    }
    if (!unfinished(shell, text)) {
      remember(shell, text);
      return text;
    }
  }
}

function unfinished(shell: Shell, text: string): boolean {
  if (/\\\n$/.test(text) && !/\\\\\n$/.test(text)) return true;
  try {
    parse(text, { more: true, alias: (name) => shell.aliases.get(name) });
    return false;
  } catch (error) {
    return error instanceof ShellSyntaxError && error.incomplete;
  }
}

/** Adds to the history, as `HISTCONTROL=ignoreboth` does. */
function remember(shell: Shell, text: string): void {
  const line = text.trimEnd();
  if (line.startsWith(' ') || line === shell.history.at(-1)) return;
  shell.history.push(line);
  if (shell.history.length > HISTORY_LIMIT) shell.history.shift();
}

/** Runs a command line. @returns the status to leave with, after `exit` */
async function run(shell: Shell, text: string): Promise<number | undefined> {
  const event = /^\s*!(?:!|[0-9?-]|[A-Za-z])\S*/.exec(text);
  if (event !== null) {
    await shell.complain(`${event[0].trim()}: history expansion is not supported; use the up arrow or Ctrl-R`);
    shell.status = 1;
    return undefined;
  }
  let list: List;
  try {
    ({ list } = parse(text, { alias: (name) => shell.aliases.get(name) }));
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    await complainOfSyntax(shell, error, text);
    shell.status = 2;
    return undefined;
  }
  try {
    await shell.interruptible(() => shell.runner.list(shell, list, false));
  } catch (error) {
    if (error instanceof Control) {
      if (error.kind === 'exit') {
        await shell.process.stderr.write('exit\n');
        return error.value;
      }
      shell.status = error.value;
    } else if (error instanceof Interrupted) {
      await shell.process.stderr.write('\n');
      shell.status = 130;
    } else if (error instanceof SignalExit) throw error;
    else shell.status = (await complainOf(shell, error)) ?? (await internal(shell, error));
  } finally {
    reset(shell);
  }
  return undefined;
}

/** What a given-up command line may have left behind. */
function reset(shell: Shell): void {
  shell.loops = 0;
  shell.asking = 0;
  shell.depth = 0;
  shell.sourcing = 0;
  shell.locals.length = 0;
  if (shell.process.tty !== undefined) shell.process.tty.foreground = shell.process.group;
}

/** A fault of ours: said as one, and the shell goes on. */
async function internal(shell: Shell, error: unknown): Promise<number> {
  await shell.complain(`internal error: ${error instanceof Error ? error.message : String(error)}`);
  return 70;
}
