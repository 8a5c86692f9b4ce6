import { characterWidth } from '../../linux/tty/width.ts';

/** The text being edited, with its cursor; what a key does to it. Pure: no terminal here. */
export class Line {
  #characters: string[] = [];
  #cursor = 0;
  #killed = '';

  get text(): string {
    return this.#characters.join('');
  }

  /** The text before the cursor. */
  get before(): string {
    return this.#characters.slice(0, this.#cursor).join('');
  }

  get atEnd(): boolean {
    return this.#cursor === this.#characters.length;
  }

  /** Replaces all; the cursor goes to the end, or behind `before` characters of `text`. */
  set(text: string, before = text): void {
    this.#characters = [...text];
    this.#cursor = [...before].length;
  }

  insert(text: string): void {
    const added = [...text];
    this.#characters.splice(this.#cursor, 0, ...added);
    this.#cursor += added.length;
  }

  /** Does what a key means. @returns whether the key is one of the line's */
  key(name: string): boolean {
    const action = ACTIONS[name];
    if (action === undefined) return false;
    action(this);
    return true;
  }

  move(to: number): void {
    this.#cursor = Math.max(0, Math.min(this.#characters.length, to));
  }

  get cursor(): number {
    return this.#cursor;
  }

  get length(): number {
    return this.#characters.length;
  }

  /** The place `by` characters on; marks that combine with a character go with it. */
  step(by: 1 | -1): number {
    let at = this.#cursor + by;
    while (
      at > 0 &&
      at < this.#characters.length &&
      characterWidth(this.#characters[at] as string) === 0 &&
      this.#characters[at] !== '\n'
    )
      at += by;
    return Math.max(0, Math.min(this.#characters.length, at));
  }

  /** Where the word before or behind the cursor begins or ends (letters and digits, as Alt-B and Alt-F go). */
  word(by: 1 | -1): number {
    const inWord = (at: number) => /[\p{L}\p{N}]/u.test(this.#characters[at] ?? '');
    let at = this.#cursor;
    if (by > 0) {
      while (at < this.#characters.length && !inWord(at)) at++;
      while (at < this.#characters.length && inWord(at)) at++;
    } else {
      while (at > 0 && !inWord(at - 1)) at--;
      while (at > 0 && inWord(at - 1)) at--;
    }
    return at;
  }

  /** Where the blank-separated word before the cursor begins (Ctrl-W). */
  blankWord(): number {
    let at = this.#cursor;
    while (at > 0 && /\s/.test(this.#characters[at - 1] as string)) at--;
    while (at > 0 && !/\s/.test(this.#characters[at - 1] as string)) at--;
    return at;
  }

  /** Removes what is between the cursor and `to`; `keep`: Ctrl-Y brings it back. */
  remove(to: number, keep: boolean): void {
    const start = Math.min(to, this.#cursor);
    const removed = this.#characters.splice(start, Math.abs(to - this.#cursor)).join('');
    this.#cursor = start;
    if (keep && removed !== '') this.#killed = removed;
  }

  yank(): void {
    this.insert(this.#killed);
  }

  transpose(): void {
    const at = this.atEnd ? this.#cursor - 1 : this.#cursor;
    if (at < 1) return;
    const [a, b] = [this.#characters[at - 1] as string, this.#characters[at] as string];
    this.#characters.splice(at - 1, 2, b, a);
    this.#cursor = at + 1;
  }
}

const ACTIONS: Readonly<Record<string, ((line: Line) => void) | undefined>> = {
  left: (line) => line.move(line.step(-1)),
  'ctrl-b': (line) => line.move(line.step(-1)),
  right: (line) => line.move(line.step(1)),
  'ctrl-f': (line) => line.move(line.step(1)),
  home: (line) => line.move(0),
  'ctrl-a': (line) => line.move(0),
  end: (line) => line.move(line.length),
  'ctrl-e': (line) => line.move(line.length),
  'word-left': (line) => line.move(line.word(-1)),
  'alt-b': (line) => line.move(line.word(-1)),
  'word-right': (line) => line.move(line.word(1)),
  'alt-f': (line) => line.move(line.word(1)),
  backspace: (line) => line.remove(line.step(-1), false),
  delete: (line) => line.remove(line.step(1), false),
  'ctrl-k': (line) => line.remove(line.length, true),
  'ctrl-u': (line) => line.remove(0, true),
  'ctrl-w': (line) => line.remove(line.blankWord(), true),
  'alt-backspace': (line) => line.remove(line.word(-1), true),
  'alt-d': (line) => line.remove(line.word(1), true),
  'ctrl-y': (line) => line.yank(),
  'ctrl-t': (line) => line.transpose(),
};
