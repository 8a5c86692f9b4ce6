import { isMap, type JsonMap } from '../draft.ts';

/**
 * A set of field paths, as a tree. Steps are written as in `managedFields` (FieldsV1): `f:NAME` a
 * field, `k:{...}` the list item with those keys, `v:VALUE` a set's value.
 */
export class FieldSet {
  /** Whether the path that leads here is in the set itself. */
  member: boolean;
  readonly children = new Map<string, FieldSet>();

  constructor(member = false) {
    this.member = member;
  }

  get empty(): boolean {
    return !this.member && [...this.children.values()].every((child) => child.empty);
  }

  /** The subtree of a step, made where there is none. */
  at(step: string): FieldSet {
    let child = this.children.get(step);
    if (child === undefined) {
      child = new FieldSet();
      this.children.set(step, child);
    }
    return child;
  }

  has(path: readonly string[]): boolean {
    let node: FieldSet | undefined = this;
    for (const step of path) node = node?.children.get(step);
    return node?.member === true;
  }

  union(other: FieldSet): FieldSet {
    return combine(this, other, (a, b) => a || b);
  }

  without(other: FieldSet): FieldSet {
    return combine(this, other, (a, b) => a && !b);
  }

  intersection(other: FieldSet): FieldSet {
    return combine(this, other, (a, b) => a && b);
  }

  /** Every path in the set, in the order of its steps. */
  *paths(prefix: readonly string[] = []): Generator<readonly string[]> {
    if (this.member) yield prefix;
    for (const step of [...this.children.keys()].sort()) yield* this.at(step).paths([...prefix, step]);
  }

  equals(other: FieldSet): boolean {
    return this.without(other).empty && other.without(this).empty;
  }

  toJson(): JsonMap {
    const json: JsonMap = {};
    const children = [...this.children].filter(([, child]) => !child.empty).sort(([a], [b]) => (a < b ? -1 : 1));
    if (this.member && children.length > 0) json['.'] = {};
    for (const [step, child] of children) json[step] = child.toJson();
    return json;
  }

  static fromJson(json: unknown, root = true): FieldSet {
    const set = new FieldSet();
    if (!isMap(json)) return set;
    const steps = Object.keys(json);
    set.member = !root && (steps.length === 0 || steps.includes('.'));
    for (const step of steps) if (step !== '.') set.children.set(step, FieldSet.fromJson(json[step], false));
    return set;
  }
}

function combine(a: FieldSet, b: FieldSet, keep: (a: boolean, b: boolean) => boolean): FieldSet {
  const set = new FieldSet(keep(a.member, b.member));
  for (const step of new Set([...a.children.keys(), ...b.children.keys()])) {
    const child = combine(a.children.get(step) ?? nothing, b.children.get(step) ?? nothing, keep);
    if (!child.empty) set.children.set(step, child);
  }
  return set;
}

const nothing = new FieldSet();
