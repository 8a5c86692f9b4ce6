/** The end of a terminal's output, as much as a page that comes back is shown. */
export class OutputTail {
  readonly #limit: number;
  #chunks: string[] = [];
  #length = 0;

  constructor(limit = 256 * 1024) {
    this.#limit = limit;
  }

  add(data: string): void {
    this.#chunks.push(data);
    this.#length += data.length;
    if (this.#length > this.#limit * 2) this.#trim();
  }

  /** What is kept, beginning with a whole line where something was cut off. */
  text(): string {
    this.#trim();
    return this.#chunks.join('');
  }

  clear(): void {
    this.#chunks = [];
    this.#length = 0;
  }

  #trim(): void {
    const all = this.#chunks.join('');
    const cut = all.length > this.#limit ? all.slice(all.indexOf('\n', all.length - this.#limit) + 1) : all;
    this.#chunks = [cut];
    this.#length = cut.length;
  }
}
