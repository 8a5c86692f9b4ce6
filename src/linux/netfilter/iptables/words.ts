import { Problem } from './problem.ts';

/** An option of the command line as getopt_long(3) is told of it. */
export interface LongOption<T> {
  readonly name: string;
  readonly argument: 'none' | 'required' | 'optional';
  readonly id: T;
}

/** One step of getopt_long: an option with its argument, or a word that is none. */
export type Step<T> =
  | { readonly kind: 'option'; readonly id: T; readonly argument: string | undefined }
  | { readonly kind: 'word'; readonly text: string };

/**
 * getopt_long(3) as iptables uses it: words and options in the order in which they stand (`-` first in its option
 * string), long options by any beginning that is unique, and options that are added while the line is read.
 */
export class Words<T> {
  readonly #words: readonly string[];
  /** optind: the next word. */
  #at = 0;
  /** Where in a bundle of short options (`-nvL`) the next one stands; 0: in none. */
  #inside = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  /** The word that was read last (argv[optind - 1]). */
  get last(): string {
    return this.#words[this.#at - 1] ?? '';
  }

  get finished(): boolean {
    return this.#at >= this.#words.length;
  }

  /** Takes the next word if it can be an argument: it is there and begins with neither `-` nor `!`. */
  takeArgument(): string | undefined {
    const word = this.#words[this.#at];
    if (word === undefined || word.startsWith('-') || word.startsWith('!')) return undefined;
    this.#at++;
    return word;
  }

  /** Takes the next word, whatever it is. */
  takeAny(): string | undefined {
    const word = this.#words[this.#at];
    if (word !== undefined) this.#at++;
    return word;
  }

  /**
   * @param short what a letter means; `long`: all long options, those that win where names are the same first.
   * @returns undefined at the end, `unknown` with the option as it is named in the message.
   */
  next(
    short: (letter: string) => Pick<LongOption<T>, 'argument' | 'id'> | undefined,
    long: readonly LongOption<T>[],
  ): Step<T> | { readonly kind: 'unknown'; readonly text: string; readonly again: () => void } | undefined {
    const at = this.#at;
    const inside = this.#inside;
    const again = () => {
      this.#at = at;
      this.#inside = inside;
    };
    const word = this.#words[this.#at];
    if (word === undefined) return undefined;
    if (this.#inside === 0) {
      if (word === '--') {
        this.#at++;
        return undefined;
      }
      if (word.startsWith('--')) return this.#long(word.slice(2), long, again);
      if (!word.startsWith('-') || word === '-') {
        this.#at++;
        return { kind: 'word', text: word };
      }
      this.#inside = 1;
    }
    const letter = word[this.#inside] as string;
    const option = short(letter);
    const rest = word.slice(this.#inside + 1);
    this.#inside = rest === '' ? 0 : this.#inside + 1;
    if (rest === '') this.#at++;
    if (option === undefined) return { kind: 'unknown', text: `-${letter}`, again };
    if (option.argument === 'none') return { kind: 'option', id: option.id, argument: undefined };
    if (rest !== '') {
      this.#inside = 0;
      this.#at++;
      return { kind: 'option', id: option.id, argument: rest };
    }
    if (option.argument === 'optional') return { kind: 'option', id: option.id, argument: undefined };
    return { kind: 'option', id: option.id, argument: this.#required(word) };
  }

  #long(text: string, long: readonly LongOption<T>[], again: () => void): ReturnType<Words<T>['next']> {
    this.#at++;
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const value = equals < 0 ? undefined : text.slice(equals + 1);
    const option = findLong(name, long);
    if (option === undefined) return { kind: 'unknown', text: `--${text}`, again };
    if (option.argument === 'none') {
      if (value !== undefined) return { kind: 'unknown', text: `--${text}`, again };
      return { kind: 'option', id: option.id, argument: undefined };
    }
    if (value !== undefined || option.argument === 'optional')
      return { kind: 'option', id: option.id, argument: value };
    return { kind: 'option', id: option.id, argument: this.#required(`--${text}`) };
  }

  #required(option: string): string {
    const argument = this.takeAny();
    if (argument === undefined) throw new Problem(`option "${option}" requires an argument`);
    return argument;
  }
}

function findLong<T>(name: string, long: readonly LongOption<T>[]): LongOption<T> | undefined {
  let found: LongOption<T> | undefined;
  let ambiguous = false;
  for (const option of long) {
    if (option.name === name) return option;
    if (!option.name.startsWith(name)) continue;
    if (found === undefined) found = option;
    else if (found.id !== option.id) ambiguous = true;
  }
  return ambiguous ? undefined : found;
}
