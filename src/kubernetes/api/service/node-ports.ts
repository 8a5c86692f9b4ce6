import type { Random } from '../../../simulation/random.ts';
import type { Transaction } from './transaction.ts';

const FIRST = 30000;
const SIZE = 2768;
/** Numbers below it are for people to ask for (KEP-3668): min(max(16, size / 32), 128). */
const STATIC = Math.min(Math.max(16, Math.floor(SIZE / 32)), 128);

const NOT_IN_RANGE = `provided port is not in the valid range. The range of valid ports is ${FIRST}-${FIRST + SIZE - 1}`;
const ALLOCATED = 'provided port is already allocated';

/** The node ports that Services hold. Source: pkg/registry/core/service/portallocator. */
export class NodePorts {
  readonly #random: Random;
  readonly #taken = new Set<number>();

  constructor(random: Random) {
    this.#random = random;
  }

  has(port: number): boolean {
    return this.#taken.has(port);
  }

  get used(): number {
    return this.#taken.size;
  }

  /** What one request takes and gives back; nothing of it lasts unless it is committed. */
  begin(dryRun: boolean): NodePortOperation {
    const taken: number[] = [];
    if (dryRun) return this.#pretend(taken);
    const released: number[] = [];
    return {
      allocate: (port) => {
        if (port < FIRST || port >= FIRST + SIZE) return NOT_IN_RANGE;
        if (this.#taken.has(port)) return ALLOCATED;
        this.#taken.add(port);
        taken.push(port);
        return undefined;
      },
      allocateNext: () => {
        const port = this.#free(STATIC, SIZE) ?? this.#free(0, STATIC);
        if (port === undefined) return undefined;
        this.#taken.add(port);
        taken.push(port);
        return port;
      },
      release: (port) => released.push(port),
      commit: () => {
        for (const port of released) this.#taken.delete(port);
      },
      revert: () => {
        for (const port of taken) this.#taken.delete(port);
      },
    };
  }

  /** A dry run is shown numbers above the range, which no Service ever gets. */
  #pretend(shown: number[]): NodePortOperation {
    return {
      allocate: (port) => {
        if (this.#taken.has(port) || shown.includes(port)) return ALLOCATED;
        shown.push(port);
        return undefined;
      },
      allocateNext: () => {
        const port = Math.max(0, ...(shown.length === 0 ? [FIRST + SIZE] : shown)) + 1;
        shown.push(port);
        return port;
      },
      release: () => undefined,
      commit: () => undefined,
      revert: () => undefined,
    };
  }

  /** A free port at random between two offsets: the first one free from a random place on. */
  #free(from: number, to: number): number | undefined {
    const size = to - from;
    const start = this.#random.below(size);
    for (let step = 0; step < size; step++) {
      const port = FIRST + from + ((start + step) % size);
      if (!this.#taken.has(port)) return port;
    }
    return undefined;
  }
}

export interface NodePortOperation extends Transaction {
  /** What is wrong with taking that port; undefined when it is taken. */
  allocate(port: number): string | undefined;
  /** Undefined when all are taken. */
  allocateNext(): number | undefined;
  /** Takes effect on commit. */
  release(port: number): void;
}
