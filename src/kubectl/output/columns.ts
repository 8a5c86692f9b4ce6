import type { Writer } from '../../linux/process/process.ts';

const padding = 3;
const least = 6;

/**
 * kubectl's table layout (Go's tabwriter): each column as wide as its longest cell and three spaces, at
 * least six; the last cell of a line is not padded. Widths are remembered, so that a watch stays aligned.
 */
export class Columns {
  readonly #writer: Writer;
  #widths: number[] = [];

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  /** Prints rows that are aligned with each other and with those before them. */
  async write(rows: readonly (readonly string[])[]): Promise<void> {
    if (rows.length > 0) await this.#writer.write(this.format(rows));
  }

  format(rows: readonly (readonly string[])[]): string {
    for (const row of rows) {
      for (const [at, cell] of row.slice(0, -1).entries()) {
        this.#widths[at] = Math.max(this.#widths[at] ?? least, length(cell) + padding);
      }
    }
    return rows
      .map((row) => {
        const cells = row.map((cell, at) => (at === row.length - 1 ? cell : pad(cell, this.#widths[at] ?? 0)));
        return `${cells.join('')}\n`;
      })
      .join('');
  }

  /** Forgets the widths: another kind of row follows. */
  reset(): void {
    this.#widths = [];
  }
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - length(cell)));
}

function length(text: string): number {
  return [...text].length;
}

/** Rows as text, aligned. */
export function layOut(rows: readonly (readonly string[])[]): string {
  return new Columns({ write: async () => {} }).format(rows);
}
