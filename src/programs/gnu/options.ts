import type { Process, Program } from '../../linux/process/process.ts';

/** One option of a program, as getopt_long(3) reads it. Its key in `Parsed` is the long name, or else the letter. */
export interface OptionSpec {
  /** One letter. */
  readonly short?: string;
  readonly long?: string;
  /** Whether a value follows; `optional` values must be attached (`-iEXT`, `--color=auto`). */
  readonly value?: 'required' | 'optional';
}

export interface GnuSpec {
  readonly name: string;
  /** After the name, as `[OPTION]... [FILE]...`. */
  readonly usage: string;
  /** What `--help` says it does, one sentence. */
  readonly does: string;
  readonly options: readonly OptionSpec[];
  /** Exit status for a wrong call; 1 for most, 2 for grep, ls, sort and diff. */
  readonly misuse?: number;
  /** Options end at the first operand (`env`, `xargs`, `timeout`, `watch`), as with a leading `+` in getopt. */
  readonly stopAtOperand?: boolean;
  /** Rewrites historic forms such as `head -5` before the options are read. */
  readonly historic?: (argument: string) => readonly string[];
}

export class Parsed {
  readonly operands: string[] = [];
  readonly #values = new Map<string, string[]>();

  add(key: string, value: string): void {
    const values = this.#values.get(key);
    if (values === undefined) this.#values.set(key, [value]);
    else values.push(value);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** The last value given. */
  value(key: string): string | undefined {
    return this.#values.get(key)?.at(-1);
  }

  values(key: string): readonly string[] {
    return this.#values.get(key) ?? [];
  }
}

/** A call that the program refuses: its message goes to stderr, and its status is the program's for misuse. */
export class Misuse extends Error {
  readonly status: number | undefined;
  /** Whether `Try 'NAME --help'` follows. */
  readonly hint: boolean;

  constructor(message: string, options: { status?: number; hint?: boolean } = {}) {
    super(message);
    this.name = 'Misuse';
    this.status = options.status;
    this.hint = options.hint ?? true;
  }
}

/** A program whose options are read the GNU way; unknown ones are refused by name. */
export function gnu(spec: GnuSpec, run: (process: Process, parsed: Parsed) => Promise<number>): Program {
  return async (process) => {
    try {
      const parsed = parse(spec, process.argv.slice(1));
      if (parsed === 'help') {
        await process.stdout.write(help(spec));
        return 0;
      }
      return await run(process, parsed);
    } catch (error) {
      if (!(error instanceof Misuse)) throw error;
      const hint = error.hint ? `Try '${spec.name} --help' for more information.\n` : '';
      await process.stderr.write(`${spec.name}: ${error.message}\n${hint}`);
      return error.status ?? spec.misuse ?? 1;
    }
  };
}

function help({ name, usage, does, options }: GnuSpec): string {
  const lines = options.map(({ short, long, value }) => {
    const forms = [short && `-${short}`, long && `--${long}`].filter(Boolean).join(', ');
    return `  ${forms}${value === undefined ? '' : value === 'required' ? ' VALUE' : '[=VALUE]'}\n`;
  });
  return `Usage: ${name} ${usage}\n${does}\n${lines.length > 0 ? `\nOptions in this course's ${name}:\n${lines.join('')}` : ''}`;
}

function parse(spec: GnuSpec, args: readonly string[]): Parsed | 'help' {
  const parsed = new Parsed();
  const queue = args.flatMap((argument) => spec.historic?.(argument) ?? [argument]);
  while (queue.length > 0) {
    const argument = queue.shift() as string;
    if (argument === '--') {
      parsed.operands.push(...queue);
      break;
    }
    if (argument === '--help') return 'help';
    if (argument.startsWith('--')) long(spec, argument, queue, parsed);
    else if (argument.startsWith('-') && argument !== '-') letters(spec, argument, queue, parsed);
    else {
      parsed.operands.push(argument);
      if (spec.stopAtOperand === true) {
        parsed.operands.push(...queue);
        break;
      }
    }
  }
  return parsed;
}

function long(spec: GnuSpec, argument: string, queue: string[], parsed: Parsed): void {
  const equals = argument.indexOf('=');
  const name = argument.slice(2, equals < 0 ? undefined : equals);
  const exact = spec.options.filter((option) => option.long === name);
  const found = exact.length > 0 ? exact : spec.options.filter((option) => option.long?.startsWith(name));
  const [option, another] = found;
  if (option?.long === undefined) throw new Misuse(`unrecognized option '${argument}'`);
  if (another !== undefined) {
    const choices = found.map((each) => `'--${each.long}'`).join(' ');
    throw new Misuse(`option '${argument}' is ambiguous; possibilities: ${choices}`);
  }
  if (equals >= 0) {
    if (option.value === undefined) throw new Misuse(`option '--${option.long}' doesn't allow an argument`);
    parsed.add(option.long, argument.slice(equals + 1));
  } else if (option.value === 'required') {
    const value = queue.shift();
    if (value === undefined) throw new Misuse(`option '--${option.long}' requires an argument`);
    parsed.add(option.long, value);
  } else parsed.add(option.long, '');
}

function letters(spec: GnuSpec, argument: string, queue: string[], parsed: Parsed): void {
  for (let at = 1; at < argument.length; at++) {
    const letter = argument.charAt(at);
    const option = spec.options.find(({ short }) => short === letter);
    if (option === undefined) throw new Misuse(`invalid option -- '${letter}'`);
    const key = option.long ?? letter;
    if (option.value === undefined) {
      parsed.add(key, '');
      continue;
    }
    const attached = argument.slice(at + 1);
    if (attached !== '' || option.value === 'optional') parsed.add(key, attached);
    else {
      const value = queue.shift();
      if (value === undefined) throw new Misuse(`option requires an argument -- '${letter}'`);
      parsed.add(key, value);
    }
    return;
  }
}
