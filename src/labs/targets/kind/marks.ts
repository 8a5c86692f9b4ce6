/** The longest mark: ESC ] 133;D;255;hop=<nonce> BEL. */
const LONGEST = 80;

/**
 * Takes the shell's own marks out of its output and keeps whether it waits at its prompt. Output comes in any pieces,
 * so what might be the beginning of a mark is held back until the next piece.
 */
export class PromptMarks {
  readonly #mark: RegExp;
  #held = '';
  #atPrompt = false;

  constructor(nonce: string) {
    this.#mark = new RegExp(`\\x1b\\]133;([ABC]);hop=${nonce}\\x07`, 'g');
  }

  get atPrompt(): boolean {
    return this.#atPrompt;
  }

  /** @returns the output without marks. */
  output(chunk: string): string {
    let text = this.#held + chunk;
    this.#held = '';
    text = text.replaceAll(this.#mark, (_, what: string) => {
      this.#atPrompt = what === 'B';
      return '';
    });
    const at = text.lastIndexOf('\x1b');
    if (at >= 0 && text.length - at < LONGEST && couldBegin(text.slice(at))) {
      this.#held = text.slice(at);
      return text.slice(0, at);
    }
    return text;
  }

  /** A line was handed in: until the next prompt nothing may be typed for the learner. */
  input(data: string): void {
    if (/[\r\n]/.test(data)) this.#atPrompt = false;
  }

  /** What was held back, at the end of the output. */
  rest(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }
}

function couldBegin(tail: string): boolean {
  const start = '\x1b]133;';
  return tail.length <= start.length ? start.startsWith(tail) : tail.startsWith(start) && !tail.includes('\x07');
}
