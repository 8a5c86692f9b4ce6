import type { Clock } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import type { Schema, StructType } from '../schema/schema.ts';
import { noSuchResource } from './failure.ts';
import type { KindDefinition } from './kind.ts';
import type { Resource } from './operation.ts';
import type { Store } from './store/store.ts';

/** A kind as one server serves it: its rules, its type, and where its objects are kept. */
export interface Served {
  readonly kind: KindDefinition;
  readonly type: StructType;
  /** The store's key. */
  readonly key: string;
  /** Selectable fields. */
  readonly fields: ReadonlySet<string>;
}

/** What the verbs work with. */
export class Registry {
  readonly clock: Clock;
  readonly random: Random;
  readonly schema: Schema;
  readonly store: Store;
  readonly #served = new Map<string, Served>();

  constructor(parts: { clock: Clock; random: Random; schema: Schema; store: Store }, kinds: readonly KindDefinition[]) {
    this.clock = parts.clock;
    this.random = parts.random;
    this.schema = parts.schema;
    this.store = parts.store;
    for (const kind of kinds) {
      const type = this.schema.kind(kind.group, kind.version, kind.kind);
      if (type === undefined)
        throw new Error(`the schema lacks ${kind.kind} of ${kind.group}/${kind.version}; generate it again`);
      const fields = new Set([
        'metadata.name',
        ...(kind.namespaced ? ['metadata.namespace'] : []),
        ...Object.keys(kind.fields ?? {}),
      ]);
      const key = resourceKey(kind);
      this.#served.set(key, { kind, type, key, fields });
    }
  }

  /** Throws the server's 404 on an unknown resource. */
  find(resource: Resource): Served {
    const served = this.#served.get(resourceKey(resource));
    if (served === undefined) throw noSuchResource();
    return served;
  }
}

function resourceKey({ group, version, resource }: Resource): string {
  return `${group}/${version}/${resource}`;
}

/** `v1`, `apps/v1`. */
export function apiVersion({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}
