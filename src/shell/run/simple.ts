import { LinuxError } from '../../linux/errno.ts';
import { resolvePath } from '../../linux/files/path.ts';
import { executable, findProgram } from '../../linux/process/lookup.ts';
import { readAllText } from '../../linux/process/streams.ts';
import { builtins } from '../builtins/index.ts';
import { ExpansionError } from '../expand/error.ts';
import { expandText, expandWords } from '../expand/expand.ts';
import { asAssignment } from '../syntax/assignment.ts';
import type { Assignment, Command, Simple } from '../syntax/ast.ts';
import { assign } from './assign.ts';
import { Control, FatalError } from './control.ts';
import { waitForeground } from './foreground.ts';
import { type Io, RedirectionError, redirect } from './io.ts';
import { quoteForTrace } from './quote.ts';
import { runScript } from './script.ts';
import type { Shell, Variable } from './state.ts';

/** Builtins whose `NAME=value` words are assignments, not split. */
const DECLARING = new Set(['export', 'local', 'readonly', 'declare', 'typeset', 'alias']);
export async function runSimple(shell: Shell, command: Simple, tail: boolean): Promise<number> {
  shell.substituted = undefined;
  try {
    const words = await expandCommand(shell, command);
    return await execute(shell, command, words, tail);
  } catch (error) {
    if (error instanceof RedirectionError) {
      await shell.complain(error.message);
      return 1;
    }
    if (error instanceof ExpansionError && !shell.interactive) throw error;
    if (error instanceof LinuxError && error.errno === 'E2BIG') {
      await shell.complain(error.message);
      return 126;
    }
    throw error;
  }
}

async function expandCommand(shell: Shell, command: Simple): Promise<string[]> {
  const [first] = command.words;
  const name = first?.length === 1 && first[0]?.kind === 'text' ? first[0].text : '';
  if (!DECLARING.has(name)) return expandWords(command.words, shell);
  const words: string[] = [name];
  for (const word of command.words.slice(1)) {
    if (asAssignment(word) === undefined) words.push(...(await expandWords([word], shell)));
    else words.push(await expandText(word, shell, 'assignment'));
  }
  return words;
}

async function execute(shell: Shell, command: Simple, words: readonly string[], tail: boolean): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined) return assignOnly(shell, command);
  const noclobber = shell.options.noclobber;
  const inner = await redirect(shell.io, command.redirections, shell.process, shell, noclobber);
  const assignments = new Map<string, string>();
  for (const assignment of command.assignments) {
    const value = await expandText(assignment.value, shell, 'assignment');
    assignments.set(assignment.name, assignment.append ? (shell.get(assignment.name) ?? '') + value : value);
  }
  if (shell.options.xtrace) await trace(shell, assignments, words);
  const body = shell.functions.get(name);
  if (body !== undefined) {
    return withAssignments(shell, assignments, () => withIo(shell, inner, () => callFunction(shell, name, body, rest)));
  }
  const builtin = builtins[name];
  if (builtin !== undefined) {
    if (name === 'exec' && rest.length === 0) {
      shell.io = inner;
      return 0;
    }
    const run = () => withIo(shell, inner, () => builtin({ shell, argv: words, io: inner, tail }));
    return assignments.size === 0 ? run() : withAssignments(shell, assignments, run);
  }
  return runExternal(shell, words, inner, assignments, tail);
}

/** Runs words as a builtin or a program, with the shell's descriptors. */
export async function runWords(shell: Shell, words: readonly string[], tail: boolean): Promise<number> {
  const builtin = builtins[words[0] ?? ''];
  if (builtin !== undefined) return builtin({ shell, argv: words, io: shell.io, tail });
  return runExternal(shell, words, shell.io, new Map(), tail);
}

async function assignOnly(shell: Shell, command: Simple): Promise<number> {
  // `$(< file)`: the one redirection without a command that means something.
  const [only] = command.redirections;
  for (const assignment of command.assignments) await assignOne(shell, assignment);
  const inner = await redirect(shell.io, command.redirections, shell.process, shell, shell.options.noclobber);
  if (
    command.assignments.length === 0 &&
    command.redirections.length === 1 &&
    only?.operator === '<' &&
    shell.substitution
  ) {
    await shell.io.stdout.write(await readAllText(inner.stdin, shell.signal));
  }
  return shell.substituted ?? 0;
}

async function assignOne(shell: Shell, assignment: Assignment): Promise<void> {
  const value = await expandText(assignment.value, shell, 'assignment');
  if (shell.options.xtrace) {
    await shell.io.stderr.write(
      `${shell.get('PS4') ?? '+ '}${assignment.name}${assignment.append ? '+' : ''}=${quoteForTrace(value, true)}\n`,
    );
  }
  assign(shell, assignment.name, value, assignment.append);
}

async function trace(shell: Shell, assignments: ReadonlyMap<string, string>, words: readonly string[]): Promise<void> {
  const shown = [...assignments].map(([name, value]) => `${name}=${quoteForTrace(value, true)}`);
  const lead = shell.get('PS4') ?? '+ ';
  for (const one of shown) await shell.io.stderr.write(`${lead}${one}\n`);
  await shell.io.stderr.write(`${lead}${words.map((word) => quoteForTrace(word)).join(' ')}\n`);
}

/** Runs `task` with the descriptors `io`. */
async function withIo(shell: Shell, io: Io, task: () => Promise<number>): Promise<number> {
  const outer = shell.io;
  if (io === outer) return task();
  shell.io = io;
  try {
    return await task();
  } finally {
    shell.io = outer;
  }
}

/** Runs `task` with variables that are set, and exported, for it alone. */
async function withAssignments(
  shell: Shell,
  assignments: ReadonlyMap<string, string>,
  task: () => Promise<number>,
): Promise<number> {
  const before = new Map<string, Variable | undefined>();
  for (const [name, value] of assignments) {
    before.set(name, shell.variables.get(name));
    if (before.get(name)?.readonly) throw new FatalError(`${name}: readonly variable`);
    shell.declare(name, { value, exported: true });
  }
  try {
    return await task();
  } finally {
    for (const [name, variable] of before) {
      if (variable === undefined) shell.variables.delete(name);
      else shell.variables.set(name, variable);
    }
  }
}

async function callFunction(shell: Shell, name: string, body: Command, args: readonly string[]): Promise<number> {
  const { positional, loops } = shell;
  const locals = new Map<string, Variable | undefined>();
  return shell.nested(name, async () => {
    shell.positional = args;
    shell.loops = 0;
    shell.locals.push(locals);
    try {
      return await shell.runner.command(shell, body, false);
    } catch (error) {
      if (error instanceof Control && error.kind === 'return') return error.value;
      throw error;
    } finally {
      shell.locals.pop();
      for (const [local, variable] of locals) {
        if (variable === undefined) shell.variables.delete(local);
        else shell.variables.set(local, variable);
      }
      shell.positional = positional;
      shell.loops = loops;
    }
  });
}

/** Runs a program found on PATH. */
export async function runExternal(
  shell: Shell,
  argv: readonly string[],
  io: Io,
  assignments: ReadonlyMap<string, string>,
  tail: boolean,
): Promise<number> {
  const name = argv[0] as string;
  const env = shell.environment(assignments);
  const failed = findFailure(shell, name, pathOf(shell));
  if (failed !== undefined) {
    await shell.complain(`${name}: ${failed.message}`, io);
    return failed.status;
  }
  const streams = { stdin: io.stdin, stdout: io.stdout, stderr: io.stderr };
  const path = findProgram(shell.files, pathOf(shell), shell.cwd, name);
  const spec = { argv, env: new Map([...env, ['_', path]]), cwd: shell.cwd, ...streams };
  const isText = textScript(shell, path);
  if (tail && !isText && !shell.traps.has('EXIT')) return shell.process.exec(spec);
  const group = shell.interactive ? 'new' : undefined;
  const child = shell.process.spawn({
    ...spec,
    group,
    ...(isText ? { program: (process) => runScript(process, shell.runner, path, argv.slice(1)) } : {}),
  });
  const [status = 0] = await waitForeground(shell, [child]);
  return status;
}

/** PATH as the shell searches it, exported or not. */
export function pathOf(shell: Shell): ReadonlyMap<string, string> {
  const path = shell.get('PATH');
  return path === undefined ? new Map() : new Map([['PATH', path]]);
}

/** Why `name` can't be run, in bash's words; undefined when it can. */
function findFailure(
  shell: Shell,
  name: string,
  env: ReadonlyMap<string, string>,
): { readonly message: string; readonly status: number } | undefined {
  try {
    findProgram(shell.files, env, shell.cwd, name);
    return undefined;
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    const path = resolvePath(shell.cwd, name);
    if (name.includes('/')) {
      if (error.errno === 'EACCES' && shell.files.stat(path).type === 'directory')
        return { message: 'Is a directory', status: 126 };
      return {
        message: error.message,
        status: error.errno === 'ENOENT' || error.errno === 'ENOTDIR' ? (error.errno === 'ENOENT' ? 127 : 126) : 126,
      };
    }
    return error.errno === 'EACCES'
      ? { message: error.message, status: 126 }
      : { message: 'command not found', status: 127 };
  }
}

/** An executable text without `#!`: the shell runs it itself. */
function textScript(shell: Shell, path: string): boolean {
  try {
    executable(shell.files, path);
    return false;
  } catch (error) {
    return error instanceof LinuxError && error.errno === 'ENOEXEC';
  }
}
