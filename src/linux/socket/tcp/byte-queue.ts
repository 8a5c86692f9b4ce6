/** Bytes in order, added at the end and dropped at the front. */
export class ByteQueue {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** A copy of `length` bytes from `offset` on (fewer, where fewer are there). */
  slice(offset: number, length: number): Uint8Array {
    const wanted = new Uint8Array(Math.max(0, Math.min(length, this.#length - offset)));
    let at = 0;
    let filled = 0;
    for (const chunk of this.#chunks) {
      if (filled === wanted.length) break;
      const from = Math.max(0, offset + filled - at);
      if (from < chunk.length) {
        const part = chunk.subarray(from, from + wanted.length - filled);
        wanted.set(part, filled);
        filled += part.length;
      }
      at += chunk.length;
    }
    return wanted;
  }

  drop(bytes: number): void {
    this.#length -= Math.min(bytes, this.#length);
    while (bytes > 0) {
      const first = this.#chunks[0];
      if (first === undefined) return;
      if (first.length > bytes) {
        this.#chunks[0] = first.subarray(bytes);
        return;
      }
      bytes -= first.length;
      this.#chunks.shift();
    }
  }

  /** Everything that is there, as one piece. */
  takeAll(): Uint8Array {
    const only = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    const all = only ?? this.slice(0, this.#length);
    this.drop(this.#length);
    return all;
  }
}
