import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiObject, Resource } from '../../../kubernetes/api/operation.ts';
import type { Client } from '../../../kubernetes/client/client.ts';
import { ApiError } from '../../../kubernetes/client/client.ts';
import type { KindName, KubeObject, ObjectQuery } from '../../target.ts';
import { LAB_LABEL, TargetError } from '../../target.ts';
import type { Discovery } from './discovery.ts';

/** What the course writes is applied under this name (`managedFields`). */
const MANAGER = 'hop';

/** A cluster's objects, as a lab needs them. */
export class Objects {
  readonly #client: Client;
  readonly #discovery: Discovery;

  constructor(client: Client, discovery: Discovery) {
    this.#client = client;
    this.#discovery = discovery;
  }

  async get(query: ObjectQuery): Promise<readonly KubeObject[]> {
    const resource = await this.#discovery.find(query);
    const at = query.namespace === undefined || !resource.namespaced ? {} : { namespace: query.namespace };
    const named = (object: ApiObject): KubeObject => ({
      ...(object as KubeObject),
      apiVersion: query.apiVersion,
      kind: query.kind,
    });
    if (query.name !== undefined && (at.namespace !== undefined || !resource.namespaced)) {
      const object = await orAbsent(this.#client.get(resource, { ...at, name: query.name }));
      return object === undefined ? [] : [named(object)];
    }
    const list = await orAbsent(
      this.#client.list(resource, at, {
        ...(query.labelSelector === undefined ? {} : { labelSelector: query.labelSelector }),
        ...(query.name === undefined ? {} : { fieldSelector: `metadata.name=${query.name}` }),
      }),
    );
    // The items of a list carry neither apiVersion nor kind.
    return (list?.items ?? []).map(named);
  }

  /** Server-side apply, taking over what others manage. A new namespace's default ServiceAccount may take a moment. */
  async apply(manifests: readonly unknown[], signal?: AbortSignal): Promise<void> {
    for (const manifest of manifests) {
      const object = manifest as ApiObject;
      const resource = await this.#discovery.find(object);
      const { name, namespace } = object.metadata;
      const at = resource.namespaced ? { namespace: namespace ?? 'default', name } : { name };
      for (let tries = 20; ; tries--) {
        signal?.throwIfAborted();
        const options = { type: 'apply', fieldManager: MANAGER, force: true, fieldValidation: 'Strict' } as const;
        const failure = await this.#client.patch(resource, at, object, options).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure === undefined) break;
        const early = failure instanceof ApiError && /serviceaccount .* not found/i.test(failure.message);
        if (!early || tries === 0) throw asTargetError(failure, `apply ${object.kind} ${name}`);
        await sleep(250);
      }
    }
  }

  /** Calls back on each change until `signal` aborts; a watch that ends is begun again. */
  watch(
    kinds: readonly KindName[],
    change: (event: { type: string; object: KubeObject }) => void,
    signal: AbortSignal,
  ): void {
    for (const kind of kinds) void this.#follow(kind, change, signal);
  }

  async #follow(
    kind: KindName,
    change: (event: { type: string; object: KubeObject }) => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        // Without a resourceVersion a watch begins with what is there, so nothing is missed in between.
        const watch = await this.#client.watch(await this.#discovery.find(kind));
        const stop = (): void => watch.stop();
        signal.addEventListener('abort', stop, { once: true });
        if (signal.aborted) stop();
        for (;;) {
          const event = await watch.next();
          if (event === undefined || event.type === 'ERROR' || signal.aborted) break;
          if (event.type !== 'BOOKMARK') change({ type: event.type, object: event.object as KubeObject });
        }
        signal.removeEventListener('abort', stop);
        watch.stop();
      } catch {
        // The cluster is away for the moment; the next round says the same until it is back.
      }
      await sleep(500, undefined, { signal }).catch(() => {});
    }
  }

  /**
   * Deletes what carries the lab's label and whatever else the learner made: everything but the system's namespaces
   * and what Kubernetes itself puts into each namespace. Resolves when it is gone.
   */
  async reset(signal?: AbortSignal): Promise<void> {
    const groupVersions = await this.#discovery.preferred();
    const all = (await Promise.all(groupVersions.map((each) => this.#discovery.groupVersion(each)))).flat();
    const resources = all.filter(
      ({ group, resource, verbs }) =>
        verbs.includes('list') &&
        verbs.includes('delete') &&
        !UNTOUCHED_GROUPS.includes(group) &&
        !UNTOUCHED.includes(resource),
    );
    for (const until = Date.now() + 90_000; ; ) {
      signal?.throwIfAborted();
      const left = (await Promise.all(resources.map((each) => this.#leftovers(each)))).flat();
      if (left.length === 0) return;
      if (Date.now() > until) {
        const names = left.map(({ object, resource }) => `${resource.resource}/${object.metadata.name}`).join(', ');
        throw new TargetError('timeout', `These objects are still not gone after 90 s: ${names}.`);
      }
      const going = left.filter(({ object }) => object.metadata.deletionTimestamp === undefined);
      await Promise.all(going.map(({ resource, object }) => this.#delete(resource, object)));
      await sleep(going.length > 0 ? 100 : 300);
    }
  }

  async #leftovers(resource: Resource & { readonly namespaced: boolean }) {
    const options = resource.namespaced || resource.resource === 'namespaces' ? {} : { labelSelector: LAB_LABEL };
    const list = await orAbsent(this.#client.list(resource, {}, options));
    return (list?.items ?? [])
      .filter((object) =>
        resource.resource === 'namespaces'
          ? !SYSTEM_NAMESPACES.includes(object.metadata.name) && object.metadata.name !== 'default'
          : !SYSTEM_NAMESPACES.includes(object.metadata.namespace ?? '') && !isBuiltIn(resource, object),
      )
      .map((object) => ({ resource, object }));
  }

  async #delete(resource: Resource, { metadata }: ApiObject): Promise<void> {
    const at = metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
    await orAbsent(
      this.#client.delete(
        resource,
        { ...at, name: metadata.name },
        // A second to end in: half a minute is long to wait for a fresh start.
        { propagationPolicy: 'Background', ...(resource.resource === 'pods' ? { gracePeriodSeconds: 1 } : {}) },
      ),
    );
  }
}

const SYSTEM_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'];
/** Written by controllers from other objects, or nobody's to delete. */
const UNTOUCHED = ['events', 'endpoints', 'endpointslices', 'nodes', 'componentstatuses', 'controllerrevisions'];
const UNTOUCHED_GROUPS = ['events.k8s.io', 'coordination.k8s.io', 'apiregistration.k8s.io', 'certificates.k8s.io'];

/** What Kubernetes puts into each namespace by itself. */
function isBuiltIn({ resource }: Resource, { metadata: { name, namespace } }: ApiObject): boolean {
  return (
    (resource === 'configmaps' && name === 'kube-root-ca.crt') ||
    (resource === 'serviceaccounts' && name === 'default') ||
    (resource === 'services' && namespace === 'default' && name === 'kubernetes')
  );
}

/** undefined for what isn't there; other failures in the Target's words. */
async function orAbsent<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof ApiError && error.status.code === 404) return undefined;
    throw asTargetError(error, 'ask the cluster');
  });
}

function asTargetError(error: unknown, doing: string): Error {
  if (!(error instanceof ApiError)) return error instanceof Error ? error : new Error(String(error));
  const { code, message } = error.status;
  const kind = code === 403 ? 'forbidden' : code === 404 ? 'notFound' : code === 504 ? 'timeout' : 'unavailable';
  return new TargetError(kind, `Could not ${doing}: ${message}`);
}
