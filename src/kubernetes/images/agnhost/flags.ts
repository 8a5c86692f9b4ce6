/** A refused command line; printed with the usage hint, status 1. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Reads `--name value` and `--name=value`; booleans stand alone. `known` maps each flag to its default. */
export function parseFlags<T extends Readonly<Record<string, string | number | boolean>>>(
  words: readonly string[],
  known: T,
): {
  flags: { [K in keyof T]: T[K] extends number ? number : T[K] extends boolean ? boolean : string };
  rest: string[];
} {
  const flags: Record<string, string | number | boolean> = { ...known };
  const rest: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (!word.startsWith('--')) {
      rest.push(word);
      continue;
    }
    const [name = '', given] = word.slice(2).split(/=(.*)/s, 2);
    const standard = known[name];
    if (standard === undefined) throw new UsageError(`unknown flag: --${name}`);
    if (typeof standard === 'boolean') {
      flags[name] = given === undefined || given === 'true';
      continue;
    }
    const value = given ?? words[++i];
    if (value === undefined) throw new UsageError(`flag needs an argument: --${name}`);
    if (typeof standard === 'number' && !/^-?\d+$/.test(value)) {
      throw new UsageError(
        `invalid argument "${value}" for "--${name}" flag: strconv.ParseInt: parsing "${value}": invalid syntax`,
      );
    }
    flags[name] = typeof standard === 'number' ? Number(value) : value;
  }
  return { flags: flags as never, rest };
}
