import { distance } from './sequence.ts';

export type Range = readonly [left: number, right: number];

/** What the peer has beyond a gap (RFC 2018, RFC 6675): ranges in order that don't touch. */
export class Scoreboard {
  #ranges: Range[] = [];

  get empty(): boolean {
    return this.#ranges.length === 0;
  }

  /** The end of the highest range. */
  get highest(): number | undefined {
    return this.#ranges.at(-1)?.[1];
  }

  /** Takes what an acknowledgement of `una` says; ranges beyond `next` were never sent. */
  update(una: number, next: number, blocks: readonly Range[]): void {
    for (const [left, right] of blocks) {
      if (distance(left, right) > 0 && distance(una, left) >= 0 && distance(right, next) >= 0) this.#add(left, right);
    }
    while (this.#ranges[0] !== undefined && distance(this.#ranges[0][1], una) >= 0) this.#ranges.shift();
  }

  clear(): void {
    this.#ranges = [];
  }

  /** From `sequence` on: the next byte that the peer lacks. */
  skip(sequence: number): number {
    for (const [left, right] of this.#ranges) {
      if (distance(left, sequence) >= 0 && distance(sequence, right) > 0) return right;
    }
    return sequence;
  }

  /** How many bytes from `sequence` on the peer lacks before the next range; `undefined`: no range follows. */
  gap(sequence: number): number | undefined {
    for (const [left] of this.#ranges) if (distance(sequence, left) > 0) return distance(sequence, left);
    return undefined;
  }

  #add(left: number, right: number): void {
    const kept: Range[] = [];
    let [start, end] = [left, right];
    for (const range of this.#ranges) {
      if (distance(range[1], start) > 0 || distance(end, range[0]) > 0) kept.push(range);
      else {
        if (distance(range[0], start) > 0) start = range[0];
        if (distance(end, range[1]) > 0) end = range[1];
      }
    }
    kept.push([start, end]);
    this.#ranges = kept.sort((a, b) => distance(b[0], a[0]));
  }
}
