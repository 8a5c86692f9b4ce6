import { seal } from '../decode/seal.ts';
import type { AnyDraft } from '../draft.ts';
import { forbidden, notFound } from '../failure.ts';
import type { Answer, ApiObject, Operation } from '../operation.ts';
import { type Registry, type Served, shownAs } from '../registry.ts';
import { table } from '../table.ts';

/** One request on its way through the server. */
export interface Request {
  readonly registry: Registry;
  readonly served: Served;
  readonly operation: Operation;
}

/** The manager that the written fields are booked under: the given one, or the user. */
export function managerOf({ options, user }: Operation): string {
  return options?.fieldManager || user;
}

/** The object that the request names. Throws the 404. */
export function existing({ registry, served, operation }: Request): ApiObject {
  const name = operation.name ?? '';
  const object = registry.store.objects(served.key).get(operation.namespace, name);
  if (object === undefined) throw notFound(served.kind, name);
  return shownAs(served, object);
}

/** Freezes a draft as the stored object of that revision. */
export function finish(draft: AnyDraft, served: Served, revision: string | undefined): ApiObject {
  const metadata: AnyDraft['metadata'] = draft.metadata;
  if (revision === undefined) delete metadata.resourceVersion;
  else metadata.resourceVersion = revision;
  if (served.stored !== undefined) draft.apiVersion = served.stored;
  seal(draft, served.type);
  return draft as ApiObject;
}

/** Answers with one object, as a table where that is asked for. */
export function answer(
  { registry, served, operation }: Request,
  code: number,
  object: ApiObject,
  warnings: readonly string[] = [],
): Answer {
  const shown = shownAs(served, object);
  const body =
    operation.options?.table === true
      ? table(served.kind, [shown], registry.clock.wall(), { resourceVersion: shown.metadata.resourceVersion ?? '' })
      : shown;
  return { code, body, ...(warnings.length > 0 && { warnings }) };
}

/** The admission plug-in NamespaceLifecycle: nothing is made in a namespace that isn't there or is going away. */
export function checkNamespace({ registry, served, operation }: Request, name: string): void {
  if (!served.kind.namespaced) return;
  const namespace = operation.namespace ?? '';
  const namespaces = { group: '', resource: 'namespaces', kind: 'Namespace' };
  const found = registry.store.objects('/v1/namespaces').get(undefined, namespace);
  if (found === undefined) throw notFound(namespaces, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  throw forbidden(
    served.kind,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  );
}
