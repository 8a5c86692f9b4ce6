import { isMap, type JsonMap } from '../draft.ts';

/**
 * A set of field paths, as a tree that never changes and shares its parts with other sets. Steps are
 * written as in `managedFields` (FieldsV1): `f:NAME` a field, `k:{...}` the list item with those keys,
 * `v:VALUE` a set's value.
 */
export class FieldSet {
  /** Whether the path that leads here is in the set itself. */
  readonly member: boolean;
  /** Without empty ones. */
  readonly children: ReadonlyMap<string, FieldSet>;
  #json: JsonMap | undefined;

  constructor(member: boolean, children: ReadonlyMap<string, FieldSet>) {
    this.member = member;
    this.children = children;
  }

  get empty(): boolean {
    return !this.member && this.children.size === 0;
  }

  union(other: FieldSet): FieldSet {
    if (other.empty || other === this) return this;
    if (this.empty) return other;
    const children = new Map(this.children);
    for (const [step, child] of other.children) {
      const mine = children.get(step);
      children.set(step, mine === undefined ? child : mine.union(child));
    }
    return new FieldSet(this.member || other.member, children);
  }

  without(other: FieldSet): FieldSet {
    if (this.empty || other.empty) return this;
    let children: Map<string, FieldSet> | undefined;
    for (const [step, child] of this.children) {
      const gone = other.children.get(step);
      if (gone === undefined) continue;
      const left = child.without(gone);
      if (left === child) continue;
      children ??= new Map(this.children);
      if (left.empty) children.delete(step);
      else children.set(step, left);
    }
    const member = this.member && !other.member;
    if (children === undefined && member === this.member) return this;
    return new FieldSet(member, children ?? this.children);
  }

  intersection(other: FieldSet): FieldSet {
    if (this.empty || other.empty) return nothing;
    const children = new Map<string, FieldSet>();
    for (const [step, child] of this.children) {
      const theirs = other.children.get(step);
      const both = theirs === undefined ? nothing : child.intersection(theirs);
      if (!both.empty) children.set(step, both);
    }
    return new FieldSet(this.member && other.member, children);
  }

  /** Every path in the set, in the order of its steps. */
  *paths(prefix: readonly string[] = []): Generator<readonly string[]> {
    if (this.member) yield prefix;
    for (const [step, child] of [...this.children].sort(byStep)) yield* child.paths([...prefix, step]);
  }

  equals(other: FieldSet): boolean {
    if (this === other) return true;
    if (this.member !== other.member || this.children.size !== other.children.size) return false;
    for (const [step, child] of this.children) {
      const theirs = other.children.get(step);
      if (theirs === undefined || !child.equals(theirs)) return false;
    }
    return true;
  }

  /** Frozen, and the same for the same set. */
  toJson(): JsonMap {
    if (this.#json !== undefined) return this.#json;
    const json: JsonMap = {};
    if (this.member && this.children.size > 0) json['.'] = leaf;
    for (const [step, child] of [...this.children].sort(byStep)) json[step] = child.toJson();
    this.#json = Object.freeze(json);
    return json;
  }

  static fromJson(json: unknown, root = true): FieldSet {
    if (!isMap(json)) return nothing;
    const steps = Object.keys(json);
    const children = new Map<string, FieldSet>();
    for (const step of steps) {
      const child = step === '.' ? nothing : FieldSet.fromJson(json[step], false);
      if (!child.empty) children.set(step, child);
    }
    return new FieldSet(!root && (steps.length === 0 || steps.includes('.')), children);
  }

  static fromPaths(paths: Iterable<readonly string[]>): FieldSet {
    let set = nothing;
    for (const path of paths) {
      set = set.union(path.reduceRight((inner, step) => new FieldSet(false, new Map([[step, inner]])), only));
    }
    return set;
  }
}

const leaf: JsonMap = Object.freeze({});
export const nothing = new FieldSet(false, new Map());
/** The path itself and nothing below it. */
export const only = new FieldSet(true, new Map());

function byStep([a]: readonly [string, FieldSet], [b]: readonly [string, FieldSet]): number {
  return a < b ? -1 : 1;
}
