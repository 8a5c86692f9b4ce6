import type { ApiObject, Resource } from '../../../kubernetes/api/operation.ts';
import { ApiError, type Client } from '../../../kubernetes/client/client.ts';
import type { Clock } from '../../../simulation/clock.ts';
import { findKind, type Kind, kinds } from '../../spec/kinds.ts';
import { type KindName, type KubeObject, type ObjectQuery, TargetError } from '../../target.ts';

/** What the course writes is applied under this name (`managedFields`). */
const MANAGER = 'hop';
/** How long deleted objects may take to be gone, in milliseconds. */
const GONE = 90_000;

/** The simulated cluster's objects, as a lab needs them. */
export class PageObjects {
  readonly #client: Client;
  readonly #clock: Clock;

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async get({ namespace, name, labelSelector, ...kindName }: ObjectQuery): Promise<readonly KubeObject[]> {
    const kind = known(kindName);
    const at = kind.namespaced && namespace !== undefined ? { namespace } : {};
    if (name !== undefined && (at.namespace !== undefined || !kind.namespaced)) {
      const object = await orAbsent(this.#client.get(resourceOf(kind), { ...at, name }));
      return object === undefined ? [] : [object as KubeObject];
    }
    const options = {
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }),
    };
    const list = await orAbsent(this.#client.list(resourceOf(kind), at, options));
    // The items of a list need not carry their kind.
    const { apiVersion } = kind;
    return (list?.items ?? []).map((object) => ({ ...(object as KubeObject), apiVersion, kind: kind.kind }));
  }

  async apply(manifests: readonly unknown[], signal?: AbortSignal): Promise<void> {
    for (const manifest of manifests) {
      signal?.throwIfAborted();
      const object = manifest as ApiObject;
      const kind = known(object);
      const { name, namespace } = object.metadata;
      const at = kind.namespaced ? { namespace: namespace ?? 'default', name } : { name };
      const options = { type: 'apply', fieldManager: MANAGER, force: true, fieldValidation: 'Strict' } as const;
      try {
        await this.#client.patch(resourceOf(kind), at, object, options);
      } catch (error) {
        throw asTargetError(error, `apply ${object.kind} ${name}`);
      }
    }
  }

  /** Calls back on each change until `signal` aborts; a watch that ends is begun again. */
  async follow(
    kindName: KindName,
    change: (event: { type: string; object: KubeObject }) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const resource = resourceOf(known(kindName));
    while (!signal.aborted) {
      try {
        const { metadata } = await this.#client.list(resource);
        const watch = await this.#client.watch(resource, {}, { resourceVersion: metadata.resourceVersion });
        const stop = () => watch.stop();
        signal.addEventListener('abort', stop, { once: true });
        if (signal.aborted) stop();
        for (;;) {
          const event = await watch.next();
          if (event === undefined || event.type === 'ERROR' || signal.aborted) break;
          if (event.type !== 'BOOKMARK') change({ type: event.type, object: event.object as KubeObject });
        }
        signal.removeEventListener('abort', stop);
        stop();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        await this.#clock.sleep(500);
      }
    }
  }

  /** Deletes all that labs and learners made, and waits until it is gone. */
  async reset(signal?: AbortSignal): Promise<void> {
    for (const end = this.#clock.now() + GONE; ; ) {
      signal?.throwIfAborted();
      const left = (await Promise.all(kinds.filter(isDeleted).map((kind) => this.#leftovers(kind)))).flat();
      if (left.length === 0) return;
      if (this.#clock.now() >= end) {
        const names = left.map(({ kind, object }) => `${kind.kind} ${object.metadata.name}`).join(', ');
        throw new TargetError('timeout', `These objects are still not gone after ${GONE / 1000} s: ${names}.`);
      }
      const going = left.filter(({ object }) => object.metadata.deletionTimestamp === undefined);
      await Promise.all(going.map(({ kind, object }) => this.#delete(kind, object)));
      await this.#clock.sleep(50, signal);
    }
  }

  async #leftovers(kind: Kind): Promise<{ kind: Kind; object: ApiObject }[]> {
    const list = await orAbsent(this.#client.list(resourceOf(kind)));
    return (list?.items ?? [])
      .filter(({ metadata: { name, namespace } }) => {
        if (kind.kind === 'Namespace') return name !== 'default' && !SYSTEM_NAMESPACES.includes(name);
        return !SYSTEM_NAMESPACES.includes(namespace ?? '') && BUILT_IN[kind.kind] !== name;
      })
      .map((object) => ({ kind, object }));
  }

  async #delete(kind: Kind, { metadata: { name, namespace } }: ApiObject): Promise<void> {
    const at = namespace === undefined ? { name } : { namespace, name };
    // A second to end in: half a minute is long to wait for a fresh start.
    const grace = kind.kind === 'Pod' ? { gracePeriodSeconds: 1 } : {};
    await orAbsent(this.#client.delete(resourceOf(kind), at, { propagationPolicy: 'Background', ...grace }));
  }
}

const SYSTEM_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease'];
/** What Kubernetes puts into each namespace by itself. */
const BUILT_IN: Readonly<Record<string, string>> = { ConfigMap: 'kube-root-ca.crt', ServiceAccount: 'default' };

function isDeleted({ kind }: Kind): boolean {
  return kind !== 'Node' && kind !== 'Event';
}

function known({ apiVersion, kind }: KindName): Kind {
  const found = findKind(kind);
  if (found !== undefined && found.kind === kind && found.apiVersion === apiVersion) return found;
  throw new TargetError('notFound', `This cluster has no kind "${kind}" in ${apiVersion}.`);
}

function resourceOf({ apiVersion, resource }: Kind): Resource {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return { group, version, resource };
}

/** undefined for what isn't there; other failures in the Target's words. */
async function orAbsent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status.code === 404) return undefined;
    throw asTargetError(error, 'ask the cluster');
  }
}

/** A failure of the API in the Target's closed set. */
export function asTargetError(error: unknown, doing: string): unknown {
  if (!(error instanceof ApiError)) return error;
  const { code, message } = error.status;
  const kind = code === 403 ? 'forbidden' : code === 404 ? 'notFound' : code === 504 ? 'timeout' : 'unavailable';
  return new TargetError(kind, `Could not ${doing}: ${message}`);
}
