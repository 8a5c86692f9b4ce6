/** The longest mark: ESC ] 133;D;255;hop=<nonce> BEL. */
const LONGEST = 80;

/** What a terminal sends by itself: its position, its kind, its focus (xterm, ctlseqs). */
const ANSWER = /^\x1b\[(?:[?>]?[\d;]*[Rcn]|[IO])$/;

/**
 * Takes the shell's own marks out of its output and keeps whether it waits at its prompt. Output comes in any pieces,
 * so what might be the beginning of a mark is held back until the next piece.
 */
export class PromptMarks {
  readonly #mark: RegExp;
  #held = '';
  #waits = false;
  #typed = false;

  constructor(nonce: string) {
    this.#mark = new RegExp(`\\x1b\\]133;([ABC]);hop=${nonce}\\x07`, 'g');
  }

  /** Whether the shell waits at its prompt with nothing typed: only then may something be typed for the learner. */
  get atPrompt(): boolean {
    return this.#waits && !this.#typed;
  }

  /** @returns the output without marks. */
  output(chunk: string): string {
    let text = this.#held + chunk;
    this.#held = '';
    text = text.replaceAll(this.#mark, (_, what: string) => {
      this.#waits = what === 'B';
      return '';
    });
    const at = text.lastIndexOf('\x1b');
    if (at >= 0 && text.length - at < LONGEST && couldBegin(text.slice(at))) {
      this.#held = text.slice(at);
      return text.slice(0, at);
    }
    return text;
  }

  /** What the learner types: a line that is begun, handed in (Enter), or given up (Ctrl-C, Ctrl-U). */
  input(data: string): void {
    if (ANSWER.test(data)) return;
    this.#typed = !/[\r\n\x03\x15]$/.test(data);
    if (/[\r\n]/.test(data)) this.#waits = false;
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
