import { LinuxError } from '../../linux/errno.ts';
import { resolvePath } from '../../linux/files/path.ts';
import { findProgram } from '../../linux/process/lookup.ts';
import { Control } from '../run/control.ts';
import { runText } from '../run/script.ts';
import { type Builtin, badOption, type Call, fail } from './builtin.ts';
import { describe } from './describe.ts';

async function status(call: Call): Promise<number> {
  const [, text] = call.argv;
  if (text === undefined) return call.shell.status;
  if (/^[-+]?\d+$/.test(text)) return Number(BigInt.asUintN(8, BigInt(text)));
  await fail(call, `${text}: numeric argument required`);
  return 2;
}

export const exit: Builtin = async (call) => {
  if (call.argv.length > 2) return fail(call, 'too many arguments');
  throw new Control('exit', await status(call));
};

export const return_: Builtin = async (call) => {
  if (call.shell.locals.length === 0 && call.shell.sourcing === 0) {
    return fail(call, "can only `return' from a function or sourced script", 2);
  }
  throw new Control('return', await status(call));
};

function leave(kind: 'break' | 'continue'): Builtin {
  return async (call) => {
    const { shell, argv } = call;
    if (shell.loops === 0) {
      await fail(call, "only meaningful in a `for', `while', or `until' loop");
      return 0;
    }
    const text = argv[1] ?? '1';
    if (!/^[-+]?\d+$/.test(text)) {
      await fail(call, `${text}: numeric argument required`);
      throw new Control('exit', 128);
    }
    if (Number(text) < 1) {
      await fail(call, `${text}: loop count out of range`);
      throw new Control('break', shell.loops);
    }
    throw new Control(kind, Math.min(Number(text), shell.loops));
  };
}
export const break_ = leave('break');
export const continue_ = leave('continue');

export const eval_: Builtin = async ({ shell, argv }) => {
  const text = argv.slice(1).join(' ');
  shell.status = 0;
  return shell.nested('eval', () => shell.evaluate(text));
};

export const source: Builtin = async (call) => {
  const { shell, argv } = call;
  const [, name, ...args] = argv;
  if (name === undefined) return fail(call, 'filename argument required', 2);
  const found = name.includes('/')
    ? resolvePath(shell.cwd, name)
    : (onPath(call, name) ?? resolvePath(shell.cwd, name));
  let text: string;
  try {
    text = shell.files.readText(found);
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    await shell.complain(
      error.errno === 'EISDIR' ? `${argv[0]}: ${name}: is a directory` : `${name}: ${error.message}`,
    );
    return 1;
  }
  return shell.nested('source', async () => {
    const { positional } = shell;
    if (args.length > 0) shell.positional = args;
    shell.sourcing++;
    try {
      return await runText(shell, text, false);
    } catch (error) {
      if (error instanceof Control && error.kind === 'return') return error.value;
      throw error;
    } finally {
      shell.sourcing--;
      if (args.length > 0) shell.positional = positional;
    }
  });
};

function onPath(call: Call, name: string): string | undefined {
  const path = call.shell.get('PATH') ?? '';
  return path
    .split(':')
    .map((folder) => `${folder}/${name}`)
    .find((file) => call.shell.files.exists(file));
}

export const exec: Builtin = async (call) => {
  const { shell, argv } = call;
  const words = argv.slice(1);
  if (words[0]?.startsWith('-')) return fail(call, `${words[0]}: options of exec are not supported by this shell`, 2);
  const name = words[0] as string;
  try {
    findProgram(shell.files, shell.environment(), shell.cwd, name);
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    const found = error.errno !== 'ENOENT';
    await fail(call, `${name}: ${found ? error.message : name.includes('/') ? error.message : 'not found'}`);
    const code = found ? 126 : 127;
    if (shell.interactive) return code;
    throw new Control('exit', code);
  }
  shell.traps.delete('EXIT');
  if (shell.interactive) {
    // Whatever takes the shell's place ends with it.
    throw new Control('exit', await shell.runner.external(shell, words, false));
  }
  throw new Control('exit', await shell.runner.external(shell, words, true));
};

export const command: Builtin = async (call) => {
  const { shell, argv, io } = call;
  const words = argv.slice(1);
  const [option] = words;
  if (option === '-v' || option === '-V') {
    let code = 1;
    for (const name of words.slice(1)) {
      const [found] = describe(shell, name);
      if (found === undefined) {
        if (option === '-V') await fail(call, `${name}: not found`);
        continue;
      }
      code = 0;
      await io.stdout.write(`${option === '-v' ? found.short : found.long}\n`);
    }
    return code;
  }
  if (option === '--' || option === '-p') words.shift();
  if (words[0]?.startsWith('-')) return badOption(call, words[0], 'command [-pVv] command [arg ...]');
  return words.length === 0 ? 0 : shell.runner.execute(shell, words, call.tail);
};

export const type: Builtin = async (call) => {
  const words = call.argv.slice(1);
  const option = words[0]?.startsWith('-') ? words.shift() : undefined;
  if (option !== undefined && !/^-[tap]+$/.test(option))
    return badOption(call, option, 'type [-afptP] name [name ...]');
  let code = 0;
  for (const name of words) {
    const all = describe(call.shell, name);
    const found = option?.includes('p') ? all.filter((one) => one.kind === 'file') : all;
    if (found.length === 0) {
      code = 1;
      if (option === undefined || option === '-a') await fail(call, `${name}: not found`);
    }
    for (const one of option?.includes('a') ? found : found.slice(0, 1)) {
      await call.io.stdout.write(
        `${option?.includes('t') ? one.kind : option?.includes('p') ? one.short : one.long}\n`,
      );
    }
  }
  return code;
};
