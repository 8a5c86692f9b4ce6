import { characterWidth } from './width.ts';

/** A small terminal for tests: what a person would see after some output. Wraps as xterm does. */
export class Emulator {
  readonly columns: number;
  #rows: string[][] = [[]];
  row = 0;
  column = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  /** The rows, without blanks at their ends and without empty rows at the end. */
  get screen(): string[] {
    const rows = this.#rows.map((row) =>
      Array.from(row, (cell) => cell ?? ' ')
        .join('')
        .trimEnd(),
    );
    while (rows.length > 0 && rows.at(-1) === '') rows.pop();
    return rows;
  }

  write(text: string): void {
    for (let i = 0; i < text.length; ) {
      const csi = /^\x1b\[([?0-9;]*)([A-Za-z])/.exec(text.slice(i, i + 20));
      if (csi !== null) {
        this.#sequence(csi[2] as string, csi[1] as string);
        i += csi[0].length;
        continue;
      }
      const c = String.fromCodePoint(text.codePointAt(i) as number);
      i += c.length;
      this.#put(c);
    }
  }

  #put(c: string): void {
    if (c === '\r') this.column = 0;
    else if (c === '\n') this.row++;
    else if (c === '\b') this.column = Math.max(0, this.column - 1);
    else if (c === '\x07') return;
    else {
      const width = characterWidth(c);
      if (this.column + width > this.columns) {
        this.row++;
        this.column = 0;
      }
      const row = this.#at();
      while (row.length < this.column) row.push(' ');
      row[this.column] = c;
      if (width === 2) row[this.column + 1] = '';
      this.column += width;
    }
    this.#at();
  }

  #at(): string[] {
    while (this.#rows.length <= this.row) this.#rows.push([]);
    return this.#rows[this.row] as string[];
  }

  #sequence(letter: string, parameter: string): void {
    const count = Number(parameter.replace('?', '') || 1);
    this.column = Math.min(this.column, this.columns - 1);
    if (letter === 'A') this.row = Math.max(0, this.row - count);
    else if (letter === 'C') this.column = Math.min(this.columns - 1, this.column + count);
    else if (letter === 'J' && parameter === '2') this.#rows = [[]];
    else if (letter === 'J') {
      this.#rows.length = this.row + 1;
      this.#at().length = Math.min(this.#at().length, this.column);
    } else if (letter === 'H') {
      this.row = 0;
      this.column = 0;
    }
  }
}
