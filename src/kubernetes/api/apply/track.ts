import type { AnyDraft } from '../draft.ts';
import type { ApiObject } from '../operation.ts';
import { apiVersion, type Served } from '../registry.ts';
import { compare } from './compare.ts';
import { isSame, ownable, readManagers, withFields, writeManagers } from './managers.ts';

/**
 * Books in `metadata.managedFields` which fields of `draft` this manager has set or changed since
 * `old`; it takes them from whoever had them, as plain writes do. `now` in ms since 1970.
 */
export function trackUpdate(
  draft: AnyDraft,
  old: ApiObject | undefined,
  served: Served,
  manager: string,
  now: number,
  subresource = '',
): void {
  const given = draft.metadata.managedFields;
  // An empty list is how a client asks to forget who owns what.
  const start = given !== undefined && given.length === 0 ? [] : readManagers(old?.metadata.managedFields);
  const { added, modified, removed } = compare(old, draft, served.type);
  const changed = ownable(added.union(modified), served.type, subresource);
  const me = { name: manager, operation: 'Update', apiVersion: apiVersion(served.kind), subresource } as const;
  const before = start.find((each) => isSame(each, me));
  if (changed.empty && removed.empty && start === readManagers(old?.metadata.managedFields)) {
    draft.metadata.managedFields = old?.metadata.managedFields as unknown[];
    if (draft.metadata.managedFields === undefined) delete draft.metadata.managedFields;
    return;
  }
  const others = start
    .filter((each) => each !== before)
    .map((each) => ({ ...each, fields: each.fields.without(changed).without(removed) }));
  const mine = (before?.fields.without(removed) ?? changed).union(changed);
  writeManagers(draft.metadata, [...others, withFields(me, mine, before, now)]);
}
