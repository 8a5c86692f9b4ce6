import { type Location, NftError } from './parse/location.ts';
import type { Table } from './table.ts';

/** The kernel's words for why it refuses something. */
export const errors = {
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  EBUSY: 'Device or resource busy',
  EINVAL: 'Invalid argument',
  EOPNOTSUPP: 'Operation not supported',
  EMLINK: 'Too many links',
  ENFILE: 'Too many open files in system',
} as const;

/** The kernel refuses; nft says it with the place. */
export function refused(code: keyof typeof errors, at: Location | undefined): NftError {
  return new NftError(`Could not process rule: ${errors[code]}`, at);
}

/** What is in another's table is changed by its own tool. */
export function notOwn({ keeper, title }: Table, at: Location | undefined): NftError {
  return new NftError(`changing table ${title}, which is of ${keeper}, is not modelled here`, at);
}

/** Changes that are made together or not at all: each one says how it is taken back. */
export class Transaction {
  readonly #undo: (() => void)[] = [];
  /** Tables that have got rules or elements: they have to be right as a whole. */
  readonly touched = new Set<Table>();
  /** Titles of tables that weren't, the first time: now each rule is looked at when it is added, so that it is named. */
  readonly validating: ReadonlySet<string>;

  constructor(validating: ReadonlySet<string> = new Set()) {
    this.validating = validating;
  }

  /** Does something, and remembers how it is taken back. */
  change(apply: () => void, undo: () => void): void {
    apply();
    this.#undo.push(undo);
  }

  set<K, V>(map: Map<K, V>, key: K, value: V): void {
    this.change(
      () => void map.set(key, value),
      () => void map.delete(key),
    );
  }

  /** Taken back, it stands where it stood. */
  delete<K, V>(map: Map<K, V>, key: K): void {
    const before = [...map];
    this.change(
      () => void map.delete(key),
      () => {
        map.clear();
        for (const [one, value] of before) map.set(one, value);
      },
    );
  }

  insert<T>(list: T[], at: number, value: T): void {
    this.change(
      () => void list.splice(at, 0, value),
      () => void list.splice(list.indexOf(value), 1),
    );
  }

  remove<T>(list: T[], value: T): void {
    const at = list.indexOf(value);
    if (at < 0) return;
    this.change(
      () => void list.splice(at, 1),
      () => void list.splice(at, 0, value),
    );
  }

  /** One more user, or (-1) one less. */
  use(used: { uses: number }, by: 1 | -1 = 1): void {
    this.change(
      () => void (used.uses += by),
      () => void (used.uses -= by),
    );
  }

  rollback(): void {
    for (const undo of this.#undo.reverse()) undo();
    this.#undo.length = 0;
  }
}
