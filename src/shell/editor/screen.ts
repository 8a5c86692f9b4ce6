import { characterWidth } from '../../linux/tty/width.ts';

interface Place {
  readonly row: number;
  readonly column: number;
}

/** Where the cursor is after `text` was written from the start of a row, on a screen of so many columns. */
export function placeAfter(text: string, columns: number): Place {
  let row = 0;
  let column = 0;
  for (const character of visible(text)) {
    if (character === '\n') {
      row++;
      column = 0;
      continue;
    }
    const width =
      character === '\t' ? 8 - (column % 8) : (shownControl(character)?.length ?? characterWidth(character));
    if (column + width > columns) {
      row++;
      column = 0;
    }
    column += width;
  }
  if (column >= columns) return { row: row + 1, column: 0 };
  return { row, column };
}

/** The text without colours and other escape sequences, and without readline's marks around them. */
export function visible(text: string): string {
  return text.replace(/\x01[^\x02]*\x02|\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, '');
}

/** Control characters show as `^X`. */
function shownControl(character: string): string | undefined {
  if (character >= ' ' || character === '\n' || character === '\t') return undefined;
  return `^${String.fromCharCode(character.charCodeAt(0) + 64)}`;
}

function shown(text: string): string {
  return text.replace(/[\x00-\x08\x0b-\x1f]/g, (c) => shownControl(c) ?? c);
}

/** What the editor has on the screen: a prompt and a text, redrawn where it stands. */
export class Screen {
  #prompt = '';
  #text = '';
  #before = '';
  #columns = 80;

  /** Draws a new prompt where the cursor is, at the start of a row. @returns what to write */
  start(prompt: string, columns: number): string {
    this.#prompt = prompt;
    this.#text = '';
    this.#before = '';
    this.#columns = columns;
    return this.#whole();
  }

  /** Shows another text or cursor. @returns what to write */
  update(text: string, before: string): string {
    const added = text.slice(this.#text.length);
    const typed =
      this.#before === this.#text && before === text && text.startsWith(this.#text) && /^[\x20-\x7e]*$/.test(added);
    if (typed && placeAfter(this.#prompt + this.#text, this.#columns).column + added.length < this.#columns) {
      this.#text = text;
      this.#before = before;
      return added;
    }
    const clear = this.#toStart();
    this.#text = text;
    this.#before = before;
    return clear + this.#whole();
  }

  /** Shows another prompt, as a search does. */
  change(prompt: string, text: string, before: string): string {
    const clear = this.#toStart();
    this.#prompt = prompt;
    this.#text = text;
    this.#before = before;
    return clear + this.#whole();
  }

  /** The terminal has another width: its rows were wrapped anew. */
  resize(columns: number): string {
    this.#columns = columns;
    return this.#toStart() + this.#whole();
  }

  /** Clears the screen (Ctrl-L). */
  clear(): string {
    return `\x1b[H\x1b[2J${this.#whole()}`;
  }

  /** Goes below the text. */
  finish(): string {
    return (
      this.update(this.#text, this.#text) +
      (placeAfter(this.#prompt + this.#text, this.#columns).column === 0 && this.#text !== '' ? '' : '\n')
    );
  }

  #toStart(): string {
    const { row } = placeAfter(this.#prompt + this.#before, this.#columns);
    return `${row > 0 ? `\x1b[${row}A` : ''}\r\x1b[J`;
  }

  #whole(): string {
    const prompt = this.#prompt.replace(/[\x01\x02]/g, '');
    let out = prompt + shown(this.#text);
    const end = placeAfter(this.#prompt + this.#text, this.#columns);
    const plain = visible(this.#prompt + this.#text);
    // A row that is exactly full: the cursor has to be brought to the next one.
    if (end.column === 0 && plain !== '' && !plain.endsWith('\n')) out += '\n';
    const cursor = placeAfter(this.#prompt + this.#before, this.#columns);
    if (end.row > cursor.row) out += `\x1b[${end.row - cursor.row}A`;
    if (end.row !== cursor.row || end.column !== cursor.column)
      out += cursor.column > 0 ? `\r\x1b[${cursor.column}C` : '\r';
    return out;
  }
}
