import { ConntrackFailure, notModelled } from './failure.ts';
import { type Command, NOT_MODELLED, OPTIONS, type OptionName, type OptionSpec, PROTOCOL_OPTIONS } from './options.ts';

const COMMANDS = 'LDEFCS';
const TABLES = ['conntrack', 'expect', 'dying', 'unconfirmed'] as const;
export type TableName = (typeof TABLES)[number];

/** Protocols by name and number (getprotobyname(3)), as far as there is anything of them. */
const PROTOCOLS: readonly (readonly [string, number])[] = [
  ['icmp', 1],
  ['ipencap', 4],
  ['tcp', 6],
  ['udp', 17],
  ['dccp', 33],
  ['gre', 47],
  ['icmpv6', 58],
  ['ipip', 94],
  ['sctp', 132],
  ['udplite', 136],
];

export interface CommandLine {
  readonly command: Command | 'h' | 'V';
  readonly table: TableName;
  readonly options: ReadonlyMap<OptionName, string | undefined>;
  /** By number. */
  readonly protocol: number | undefined;
}

/** Reads the words as getopt_long(3) and conntrack.c's main do; throws ConntrackFailure. */
class Reader {
  readonly #words: readonly string[];
  #at = 0;
  #command: Command | 'h' | 'V' | undefined;
  #table: TableName = 'conntrack';
  #known: readonly OptionSpec[] = OPTIONS;
  #protocol: number | undefined;
  readonly #given: OptionSpec[] = [];
  readonly #options = new Map<OptionName, string | undefined>();

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  read(): CommandLine {
    while (this.#at < this.#words.length) {
      const word = this.#words[this.#at++] as string;
      if (word === '--') break;
      if (word.startsWith('--')) this.#long(word);
      else if (word.startsWith('-') && word.length > 1) this.#short(word);
    }
    const command = this.#command ?? 'h';
    for (const { long, with: commands } of this.#given) {
      if (!commands.includes(command)) throw new ConntrackFailure(`Illegal option \`--${long[0]}' with this command`);
    }
    if (this.#options.has('buffer-size')) throw notModelled('--buffer-size');
    const nat = this.#options.has('src-nat') || this.#options.has('dst-nat');
    if (nat && this.#options.has('any-nat')) {
      throw new ConntrackFailure("cannot specify `--src-nat' or `--dst-nat' with `--any-nat'");
    }
    return { command, table: this.#table, options: this.#options, protocol: this.#protocol };
  }

  #long(word: string): void {
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    if (name === 'help' || name === 'version') {
      this.#setCommand(name === 'help' ? 'h' : 'V');
      return;
    }
    const exact = this.#known.find(({ long }) => long.includes(name));
    const begun = this.#known.filter(({ long }) => long.some((one) => one.startsWith(name)));
    const found = exact ?? (begun.length === 1 ? begun[0] : undefined);
    if (found === undefined) throw refusal(name, word);
    this.#take(found, equals < 0 ? undefined : word.slice(equals + 1), word);
  }

  #short(word: string): void {
    let i = 1;
    while (i > 0 && i < word.length) i = this.#letter(word, i);
  }

  /** @returns where the word goes on; 0: it is used up. */
  #letter(word: string, i: number): number {
    const letter = word[i] as string;
    if (COMMANDS.includes(letter)) {
      this.#setCommand(letter as Command);
      this.#readTable();
      return 0;
    }
    if (letter === 'h' || letter === 'V') {
      this.#setCommand(letter);
      return i + 1;
    }
    const found = this.#known.find(({ short }) => short === letter);
    if (found === undefined) throw refusal(letter, `-${letter}`);
    const takes = found.value !== 'none';
    this.#take(found, takes && i + 1 < word.length ? word.slice(i + 1) : undefined, `-${letter}`);
    return takes ? 0 : i + 1;
  }

  #take(spec: OptionSpec, attached: string | undefined, word: string): void {
    let value = spec.value === 'next' ? undefined : attached;
    if (attached === undefined && spec.value !== 'none') {
      const next = this.#words[this.#at];
      if (spec.value === 'required') {
        if (next === undefined) throw new ConntrackFailure(`option \`${word}' requires an argument`);
        value = next;
        this.#at++;
      } else if (next !== undefined && !next.startsWith('-')) {
        value = next;
        this.#at++;
      }
    }
    this.#given.push(spec);
    const before = this.#options.get(spec.name);
    this.#options.set(spec.name, spec.name === 'output' && before !== undefined ? `${before},${value}` : value);
    if (spec.name === 'protonum') this.#setProtocol(value ?? '');
  }

  #setProtocol(name: string): void {
    const found = PROTOCOLS.find(([known]) => known === name);
    const number = /^\d+$/.test(name) && Number(name) < 256 ? Number(name) : found?.[1];
    if (number === undefined) throw new ConntrackFailure(`\`${name}' unsupported protocol`);
    this.#protocol = number;
    const usual = PROTOCOLS.find(([, known]) => known === number)?.[0];
    this.#known = [...OPTIONS, ...(usual === undefined ? [] : (PROTOCOL_OPTIONS[usual] ?? []))];
  }

  #setCommand(command: Command | 'h' | 'V'): void {
    if (this.#command !== undefined) throw new ConntrackFailure('Invalid commands combination');
    this.#command = command;
  }

  #readTable(): void {
    const word = this.#words[this.#at];
    if (word === undefined || word.startsWith('-')) return;
    this.#at++;
    const table = TABLES.find((known) => known === word);
    if (table === undefined) throw new ConntrackFailure(`unknown type \`${word}'`);
    this.#table = table;
  }
}

function refusal(name: string, word: string): ConntrackFailure {
  const known = Object.hasOwn(NOT_MODELLED, name) ? NOT_MODELLED[name] : undefined;
  return known === undefined ? new ConntrackFailure(`unknown option \`${word}'`) : notModelled(known);
}

export function readCommandLine(words: readonly string[]): CommandLine {
  return new Reader(words).read();
}
