import type { ApiObject } from '../operation.ts';
import { type Served, shownAs } from '../registry.ts';
import { type FieldSelector, parseFieldSelector } from '../selector/field-selector.ts';
import { parseSelector, type Selector } from '../selector/label-selector.ts';
import type { Collection } from '../store/collection.ts';
import type { Request } from './write.ts';

/** What a request asks to see. */
export interface Filter {
  readonly namespace?: string;
  readonly labels: Selector;
  readonly fields: FieldSelector;
}

export function filterOf({ served, operation }: Request): Filter {
  const { labelSelector = '', fieldSelector = '' } = operation.options ?? {};
  return {
    ...(operation.namespace !== undefined && { namespace: operation.namespace }),
    labels: parseSelector(labelSelector),
    fields: parseFieldSelector(fieldSelector, served.fields),
  };
}

export function passes(filter: Filter, served: Served, object: ApiObject): boolean {
  if (filter.namespace !== undefined && object.metadata.namespace !== filter.namespace) return false;
  if (!filter.labels.matches(object.metadata.labels)) return false;
  return filter.fields.everything || filter.fields.matches(selectable(served, object));
}

/** The object's selectable fields, each computed when it is asked for. */
function selectable({ kind }: Served, object: ApiObject): Readonly<Record<string, string>> {
  return new Proxy({} as Record<string, string>, {
    get(_, field) {
      if (field === 'metadata.name') return object.metadata.name;
      if (field === 'metadata.namespace') return object.metadata.namespace ?? '';
      return kind.fields?.[String(field)]?.(object) ?? '';
    },
  });
}

/** The objects that the request's namespace and selectors let through, in key order. */
export function matching(request: Request): readonly ApiObject[] {
  const { registry, served } = request;
  const filter = filterOf(request);
  const objects = registry.store.objects(served.key);
  const shown = (object: ApiObject) => shownAs(served, object);
  const name = filter.fields.exact('metadata.name');
  if (name !== undefined && (filter.namespace !== undefined || !served.kind.namespaced)) {
    const object = objects.get(filter.namespace, name);
    return object !== undefined && passes(filter, served, object) ? [shown(object)] : [];
  }
  const found =
    filter.labels.everything && filter.fields.everything
      ? objects.list(filter.namespace)
      : candidates(objects, filter, served).filter((object) => passes(filter, served, object));
  return served.stored === undefined ? found : found.map(shown);
}

/** Few objects among which are all that pass: those with a label that the selector wants, or on the node it names. */
function candidates(objects: Collection, { labels, fields, namespace }: Filter, { kind }: Served) {
  const { exact } = labels;
  if (exact !== undefined) {
    const { key, value } = exact;
    return objects.having(`label ${key}`, ({ metadata }) => metadata.labels?.[key], value, namespace);
  }
  const field = Object.keys(kind.fields ?? {}).find((name) => fields.exact(name) !== undefined);
  const read = field === undefined ? undefined : kind.fields?.[field];
  if (field === undefined || read === undefined) return objects.list(namespace);
  return objects.having(`field ${field}`, read, fields.exact(field) ?? '', namespace);
}
