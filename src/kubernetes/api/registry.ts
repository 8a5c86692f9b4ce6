import type { Clock } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import type { Schema, StructType } from '../schema/schema.ts';
import type { JsonSchema } from './crd/json-schema.ts';
import { structOf } from './crd/structural.ts';
import type { AnyDraft } from './draft.ts';
import { noSuchResource } from './failure.ts';
import type { KindContext, KindDefinition } from './kind.ts';
import type { Answer, ApiObject, Operation, Resource } from './operation.ts';
import { NodePorts } from './service/node-ports.ts';
import type { Store } from './store/store.ts';

/** A kind as one server serves it: its rules, its type, and where its objects are kept. */
export interface Served {
  readonly kind: KindDefinition;
  readonly type: StructType;
  /** The store's key. */
  readonly key: string;
  /** In which version a custom kind's objects are kept. */
  readonly stored?: string;
  /** Selectable fields. */
  readonly fields: ReadonlySet<string>;
}

/** What the verbs work with. */
export class Registry {
  readonly clock: Clock;
  readonly random: Random;
  readonly schema: Schema;
  readonly store: Store;
  readonly #nodePorts: NodePorts;
  readonly #handle: (operation: Operation) => Answer;
  readonly #served = new Map<string, Served>();

  /** `handle` carries out what the server itself makes and removes. */
  constructor(
    parts: { clock: Clock; random: Random; schema: Schema; store: Store; handle: (operation: Operation) => Answer },
    kinds: readonly KindDefinition[],
  ) {
    this.clock = parts.clock;
    this.random = parts.random;
    this.schema = parts.schema;
    this.store = parts.store;
    this.#handle = parts.handle;
    this.#nodePorts = new NodePorts(parts.random.fork('node ports'));
    for (const kind of kinds) {
      const type = this.schema.kind(kind.group, kind.version, kind.kind);
      if (type === undefined)
        throw new Error(`the schema lacks ${kind.kind} of ${kind.group}/${kind.version}; generate it again`);
      const key = resourceKey(kind);
      this.#served.set(key, { kind, type, key, fields: selectable(kind) });
    }
  }

  /** Every kind that is served now. */
  get kinds(): readonly KindDefinition[] {
    return [...this.#served.values()].map(({ kind }) => kind);
  }

  /** Serves one version of a custom kind; all of its versions show the same objects, kept as `stored`. */
  serveCustom(kind: KindDefinition, schema: JsonSchema, stored: string): void {
    const type = structOf(`${kind.version}.${kind.kind}`, schema, this.schema.struct('meta.v1.ObjectMeta'));
    const key = this.customKey(kind.group, kind.resource);
    this.#served.set(resourceKey(kind), { kind, type, key, stored, fields: selectable(kind) });
  }

  withdraw(resource: Resource): void {
    this.#served.delete(resourceKey(resource));
  }

  customKey(group: string, resource: string): string {
    return `${group}/*/${resource}`;
  }

  /** What the rules of a kind may look at and use during one request. */
  context(dryRun: boolean): KindContext {
    const user = 'system:apiserver';
    return {
      now: this.clock.wall(),
      random: this.random,
      dryRun,
      nodePorts: this.#nodePorts,
      find: (resource, name, namespace) => this.store.objects(this.#key(resource)).get(namespace, name),
      list: (resource, namespace) => this.store.objects(this.#key(resource)).list(namespace),
      create: (resource, body: ApiObject) => {
        const { namespace } = body.metadata;
        const at = namespace === undefined ? {} : { namespace };
        const { code } = this.#handle({
          verb: 'create',
          ...resource,
          ...at,
          body,
          user,
          options: { fieldManager: 'kube-apiserver' },
        });
        if (code >= 400) throw new Error(`the server could not make ${resource.resource} ${body.metadata.name}`);
      },
      remove: (resource, name) => this.#handle({ verb: 'delete', ...resource, name, user }),
    };
  }

  #key(resource: Resource): string {
    const key = resourceKey(resource);
    return this.#served.get(key)?.key ?? key;
  }

  /** What everyone who asks for this resource is told. */
  deprecation(resource: Resource): string | undefined {
    return this.#served.get(resourceKey(resource))?.kind.deprecated;
  }

  /** Throws the server's 404 on an unknown resource. */
  find(resource: Resource): Served {
    const served = this.#served.get(resourceKey(resource));
    if (served === undefined) throw noSuchResource();
    return served;
  }
}

function selectable(kind: KindDefinition): ReadonlySet<string> {
  const places = kind.namespaced ? ['metadata.name', 'metadata.namespace'] : ['metadata.name'];
  return new Set([...places, ...Object.keys(kind.fields ?? {})]);
}

/** A stored object as that version shows it. The conversion `None` changes nothing but the version's name. */
export function shownAs({ kind, stored }: Served, object: ApiObject): ApiObject {
  const version = apiVersion(kind);
  if (stored === undefined || object.apiVersion === version) return object;
  const { object: draft } = kind.decode?.({ ...object, apiVersion: version }) ?? { object: { ...object } };
  kind.defaults?.(draft as AnyDraft);
  return draft as unknown as ApiObject;
}

function resourceKey({ group, version, resource }: Resource): string {
  return `${group}/${version}/${resource}`;
}

/** `v1`, `apps/v1`. */
export function apiVersion({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}
