import { LinuxError } from '../linux/errno.ts';
import { resolvePath } from '../linux/files/path.ts';
import type { Process, Program } from '../linux/process/process.ts';
import { readAllText } from '../linux/process/streams.ts';
import { interact } from './interactive.ts';
import { runner } from './run/list.ts';
import { runText } from './run/script.ts';
import { settle } from './run/settle.ts';
import { Shell } from './run/state.ts';

interface Invocation {
  readonly command?: string;
  readonly script?: string;
  readonly name?: string;
  readonly args: readonly string[];
  readonly interactive: boolean;
  readonly login: boolean;
  readonly options: readonly string[];
}

/** The shell: `sh`, `bash`; `-c TEXT [NAME [ARG...]]`, `FILE [ARG...]`, or what it reads, at a prompt when that is a terminal. */
export const sh: Program = async (process) => {
  const invocation = parseArguments(process.argv.slice(1));
  if (typeof invocation === 'string') {
    await process.stderr.write(`${process.argv[0]}: ${invocation}\n`);
    return 2;
  }
  const shell = new Shell(process, runner);
  shell.name = (invocation.name ?? invocation.script ?? process.argv[0] ?? 'sh').replace(/^-/, '');
  shell.positional = invocation.args;
  initialize(shell);
  for (const option of invocation.options) {
    if (option.includes('e')) shell.options.errexit = true;
    if (option.includes('u')) shell.options.nounset = true;
    if (option.includes('x')) shell.options.xtrace = true;
    if (option.includes('f')) shell.options.noglob = true;
  }
  return settle(shell, async () => {
    if (invocation.command !== undefined) {
      shell.commandString = true;
      return runText(shell, invocation.command, true);
    }
    if (invocation.script !== undefined) return runFile(shell, process, invocation.script);
    if (invocation.interactive || process.stdin.tty !== undefined) return interact(shell);
    return runText(shell, await readAllText(process.stdin, process.signals.ended), true);
  });
};

async function runFile(shell: Shell, process: Process, script: string): Promise<number> {
  let text: string;
  try {
    text = process.files.readText(resolvePath(process.cwd, script));
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    const directory = error.errno === 'EISDIR';
    await process.stderr.write(`${process.argv[0]}: ${script}: ${error.message}\n`);
    return directory ? 126 : 127;
  }
  return runText(shell, text, true);
}

function initialize(shell: Shell): void {
  const level = Number(shell.get('SHLVL') ?? 0);
  shell.declare('SHLVL', { value: String((Number.isInteger(level) ? level : 0) + 1), exported: true });
  shell.declare('PWD', { value: shell.cwd, exported: true });
  shell.declare('IFS', { value: ' \t\n', exported: false });
  shell.declare('PS4', { value: shell.get('PS4') ?? '+ ' });
  shell.declare('OPTIND', { value: '1' });
  if (shell.get('PATH') === undefined) {
    shell.declare('PATH', { value: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' });
  }
}

/** @returns what is wrong, when it is a text */
function parseArguments(words: readonly string[]): Invocation | string {
  const left = [...words];
  const options: string[] = [];
  let interactive = false;
  let login = false;
  let wantsCommand = false;
  while (/^[-+]./.test(left[0] ?? '')) {
    const word = left.shift() as string;
    if (word === '--') break;
    if (word === '--login') login = true;
    else if (word === '--norc' || word === '--noprofile' || word === '--posix') continue;
    else if (word === '-o') options.push(left.shift() === 'errexit' ? 'e' : '');
    else if (/^-[ceuxfils]+$/.test(word)) {
      wantsCommand ||= word.includes('c');
      interactive ||= word.includes('i');
      login ||= word.includes('l');
      options.push(word);
    } else return `${word}: invalid option`;
  }
  if (wantsCommand) {
    const [command, name, ...args] = left;
    if (command === undefined) return '-c: option requires an argument';
    return { command, args, interactive: false, login, options, ...(name === undefined ? {} : { name }) };
  }
  const [script, ...args] = left;
  if (options.some((option) => option.includes('s'))) return { args: left, interactive, login, options };
  return { args, interactive, login, options, ...(script === undefined ? {} : { script }) };
}
