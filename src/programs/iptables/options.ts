/** The options of iptables-save and iptables-restore, by letter, with their long names. */
interface Options {
  readonly flags: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
  /** A value that need not be there. */
  readonly optional?: Readonly<Record<string, string>>;
}

interface Read {
  /** By long name. */
  readonly given: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/** getopt_long(3). @returns what is said of a wrong one. */
export function readOptions(words: readonly string[], program: string, options: Options): Read | string {
  const { flags, values, optional = {} } = options;
  const given = new Map<string, string>();
  const operands: string[] = [];
  const hint =
    program === 'iptables-save'
      ? "Look at manual page `iptables-save.8' for more information.\n"
      : `Try \`${program} -h' for more information.\n`;
  const wrong = (text: string) => `${program}: ${text}\n${hint}`;
  const names = [...Object.values(flags), ...Object.values(values), ...Object.values(optional)];
  const rest = [...words];
  while (rest.length > 0) {
    const word = rest.shift() as string;
    if (word === '--') {
      operands.push(...rest);
      break;
    }
    if (word.startsWith('--')) {
      const [name = '', value] = word.slice(2).split(/=(.*)/s);
      const found = names.includes(name) ? [name] : names.filter((one) => one.startsWith(name));
      const [long] = found;
      if (long === undefined || found.length > 1) {
        return wrong(found.length > 1 ? `option '${word}' is ambiguous` : `unrecognized option '${word}'`);
      }
      if (Object.values(flags).includes(long)) {
        if (value !== undefined) return wrong(`option '--${long}' doesn't allow an argument`);
        given.set(long, '');
      } else if (value !== undefined || Object.values(optional).includes(long)) given.set(long, value ?? '');
      else if (rest.length === 0) return wrong(`option '--${long}' requires an argument`);
      else given.set(long, rest.shift() as string);
      continue;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    for (let i = 1; i < word.length; i++) {
      const letter = word[i] as string;
      const flag = Object.hasOwn(flags, letter) ? flags[letter] : undefined;
      const value = Object.hasOwn(values, letter) ? values[letter] : undefined;
      const may = Object.hasOwn(optional, letter) ? optional[letter] : undefined;
      if (flag !== undefined) {
        given.set(flag, '');
        continue;
      }
      if (may !== undefined) given.set(may, word.slice(i + 1) || takeNumber(rest));
      else if (value === undefined) return wrong(`invalid option -- '${letter}'`);
      else if (i + 1 < word.length) given.set(value, word.slice(i + 1));
      else if (rest.length === 0) return wrong(`option requires an argument -- '${letter}'`);
      else given.set(value, rest.shift() as string);
      break;
    }
  }
  return { given, operands };
}

/** `-w 5`: the next word, where it is no option. */
function takeNumber(rest: string[]): string {
  const [next] = rest;
  return next !== undefined && !/^[-!]/.test(next) ? (rest.shift() as string) : '';
}
