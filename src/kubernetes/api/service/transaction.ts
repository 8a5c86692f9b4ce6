/** Something that was set aside for an object: taken when the object is stored, given back when it is refused. */
export interface Transaction {
  commit(): void;
  revert(): void;
}

/** Several as one; a failure while they are gathered gives the first ones back. */
export class Transactions implements Transaction {
  readonly #parts: Transaction[] = [];

  add(part: Transaction): void {
    this.#parts.push(part);
  }

  commit(): void {
    for (const part of this.#parts) part.commit();
  }

  revert(): void {
    for (const part of this.#parts) part.revert();
  }
}
