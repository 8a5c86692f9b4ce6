import { resolvePath } from '../../linux/files/path.ts';
import type { Process } from '../../linux/process/process.ts';
import { Misuse } from '../gnu/options.ts';
import type { Address, Command } from './script.ts';
import { substitute } from './substitute.ts';

/** Lines as sed reads them. */
export interface LineSource {
  /** The next line; undefined at the end. */
  next(): Promise<{ readonly text: string; readonly complete: boolean } | undefined>;
  /** Whether there is no line after the one that `next` gave last. */
  isLast(): Promise<boolean>;
}

export interface SedOptions {
  readonly quiet: boolean;
  write(text: string): Promise<void>;
}

/** Characters that the pattern and hold space may have. */
const SPACE_LIMIT = 16 * 1024 * 1024;
/** Commands after which other processes, and Ctrl-C, get their turn. */
const TURN = 2000;

/** Runs a script over lines. One object may run over several files in turn (`-s`, `-i`). */
export class Sed {
  readonly #process: Process;
  readonly #commands: readonly Command[];
  readonly #options: SedOptions;
  readonly #active = new Map<Command, number>();
  readonly #written = new Set<string>();
  #lines!: LineSource;
  #line = 0;
  #pattern = '';
  #complete = true;
  #hold = '';
  #last: RegExp | undefined;
  #appended: string[] = [];
  #steps = 0;
  /** The status that `q` asked for. */
  quit: number | undefined;

  constructor(process: Process, commands: readonly Command[], options: SedOptions) {
    this.#process = process;
    this.#commands = commands;
    this.#options = options;
  }

  async run(lines: LineSource, restart: boolean): Promise<void> {
    this.#lines = lines;
    if (restart) this.#line = 0;
    let keep = false;
    while (this.quit === undefined && (keep || (await this.#read()))) {
      const end = await this.#cycle();
      keep = end === 'again';
      if (end === 'print' && !this.#options.quiet) await this.#print(this.#pattern);
      await this.#flush();
    }
  }

  async #read(): Promise<boolean> {
    const line = await this.#lines.next();
    if (line === undefined) return false;
    this.#line++;
    this.#pattern = line.text;
    this.#complete = line.complete;
    return true;
  }

  async #print(text: string): Promise<void> {
    await this.#options.write(this.#complete ? `${text}\n` : text);
  }

  async #flush(): Promise<void> {
    for (const text of this.#appended.splice(0)) {
      if (!this.#complete) await this.#options.write('\n');
      await this.#options.write(text);
    }
  }

  /** One pass through the script. @returns how it ended: print the pattern space, delete it, or run again on it (`D`) */
  async #cycle(): Promise<'print' | 'delete' | 'again'> {
    let substituted = false;
    for (let at = 0; at < this.#commands.length; at++) {
      if (++this.#steps % TURN === 0) await this.#process.clock.sleep(0.05, this.#process.signals.ended);
      const command = this.#commands[at] as Command;
      if ((await this.#selects(command)) === command.negated) {
        if (command.name === '{') at = (command.target ?? this.#commands.length) - 1;
        continue;
      }
      switch (command.name) {
        case 'p':
          await this.#print(this.#pattern);
          break;
        case 'P':
          await this.#options.write(`${this.#pattern.split('\n')[0]}\n`);
          break;
        case 'd':
          return 'delete';
        case 'D': {
          const newline = this.#pattern.indexOf('\n');
          if (newline < 0) return 'delete';
          this.#pattern = this.#pattern.slice(newline + 1);
          return 'again';
        }
        case 'q':
          this.quit = command.status ?? 0;
          return 'print';
        case 'Q':
          this.quit = command.status ?? 0;
          return 'delete';
        case '=':
          await this.#options.write(`${this.#line}\n`);
          break;
        case 'n':
          if (await this.#lines.isLast()) return 'print';
          if (!this.#options.quiet) await this.#print(this.#pattern);
          await this.#flush();
          if (!(await this.#read())) return 'delete';
          break;
        case 'N': {
          const before = this.#pattern;
          if (!(await this.#read())) return 'print';
          this.#pattern = this.#bounded(`${before}\n${this.#pattern}`);
          break;
        }
        case 'g':
          this.#pattern = this.#hold;
          break;
        case 'G':
          this.#pattern = this.#bounded(`${this.#pattern}\n${this.#hold}`);
          break;
        case 'h':
          this.#hold = this.#pattern;
          break;
        case 'H':
          this.#hold = this.#bounded(`${this.#hold}\n${this.#pattern}`);
          break;
        case 'x':
          [this.#pattern, this.#hold] = [this.#hold, this.#pattern];
          break;
        case 'z':
          this.#pattern = '';
          break;
        case 'a':
          this.#appended.push(command.text ?? '');
          break;
        case 'i':
          await this.#options.write(command.text ?? '');
          break;
        case 'c':
          if (command.to === undefined || command.negated || !this.#active.has(command))
            await this.#options.write(command.text ?? '');
          return 'delete';
        case 'r': {
          const path = resolvePath(this.#process.cwd, command.text ?? '');
          if (this.#process.files.exists(path)) this.#appended.push(this.#process.files.readText(path));
          break;
        }
        case 'w':
          this.#save(command.text ?? '', `${this.#pattern}\n`);
          break;
        case 'y':
          this.#pattern = Array.from(this.#pattern, (c) => command.map?.get(c) ?? c).join('');
          break;
        case 's':
          if (await this.#substitute(command)) substituted = true;
          break;
        case 't':
        case 'T':
          if (substituted === (command.name === 't')) at = (command.target ?? this.#commands.length) - 1;
          substituted = false;
          break;
        case 'b':
          at = (command.target ?? this.#commands.length) - 1;
          break;
      }
    }
    return 'print';
  }

  async #substitute(command: Command): Promise<boolean> {
    const { substitute: how } = command;
    if (how === undefined) return false;
    const result = substitute(this.#pattern, how, this.#regex(how.regex));
    if (result === undefined) return false;
    this.#pattern = this.#bounded(result);
    if (how.print) await this.#print(this.#pattern);
    if (how.file !== undefined) this.#save(how.file, `${this.#pattern}\n`);
    return true;
  }

  #save(name: string, text: string): void {
    const path = resolvePath(this.#process.cwd, name);
    this.#process.files.write(path, text, { append: this.#written.has(path) });
    this.#written.add(path);
  }

  #bounded(text: string): string {
    if (text.length > SPACE_LIMIT) throw new Misuse('memory exhausted', { status: 4, hint: false });
    return text;
  }

  /** An empty expression is the one used last. */
  #regex(regex: RegExp | undefined): RegExp {
    const used = regex ?? this.#last;
    if (used === undefined) throw new Misuse('no previous regular expression', { status: 1, hint: false });
    this.#last = used;
    return used;
  }

  async #selects(command: Command): Promise<boolean> {
    const { from, to } = command;
    if (from === undefined) return true;
    if (to === undefined) return this.#matches(from);
    const until = this.#active.get(command);
    if (until !== undefined) {
      const over =
        to.kind === 'regex'
          ? await this.#matches(to)
          : until <= this.#line || (to.kind === 'last' && (await this.#lines.isLast()));
      if (over) this.#active.delete(command);
      // A range whose end is a line already passed is one line long.
      return to.kind !== 'line' || this.#line <= to.line;
    }
    const zero = from.kind === 'line' && from.line === 0 && this.#line === 1;
    if (!zero && !(await this.#matches(from))) return false;
    const end = this.#endOf(to);
    if (zero && (await this.#matches(to))) return true;
    if (end > this.#line) this.#active.set(command, end);
    return true;
  }

  /** The line at which a range that starts here ends, as far as it is known now. */
  #endOf(to: Address): number {
    if (to.kind === 'line') return to.line;
    if (to.kind === 'plus') return this.#line + to.count;
    if (to.kind === 'multiple') return to.count === 0 ? this.#line : Math.ceil(this.#line / to.count) * to.count;
    return Number.POSITIVE_INFINITY;
  }

  async #matches(address: Address): Promise<boolean> {
    switch (address.kind) {
      case 'line':
        return this.#line === address.line;
      case 'step':
        if (address.step === 0) return this.#line === address.first;
        return this.#line >= address.first && (this.#line - address.first) % address.step === 0;
      case 'last':
        return this.#lines.isLast();
      case 'regex': {
        const regex = this.#regex(address.regex);
        regex.lastIndex = 0;
        return regex.test(this.#pattern);
      }
      default:
        return false;
    }
  }
}
