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
  // A list without entries, or with an empty one, is how a client asks to forget who owns what.
  const given = draft.metadata.managedFields as readonly object[] | undefined;
  if (old !== undefined && given?.every((entry) => Object.keys(entry).length === 0) === true) {
    delete draft.metadata.managedFields;
    return;
  }
  const start = readManagers(old?.metadata.managedFields);
  const { added, modified, removed } = compare(old, draft, served.type);
  const changed = ownable(added.union(modified), served.type, subresource);
  if (changed.empty && removed.empty) {
    delete draft.metadata.managedFields;
    if (old?.metadata.managedFields !== undefined) {
      draft.metadata.managedFields = old.metadata.managedFields as unknown[];
    }
    return;
  }
  const me = { name: manager, operation: 'Update', apiVersion: apiVersion(served.kind), subresource } as const;
  const before = start.find((each) => isSame(each, me));
  const others = start
    .filter((each) => each !== before)
    .map((each) => ({ ...each, fields: each.fields.without(changed).without(removed) }));
  const mine = (before?.fields.without(removed) ?? changed).union(changed);
  const dated = withFields(me, mine, before, now);
  // The server leaves the time out where it writes the entry through a scale.
  writeManagers(draft.metadata, [...others, subresource === 'scale' ? { ...dated, time: '' } : dated]);
}
