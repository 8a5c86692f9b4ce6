import { Misuse } from '../gnu/options.ts';
import type { Value } from './value.ts';

/** A name's contents: a value or an array, whichever it is used as first. */
export interface Cell {
  value?: Value;
  array?: Map<string, Value>;
}

/** Elements that all arrays may have together. */
const ELEMENT_LIMIT = 1_000_000;

/** The names that a program sees: its own function's, then everybody's. */
export class Names {
  readonly #global = new Map<string, Cell>();
  readonly #frames: Map<string, Cell>[] = [];
  #elements = 0;

  cell(name: string): Cell {
    const local = this.#frames.at(-1)?.get(name);
    if (local !== undefined) return local;
    let cell = this.#global.get(name);
    if (cell === undefined) {
      cell = {};
      this.#global.set(name, cell);
    }
    return cell;
  }

  /** A variable of the whole program, whatever the function at hand calls by that name. */
  global(name: string): Cell {
    let cell = this.#global.get(name);
    if (cell === undefined) {
      cell = {};
      this.#global.set(name, cell);
    }
    return cell;
  }

  array(name: string): Map<string, Value> {
    const cell = this.cell(name);
    if (cell.value !== undefined)
      throw new Misuse(`type error in arg(1) of ${name}: a scalar is used as an array`, { status: 2, hint: false });
    cell.array ??= new Map();
    return cell.array;
  }

  /** Sets an element. Bounded: a loop that fills an array ends. */
  put(array: Map<string, Value>, key: string, value: Value): void {
    if (!array.has(key) && ++this.#elements > ELEMENT_LIMIT)
      throw new Misuse('out of memory', { status: 2, hint: false });
    array.set(key, value);
  }

  get depth(): number {
    return this.#frames.length;
  }

  enter(frame: Map<string, Cell>): void {
    this.#frames.push(frame);
  }

  leave(): void {
    this.#frames.pop();
  }
}
