/** Ends `ip` with a message and a status: 1 and 255 for a wrong call, 2 for what the kernel refuses. */
export class IpError extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = 'IpError';
    this.status = status;
  }
}

/** The words of a command line, taken one by one. */
export class Arguments {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get more(): boolean {
    return this.#at < this.#words.length;
  }

  get rest(): readonly string[] {
    return this.#words.slice(this.#at);
  }

  /** The next word; it has to be there. */
  next(): string {
    const word = this.#words[this.#at];
    if (word === undefined) throw new IpError('Command line is not complete. Try option "help"', 255);
    this.#at++;
    return word;
  }

  /** Takes the next word if it is this one. */
  take(...words: readonly string[]): boolean {
    if (!words.includes(this.#words[this.#at] ?? '')) return false;
    this.#at++;
    return true;
  }

  /** The next word as a whole number, named in the refusal. */
  number(wrong: string, most = 2 ** 32 - 1): number {
    const word = this.next();
    if (!/^\d+$/.test(word) || Number(word) > most) throw wrongArgument(word, wrong);
    return Number(word);
  }
}

export function wrongArgument(word: string, why: string): IpError {
  return new IpError(`Error: argument "${word}" is wrong: ${why}\n`, 255);
}

/** As above, where iproute2 has one line end less. */
export function wrongWord(word: string, why: string): IpError {
  return new IpError(`Error: argument "${word}" is wrong: ${why}`, 255);
}

export function garbage(expected: string, word: string): IpError {
  return new IpError(`Error: either "${expected}" is duplicate, or "${word}" is a garbage.`, 255);
}

/** The real tool knows it, this one doesn't. Its message lacks the tool's name, which `iproute2` puts before it. */
export class NotModelled extends Error {
  constructor(what: string) {
    super(`${what} is not modelled in this simulation`);
    this.name = 'NotModelled';
  }
}

/** For what the real tool knows and this one doesn't. */
export function notModelled(what: string): NotModelled {
  return new NotModelled(what);
}
