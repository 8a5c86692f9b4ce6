import { badRequest, expiredContinue } from '../failure.ts';
import type { ApiObject, ListMeta } from '../operation.ts';
import { shownAs } from '../registry.ts';
import { filterOf, passes } from './filter.ts';
import type { Request } from './write.ts';

interface Token {
  readonly v: string;
  /** The revision at which the list began; -1: whatever is there now. */
  readonly rv: number;
  /** The first key of the rest. */
  readonly start: string;
}

const VERSION = 'meta.k8s.io/v1';

/**
 * One part of a list: all parts show the objects as they were when the first was asked for.
 * Source: apiserver/pkg/storage/continue.go; the token is upstream's.
 */
export function page(request: Request): { readonly items: readonly ApiObject[]; readonly metadata: ListMeta } {
  const { registry, served, operation } = request;
  const { limit = 0, continue: text } = operation.options ?? {};
  const token = text ? decode(text) : undefined;
  if (token !== undefined && operation.options?.resourceVersion) {
    if (operation.options.resourceVersion !== '0') {
      throw badRequest('specifying resource version is not allowed when using continue');
    }
  }
  const now = registry.store.revision;
  const revision = token === undefined || token.rv === -1 ? now : token.rv;
  const objects = asOf(request, revision);
  if (objects === undefined) throw expiredContinue(encode({ v: VERSION, rv: -1, start: token?.start ?? '' }));
  const filter = filterOf(request);
  const rest =
    token === undefined ? objects : objects.filter((object) => keyOf(object, filter.namespace) >= token.start);
  const items: ApiObject[] = [];
  let seen = 0;
  for (const object of rest) {
    if (limit > 0 && items.length === limit) break;
    seen++;
    if (passes(filter, served, object)) items.push(shownAs(served, object));
  }
  const last = rest[seen - 1];
  const resourceVersion = String(revision);
  if (seen === rest.length || last === undefined) return { items, metadata: { resourceVersion } };
  const next = encode({ v: VERSION, rv: revision, start: `${keyOf(last, filter.namespace)}\u0000` });
  const everything = filter.labels.everything && filter.fields.everything;
  return {
    items,
    metadata: { resourceVersion, continue: next, ...(everything && { remainingItemCount: rest.length - seen }) },
  };
}

/** The objects of the request's namespace at that revision; undefined where it is forgotten. */
function asOf({ registry, served, operation }: Request, revision: number): readonly ApiObject[] | undefined {
  const { store } = registry;
  const current = store.objects(served.key).list(operation.namespace);
  if (revision >= store.revision) return current;
  const changes = store.since(served.key, revision);
  if (changes === undefined) return undefined;
  const objects = new Map(current.map((object) => [keyOf(object, undefined), object]));
  for (const { before, after } of [...changes].reverse()) {
    if (operation.namespace !== undefined && after.metadata.namespace !== operation.namespace) continue;
    if (before === undefined) objects.delete(keyOf(after, undefined));
    else objects.set(keyOf(before, undefined), before);
  }
  return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}

/** The end of the object's key in etcd: below the namespace's where the list is of one. */
function keyOf({ metadata }: ApiObject, namespace: string | undefined): string {
  const whole = namespace === undefined && metadata.namespace !== undefined;
  return whole ? `${metadata.namespace}/${metadata.name}` : metadata.name;
}

function encode(token: Token): string {
  return btoa(JSON.stringify(token)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

function decode(text: string): Token {
  const invalid = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`);
  let token: Partial<Token>;
  try {
    token = JSON.parse(atob(text.replace(/-/g, '+').replace(/_/g, '/'))) as Partial<Token>;
  } catch {
    throw invalid('illegal base64 data at input byte 0');
  }
  if (token === null || typeof token !== 'object')
    throw invalid('json: cannot unmarshal into Go value of type storage.continueToken');
  if (token.v !== VERSION)
    throw invalid(`server does not recognize this encoded version ${String(token.v ?? '')}`.trim());
  if (typeof token.rv !== 'number' || token.rv === 0) {
    throw invalid('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  }
  if (typeof token.start !== 'string' || token.start === '') {
    throw invalid('encoded start key empty (version meta.k8s.io/v1)');
  }
  return { v: token.v, rv: token.rv, start: token.start };
}
