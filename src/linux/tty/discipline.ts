import { textWidth } from './width.ts';

/** Characters of one line that a terminal keeps before Enter (N_TTY's bound); more are dropped. */
const LINE_LIMIT = 4096;

export interface DisciplineEvents {
  echo(text: string): void;
  /** A whole line with its newline, or what stood before Ctrl-D. */
  line(text: string): void;
  endOfFile(): void;
  interrupt(): void;
}

/** The cooked mode of a terminal: gathers a line, lets it be corrected, echoes it (termios(3), ICANON and ECHO). */
export class LineDiscipline {
  readonly #events: DisciplineEvents;
  #line: string[] = [];

  constructor(events: DisciplineEvents) {
    this.#events = events;
  }

  /** Takes back what was typed and not yet ended by Enter. */
  take(): string {
    const text = this.#line.join('');
    this.#line = [];
    return text;
  }

  input(text: string): void {
    for (const character of text) this.#key(character);
  }

  #key(key: string): void {
    const { echo } = this.#events;
    switch (key) {
      case '\x03':
        echo('^C');
        this.#line = [];
        this.#events.interrupt();
        break;
      case '\x04':
        if (this.#line.length > 0) this.#events.line(this.take());
        else this.#events.endOfFile();
        break;
      case '\r':
      case '\n':
        echo('\n');
        this.#events.line(`${this.take()}\n`);
        break;
      case '\x7f':
      case '\b':
        this.#erase(1);
        break;
      case '\x15':
        this.#erase(this.#line.length);
        break;
      case '\x17': {
        let at = this.#line.length;
        while (at > 0 && this.#line[at - 1] === ' ') at--;
        while (at > 0 && this.#line[at - 1] !== ' ') at--;
        this.#erase(this.#line.length - at);
        break;
      }
      default:
        if (this.#line.length >= LINE_LIMIT) return;
        this.#line.push(key);
        echo(shown(key));
    }
  }

  #erase(count: number): void {
    for (const key of this.#line.splice(this.#line.length - Math.min(count, this.#line.length)).reverse()) {
      this.#events.echo('\b \b'.repeat(textWidth(shown(key))));
    }
  }
}

/** Control characters show as `^X` (ECHOCTL), a tab as itself. */
function shown(key: string): string {
  return key < ' ' && key !== '\t' ? `^${String.fromCharCode(key.charCodeAt(0) + 64)}` : key;
}
