import { evaluate } from '../expand/arithmetic.ts';
import { assign } from '../run/assign.ts';
import { quoteDouble, quoteForTrace } from '../run/quote.ts';
import type { Shell, Variable } from '../run/state.ts';
import { type Builtin, badOption, type Call, fail } from './builtin.ts';

/** `declare -x NAME="value"` lines of the variables that `filter` lets through. */
async function print(call: Call, filter: (variable: Variable) => boolean): Promise<number> {
  const names = [...call.shell.variables]
    .filter(([, variable]) => filter(variable))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, variable] of names) {
    const flags = `${variable.integer ? 'i' : ''}${variable.readonly ? 'r' : ''}${variable.exported ? 'x' : ''}` || '-';
    const value = variable.value === undefined ? '' : `=${quoteDouble(variable.value)}`;
    await call.io.stdout.write(`declare -${flags} ${name}${value}\n`);
  }
  return 0;
}

/** Does `each` for every `NAME` or `NAME=value` word, with the value assigned first. */
async function declareAll(
  call: Call,
  words: readonly string[],
  fields: Partial<Variable>,
  before?: (name: string) => void,
): Promise<number> {
  let status = 0;
  for (const word of words) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:(\+?)=(.*))?$/s.exec(word);
    if (match === null) {
      status = await fail(call, `\`${word}': not a valid identifier`);
      continue;
    }
    const name = match[1] as string;
    before?.(name);
    const { readonly: frozen, ...rest } = fields;
    call.shell.declare(name, rest);
    if (match[3] !== undefined) assign(call.shell, name, match[3], match[2] === '+');
    if (frozen !== undefined) call.shell.declare(name, { readonly: frozen });
  }
  return status;
}

export const export_: Builtin = async (call) => {
  const words = call.argv.slice(1);
  const option = words[0]?.startsWith('-') ? words.shift() : undefined;
  if (option !== undefined && !['-p', '-n', '--'].includes(option))
    return badOption(call, option, 'export [-fn] [name[=value] ...] or export -p');
  if (words.length === 0) return print(call, (variable) => variable.exported);
  return declareAll(call, words, { exported: option !== '-n' });
};

export const readonly_: Builtin = async (call) => {
  const words = call.argv.slice(1);
  if (words[0] === '-p') words.shift();
  if (words.length === 0) return print(call, (variable) => variable.readonly);
  return declareAll(call, words, { readonly: true });
};

/** `local` and, in a function, `declare`: hides the variable till the function returns. */
function hide(shell: Shell, name: string): void {
  const locals = shell.locals.at(-1);
  if (locals === undefined || locals.has(name)) return;
  const old = shell.variables.get(name);
  locals.set(name, old === undefined ? undefined : { ...old });
  shell.variables.set(name, { value: undefined, exported: old?.exported ?? false, readonly: false, integer: false });
}

export const local: Builtin = async (call) => {
  const { shell } = call;
  if (shell.locals.length === 0) return fail(call, 'can only be used in a function');
  return declare(call);
};

export const declare: Builtin = async (call) => {
  const { shell } = call;
  const words = call.argv.slice(1);
  const fields: Partial<Variable> = {};
  let printing = false;
  let global = call.argv[0] !== 'local' && shell.locals.length === 0;
  while (/^[-+]./.test(words[0] ?? '')) {
    const option = words.shift() as string;
    if (option === '--') break;
    const on = option.startsWith('-');
    for (const letter of option.slice(1)) {
      if (letter === 'x') fields.exported = on;
      else if (letter === 'r') fields.readonly = on;
      else if (letter === 'i') fields.integer = on;
      else if (letter === 'g') global = true;
      else if (letter === 'p') printing = true;
      else if (letter === 'a' || letter === 'A') return fail(call, 'arrays are not supported by this shell', 2);
      else return badOption(call, `-${letter}`, 'declare [-girx] [name[=value] ...] or declare -p [name ...]');
    }
  }
  if (printing && words.length > 0) {
    let status = 0;
    for (const name of words) {
      if (shell.variables.has(name)) await print(call, (variable) => variable === shell.variables.get(name));
      else status = await fail(call, `${name}: not found`);
    }
    return status;
  }
  if (words.length === 0) return print(call, (variable) => !fields.exported || variable.exported);
  return declareAll(call, words, fields, global ? undefined : (name) => hide(shell, name));
};

export const unset: Builtin = async (call) => {
  const { shell } = call;
  const words = call.argv.slice(1);
  const option = words[0]?.startsWith('-') ? words.shift() : undefined;
  if (option !== undefined && option !== '-f' && option !== '-v')
    return badOption(call, option, 'unset [-f] [-v] [-n] [name ...]');
  let status = 0;
  for (const name of words) {
    if (shell.variables.get(name)?.readonly) {
      status = await fail(call, `${name}: cannot unset: readonly variable`);
      continue;
    }
    if (option !== '-f' && shell.variables.has(name)) shell.variables.delete(name);
    else if (option !== '-v') shell.functions.delete(name);
  }
  return status;
};

export const let_: Builtin = async (call) => {
  const words = call.argv.slice(1);
  if (words.length === 0) return fail(call, 'expression expected');
  let value = 0n;
  for (const word of words) value = evaluate(word, call.shell);
  return value === 0n ? 1 : 0;
};

export const shift: Builtin = async (call) => {
  const { shell, argv } = call;
  const text = argv[1] ?? '1';
  if (!/^-?\d+$/.test(text)) return fail(call, `${text}: numeric argument required`);
  const count = Number(text);
  if (count < 0) return fail(call, `${text}: shift count out of range`);
  if (count > shell.positional.length) return 1;
  shell.positional = shell.positional.slice(count);
  return 0;
};

const LETTERS = { e: 'errexit', u: 'nounset', x: 'xtrace', f: 'noglob', C: 'noclobber' } as const;
const LONG = ['errexit', 'noclobber', 'noglob', 'nounset', 'pipefail', 'xtrace'] as const;

export const set: Builtin = async (call) => {
  const { shell } = call;
  const words = call.argv.slice(1);
  if (words.length === 0) {
    for (const [name, { value }] of [...shell.variables].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (value !== undefined) await call.io.stdout.write(`${name}=${quoteForTrace(value, true)}\n`);
    }
    return 0;
  }
  while (/^[-+]/.test(words[0] ?? '')) {
    const option = words.shift() as string;
    if (option === '--' || option === '-') {
      shell.positional = words;
      return 0;
    }
    const on = option.startsWith('-');
    for (const letter of option.slice(1)) {
      if (letter === 'o') {
        const name = words.shift();
        const known = LONG.find((long) => long === name);
        if (name === undefined) {
          for (const long of LONG)
            await call.io.stdout.write(`${long.padEnd(15)}\t${shell.options[long] ? 'on' : 'off'}\n`);
        } else if (known === undefined) return fail(call, `${name}: invalid option name`, 2);
        else shell.options[known] = on;
      } else if (letter in LETTERS) shell.options[LETTERS[letter as 'e']] = on;
      else if (!'hB'.includes(letter))
        return badOption(
          call,
          `${option[0]}${letter}`,
          'set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]',
        );
    }
  }
  if (words.length > 0) shell.positional = words;
  return 0;
};
