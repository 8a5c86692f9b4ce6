import type { KindDefinition } from './kind.ts';
import type { ApiObject, Table } from './operation.ts';

/**
 * The server-side table of some objects, as kubectl get prints it. `now` is in ms since 1970. Rows carry
 * the whole object, which costs nothing here; the HTTP shell cuts it down to its metadata.
 */
export function table(
  kind: KindDefinition,
  objects: readonly ApiObject[],
  now: number,
  metadata: Table['metadata'],
): Table {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: kind.columns,
    rows: objects.map((object) => ({ cells: kind.cells(object, now), object })),
  };
}
