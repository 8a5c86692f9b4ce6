import { quoteSingle } from '../run/quote.ts';
import { type Builtin, badOption, fail } from './builtin.ts';

export const colon: Builtin = async () => 0;
export const false_: Builtin = async () => 1;

export const alias: Builtin = async (call) => {
  const { shell, argv, io } = call;
  const words = argv.slice(1);
  if (words[0] === '-p') words.shift();
  let status = 0;
  const show = (name: string, text: string) => io.stdout.write(`alias ${name}=${quoteSingle(text)}\n`);
  if (words.length === 0) for (const [name, text] of [...shell.aliases].sort()) await show(name, text);
  for (const word of words) {
    const equals = word.indexOf('=', 1);
    const name = equals < 0 ? word : word.slice(0, equals);
    if (equals >= 0) {
      if (/[\s$`"'\\/<>|&;()]/.test(name)) status = await fail(call, `\`${name}': invalid alias name`);
      else shell.aliases.set(name, word.slice(equals + 1));
      continue;
    }
    const text = shell.aliases.get(name);
    if (text === undefined) status = await fail(call, `${name}: not found`);
    else await show(name, text);
  }
  return status;
};

export const unalias: Builtin = async (call) => {
  const { shell, argv, io } = call;
  const words = argv.slice(1);
  if (words[0] === '-a') {
    shell.aliases.clear();
    return 0;
  }
  if (words.length === 0) {
    await io.stderr.write('unalias: usage: unalias [-a] name [name ...]\n');
    return 2;
  }
  let status = 0;
  for (const name of words) if (!shell.aliases.delete(name)) status = await fail(call, `${name}: not found`);
  return status;
};

export const history: Builtin = async (call) => {
  const { shell, argv, io } = call;
  const [, word] = argv;
  if (word === '-c') {
    shell.history.length = 0;
    return 0;
  }
  if (word?.startsWith('-')) return badOption(call, word, 'history [-c] [n]');
  if (word !== undefined && !/^\d+$/.test(word)) return fail(call, `${word}: numeric argument required`);
  const first = word === undefined ? 0 : Math.max(0, shell.history.length - Number(word));
  for (const [i, line] of shell.history.entries()) {
    if (i >= first) await io.stdout.write(`${String(i + 1).padStart(5)}  ${line}\n`);
  }
  return 0;
};

/** Programs are looked up anew each time: there is nothing to remember or forget. */
export const hash: Builtin = async () => 0;

export const help: Builtin = async ({ shell, io }) => {
  const names = [...shell.runner.builtins].sort();
  const lines: string[] = [];
  for (let i = 0; i < names.length; i += 8)
    lines.push(
      names
        .slice(i, i + 8)
        .map((name) => name.padEnd(10))
        .join(''),
    );
  await io.stdout.write(
    `This is a small POSIX shell with bash's manners. Its own commands are:\n\n${lines.map((line) => `  ${line.trimEnd()}\n`).join('')}\n` +
      'Programs are in /usr/bin; most tell their options with --help.\n',
  );
  return 0;
};

/** What bash has and this shell has not, refused by name. */
export const unsupported: Builtin = async (call) => fail(call, 'not supported by this shell', 2);
