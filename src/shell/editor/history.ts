/** The lines before, as the arrow keys walk through them; what was being typed waits at the end. */
export class HistoryWalk {
  readonly #lines: readonly string[];
  readonly #edited = new Map<number, string>();
  #at: number;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
    this.#at = lines.length;
  }

  /** One line older or newer than `current`; undefined at the end. */
  go(by: 1 | -1, current: string): string | undefined {
    const to = this.#at + by;
    if (to < 0 || to > this.#lines.length) return undefined;
    this.#edited.set(this.#at, current);
    this.#at = to;
    return this.#edited.get(to) ?? this.#lines[to] ?? '';
  }
}

/** Searches backwards (Ctrl-R). */
export class HistorySearch {
  readonly #lines: readonly string[];
  query = '';
  failed = false;
  #at: number;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
    this.#at = lines.length;
  }

  get found(): string {
    return this.#lines[this.#at] ?? '';
  }

  get prompt(): string {
    return `(${this.failed ? 'failed ' : ''}reverse-i-search)\`${this.query}': `;
  }

  type(text: string): void {
    this.query += text;
    this.#find(Math.min(this.#at, this.#lines.length - 1));
  }

  erase(): void {
    this.query = [...this.query].slice(0, -1).join('');
    this.#find(this.#lines.length - 1);
  }

  older(): void {
    this.#find(this.#at - 1);
  }

  #find(from: number): void {
    if (this.query === '') return;
    for (let i = from; i >= 0; i--) {
      if (this.#lines[i]?.includes(this.query)) {
        this.#at = i;
        this.failed = false;
        return;
      }
    }
    this.failed = true;
  }
}
