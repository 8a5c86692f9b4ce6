/** One flag of a verb, as its help shows it. */
export interface Flag {
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  readonly type: 'bool' | 'string' | 'int' | 'duration' | 'list' | 'array';
  /** As written on the command line; a list's default is empty. */
  readonly default?: string;
  /** What the flag means when it stands without a value. A bool's is `true`. */
  readonly bare?: string;
  readonly help: string;
  /** kubectl insists on it. */
  readonly required?: boolean;
}

/** The flags of one call, by name. */
export class FlagValues {
  readonly #flags: ReadonlyMap<string, Flag>;
  readonly #given: ReadonlyMap<string, readonly string[]>;

  constructor(flags: readonly Flag[], given: ReadonlyMap<string, readonly string[]>) {
    this.#flags = new Map(flags.map((flag) => [flag.name, flag]));
    this.#given = given;
  }

  /** Whether the learner wrote it. */
  given(name: string): boolean {
    return this.#given.has(name);
  }

  text(name: string): string {
    return this.#given.get(name)?.at(-1) ?? this.#flag(name).default ?? '';
  }

  bool(name: string): boolean {
    return isTrue(this.text(name));
  }

  int(name: string): number {
    return Number(this.text(name));
  }

  /** Milliseconds. */
  duration(name: string): number {
    return parseDuration(this.text(name)) ?? 0;
  }

  /** Repeated flags, and comma-separated parts of a `list`. */
  list(name: string): readonly string[] {
    const values = this.#given.get(name) ?? [];
    return this.#flag(name).type === 'array'
      ? values
      : values.flatMap((value) => (value === '' ? [] : value.split(',')));
  }

  has(name: string): boolean {
    return this.#flags.has(name);
  }

  #flag(name: string): Flag {
    const flag = this.#flags.get(name);
    if (flag === undefined) throw new Error(`the verb declares no flag --${name}`);
    return flag;
  }
}

export function isTrue(text: string): boolean {
  return ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text);
}

export function isBool(text: string): boolean {
  return isTrue(text) || ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text);
}

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Go's `1h30m`, `500ms`, `-1s`, `0` in milliseconds; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  const [, sign, rest] = /^([-+]?)(.*)$/.exec(text) as unknown as [string, string, string];
  if (rest === '0') return 0;
  if (!/^(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))*$/.test(rest)) return undefined;
  let sum = 0;
  for (const [, count, unit] of rest.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g))
    sum += Number(count) * (units[unit as string] as number);
  return sign === '-' ? -sum : sum;
}
