import type { Answer, ApiObject, ListMeta } from '../operation.ts';
import { apiVersion } from '../registry.ts';
import { table } from '../table.ts';
import { matching } from './filter.ts';
import { page } from './page.ts';
import type { Request } from './write.ts';

export function list(request: Request): Answer {
  const { registry, served, operation } = request;
  const { limit = 0, continue: token } = operation.options ?? {};
  const { items, metadata } = limit > 0 || token ? page(request) : whole(request);
  if (operation.options?.table === true) {
    const { continue: more, ...rest } = metadata;
    const shown = more ? metadata : rest;
    return { code: 200, body: table(served.kind, items, registry.clock.wall(), shown) };
  }
  const { kind } = served;
  return {
    code: 200,
    body: { kind: kind.listKind ?? `${kind.kind}List`, apiVersion: apiVersion(kind), metadata, items },
  };
}

function whole(request: Request): { readonly items: readonly ApiObject[]; readonly metadata: ListMeta } {
  const items = matching(request);
  const resourceVersion = String(request.registry.store.revision);
  // Lists of custom objects always say that there is no more.
  const end = request.served.kind.custom === true && { continue: '' };
  return { items, metadata: { ...end, resourceVersion } };
}
