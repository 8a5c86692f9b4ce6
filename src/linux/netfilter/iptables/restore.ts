import type { Command } from './command.ts';
import { parseCommand } from './parse.ts';
import { BadArgument, Problem, problemText, Refusal } from './problem.ts';
import { checkChainName } from './rule-draft.ts';
import { isTableName, type TableName } from './table-name.ts';
import type { Tables } from './tables.ts';
import { Transaction } from './transaction.ts';

export interface RestoreOptions {
  /** `--noflush`: what is there stays. */
  readonly keep: boolean;
  readonly counters: boolean;
  /** `--test`: only read. */
  readonly test: boolean;
  readonly verbose: number;
  /** `-T`: this table alone. */
  readonly table?: string | undefined;
}

/** How a restore ended; `error` as it goes to stderr, without the program's name where that is in it. */
export interface Restored {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const PROGRAM = 'iptables-restore';
/** The parser of the real one has room for as many words. */
const MOST_WORDS = 255;
/** And this long ones. */
const WORD_LENGTH = 1024;

/** What waits for its COMMIT: commands are read line by line and carried out together. */
type Pending = (transaction: Transaction) => string;

/** A text as `iptables-restore` takes it (iptables/xtables-restore.c). Each COMMIT puts its table in force at once. */
export class Restore {
  readonly #tables: Tables;
  readonly #options: RestoreOptions;
  #table: TableName | undefined;
  #skipping = false;
  #pending: { readonly line: number; readonly run: Pending }[] = [];
  #stdout = '';
  #warnings = '';

  constructor(tables: Tables, options: RestoreOptions) {
    this.#tables = tables;
    this.#options = options;
  }

  run(text: string): Restored {
    const done = this.#run(text);
    return { ...done, stderr: this.#warnings + done.stderr };
  }

  #run(text: string): Restored {
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    let number = 0;
    try {
      for (const line of lines) {
        number++;
        const error = this.#line(line, number);
        if (error !== undefined) return { status: error.status, stdout: this.#stdout, stderr: error.text };
      }
      if (this.#table !== undefined || this.#skipping) return this.#failed(`COMMIT expected at line ${number + 1}`);
    } catch (error) {
      if (error instanceof BadArgument || error instanceof Problem) return this.#problem(error, number);
      throw error;
    }
    return { status: 0, stdout: this.#stdout, stderr: '' };
  }

  #failed(message: string): Restored {
    return { status: 1, stdout: this.#stdout, stderr: `${PROGRAM}: ${message}\n` };
  }

  #problem(error: Problem, line: number): Restored {
    return { status: error.status, stdout: this.#stdout, stderr: problemText(error, PROGRAM, line) };
  }

  /** @returns how it ended, where it did. */
  #line(line: string, number: number): { status: number; text: string } | undefined {
    if (line === '') return undefined;
    if (line.startsWith('#')) {
      if (this.#options.verbose > 0) this.#stdout += `${line}\n`;
      return undefined;
    }
    const inTable = this.#table !== undefined || this.#skipping;
    if (line === 'COMMIT' && inTable) return this.#commit();
    if (line.startsWith('*') && !inTable) {
      this.#begin(line, number);
      return undefined;
    }
    if (!inTable) return { status: 1, text: `${PROGRAM}: line ${number} failed\n` };
    if (this.#skipping) return undefined;
    if (line.startsWith(':')) this.#chain(line, number);
    else this.#command(line, number);
    return undefined;
  }

  #begin(line: string, number: number): void {
    const name = line
      .slice(1)
      .split(/[ \t]+/)
      .find((word) => word !== '');
    if (name === undefined) throw new Problem(`${PROGRAM}: line ${number} table name invalid`);
    if (this.#options.table !== undefined && this.#options.table !== name) {
      this.#skipping = true;
      return;
    }
    if (!isTableName(name)) throw new Problem(`${PROGRAM}: line ${number} table name '${name}' invalid`);
    this.#table = name;
    if (this.#options.keep) return;
    this.#push(number, (transaction) => transaction.clear(name, this.#options.verbose > 0));
  }

  #chain(line: string, number: number): void {
    const table = this.#table as TableName;
    const [chain, policy, counters] = line
      .slice(1)
      .split(/[ \t]+/)
      .filter((word) => word !== '');
    if (chain === undefined) throw new Problem(`${PROGRAM}: line ${number} chain name invalid`);
    checkChainName(chain);
    if (policy === undefined) throw new Problem(`${PROGRAM}: line ${number} policy invalid`);
    if (!new Transaction(this.#tables).isBuiltIn(table, chain)) {
      this.#push(number, (transaction) => {
        transaction.declare(table, chain);
        return '';
      });
      return;
    }
    let counts: { packets: number; bytes: number } | undefined;
    if (this.#options.counters && counters !== undefined) {
      const found = /^\[(\d+):(\d+)/.exec(counters);
      if (found === null) throw new Problem(`invalid policy counters for chain '${chain}'`);
      counts = { packets: Number(found[1]), bytes: Number(found[2]) };
    }
    this.#push(number, (transaction) => {
      transaction.setPolicy(table, chain, policy, counts);
      return '';
    });
  }

  #command(line: string, number: number): void {
    let rest = line;
    let counters: { packets: number; bytes: number } | undefined;
    if (line.startsWith('[')) {
      const found = /^\[:*([^:]+):+([^\]]*)\]/.exec(line);
      if (!line.includes(']') || found === null) throw new Problem(`Bad line ${number}: need ]`);
      rest = line.slice(found[0].length);
      const [packets, bytes] = [Number.parseInt(found[1] as string, 10), Number.parseInt(found[2] as string, 10)];
      if (this.#options.counters) {
        if (Number.isNaN(packets)) throw new Problem('-c packet counter not numeric');
        if (Number.isNaN(bytes)) throw new Problem('-c byte counter not numeric');
        counters = { packets, bytes };
      }
    }
    const words = splitLine(rest);
    if (words.length >= MOST_WORDS) throw new Problem('Parser cannot handle more arguments');
    const place = { stack: this.#tables.stack };
    const parsed = parseCommand(words, place, PROGRAM, (text) => (this.#warnings += text), this.#table);
    if ('answer' in parsed) {
      this.#stdout += parsed.answer;
      return;
    }
    const command: Command = { ...parsed, ...(counters !== undefined && { counters }) };
    const verbose = Math.max(command.verbose, this.#options.verbose);
    this.#push(number, (transaction) => transaction.run({ ...command, verbose }, number));
  }

  #push(line: number, run: Pending): void {
    this.#pending.push({ line, run });
  }

  #commit(): { status: number; text: string } | undefined {
    const pending = this.#pending;
    this.#pending = [];
    this.#table = undefined;
    const skipped = this.#skipping;
    this.#skipping = false;
    if (this.#options.test || skipped) return undefined;
    const transaction = new Transaction(this.#tables);
    for (const { line, run } of pending) {
      try {
        this.#stdout += run(transaction);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { status: 1, text: `${PROGRAM}: line ${line} failed: ${error.message}.\n` };
      }
    }
    const problems = transaction.commit();
    if (problems.length === 0) return undefined;
    const lines = problems.map(({ line, text }) => `line ${line}: ${text}\n`);
    return { status: 4, text: `${PROGRAM} v1.8.9 (nf_tables): \n${lines.join('')}` };
  }
}

/** add_param_to_argv: words are between blanks, `"` holds them together, and in it `\` takes the next as it is. */
export function splitLine(line: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  let inside = false;
  let escaped = false;
  let wasQuoted = false;
  for (const letter of line) {
    if (inside) {
      if (escaped) {
        word += letter;
        escaped = false;
      } else if (letter === '\\') escaped = true;
      else if (letter === '"') {
        inside = false;
        words.push(word);
        word = '';
        wasQuoted = true;
      } else word += letter;
    } else if (letter === '"') inside = true;
    else if (letter === ' ' || letter === '\t') {
      if (word !== '') words.push(word);
      word = '';
      wasQuoted = false;
    } else word += letter;
    if (word.length >= WORD_LENGTH) throw new Problem('Parameter too long!');
  }
  if (word !== '' && !wasQuoted) words.push(word);
  else if (word !== '') words.push(word);
  return words;
}
