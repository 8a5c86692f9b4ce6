import { CommandError, unsupported } from '../errors.ts';
import { type Flag, FlagValues, isBool, parseDuration } from './flag.ts';

export interface Parsed {
  readonly args: readonly string[];
  /** How many of `args` stand before `--`; undefined where there is no `--`. */
  readonly dash: number | undefined;
  readonly flags: FlagValues;
}

/**
 * Reads a verb's words as pflag does: flags anywhere before `--`, `--name=value` or `--name value`,
 * short flags joined (`-it`) or with their value (`-nkube-system`).
 * @param path `get`, `rollout status`, as the errors name it.
 * @param lacking flags that the real verb has and this one refuses by name.
 */
export function parseFlags(
  words: readonly string[],
  flags: readonly Flag[],
  path: string,
  lacking: readonly string[] = [],
): Parsed {
  const given = new Map<string, string[]>();
  const args: string[] = [];
  let dash: number | undefined;
  const fail = (message: string) => new CommandError(`${message}\nSee '${`kubectl ${path}`.trim()} --help' for usage.`);
  const set = (flag: Flag, value: string) => {
    check(flag, value, fail);
    given.set(flag.name, [...(given.get(flag.name) ?? []), value]);
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (word === '--') {
      dash = args.length;
      args.push(...words.slice(at + 1));
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = word.slice(2, equals < 0 ? undefined : equals);
      if (name === '' || name.startsWith('-')) throw fail(`bad flag syntax: ${word}`);
      const flag = flags.find((one) => one.name === name);
      if (flag === undefined)
        throw lacking.includes(name) ? unsupported(`flag --${name}`) : fail(`unknown flag: --${name}`);
      if (equals >= 0) set(flag, word.slice(equals + 1));
      else if (bareValue(flag) !== undefined) set(flag, bareValue(flag) as string);
      else {
        const value = words[++at];
        if (value === undefined) throw fail(`flag needs an argument: --${name}`);
        set(flag, value);
      }
    } else if (word.startsWith('-') && word.length > 1) {
      for (let letter = 1; letter < word.length; letter++) {
        const short = word[letter] as string;
        const flag = flags.find((one) => one.short === short);
        if (flag === undefined) {
          if (lacking.includes(`-${short}`)) throw unsupported(`flag -${short}`);
          throw fail(`unknown shorthand flag: '${short}' in -${word.slice(letter)}`);
        }
        const rest = word.slice(letter + 1);
        if (rest.startsWith('=')) {
          set(flag, rest.slice(1));
          break;
        }
        if (bareValue(flag) !== undefined) {
          set(flag, bareValue(flag) as string);
          continue;
        }
        const value = rest === '' ? words[++at] : rest;
        if (value === undefined) throw fail(`flag needs an argument: '${short}' in -${word.slice(letter)}`);
        set(flag, value);
        break;
      }
    } else args.push(word);
  }
  return { args, dash, flags: new FlagValues(flags, given) };
}

/** Asked after the parse, so that `--help` comes first. */
export function checkRequired(flags: readonly Flag[], values: FlagValues): void {
  const missing = flags.filter((flag) => flag.required && !values.given(flag.name)).map((flag) => `"${flag.name}"`);
  if (missing.length > 0) throw new CommandError(`required flag(s) ${missing.join(', ')} not set`);
}

function bareValue(flag: Flag): string | undefined {
  return flag.bare ?? (flag.type === 'bool' ? 'true' : undefined);
}

function check(flag: Flag, value: string, fail: (message: string) => CommandError): void {
  const problem = problemOf(flag, value);
  if (problem === undefined) return;
  const name = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
  throw fail(`invalid argument "${value}" for "${name}" flag: ${problem}`);
}

function problemOf(flag: Flag, value: string): string | undefined {
  if (flag.type === 'bool' && !isBool(value)) return `strconv.ParseBool: parsing "${value}": invalid syntax`;
  if (flag.type === 'int' && !/^[-+]?\d+$/.test(value)) return `strconv.ParseInt: parsing "${value}": invalid syntax`;
  if (flag.type === 'duration' && parseDuration(value) === undefined) {
    return /^[-+]?[\d.]+$/.test(value)
      ? `time: missing unit in duration "${value}"`
      : `time: invalid duration "${value}"`;
  }
  return undefined;
}
