import type { Table } from '../../kubernetes/api/operation.ts';
import { isNotFound } from '../errors.ts';
import type { FlagValues } from '../flags/flag.ts';
import { namingSelectors } from '../list.ts';
import { listOptions } from '../list-options.ts';
import { type ApiResource, singularName } from '../resources.ts';
import type { Session } from '../session.ts';
import { Columns } from './columns.ts';
import type { OutputFormat } from './format.ts';
import { sortObjects } from './sort.ts';
import { headerCells, rowCells, type TableOptions } from './table.ts';

/** One request of `kubectl get`: an object by name, or all of a kind; without `namespace`, of all namespaces. */
export interface GetRequest {
  readonly resource: ApiResource;
  readonly name?: string;
  readonly namespace?: string;
}

/** Prints the tables that the server answers, one group for each run of requests of one kind. */
export async function printTables(
  session: Session,
  requests: readonly GetRequest[],
  format: Extract<OutputFormat, { kind: 'table' }>,
  flags: FlagValues,
  errors: unknown[],
): Promise<void> {
  const columns = new Columns(session.process.stdout);
  const headers = !flags.bool('no-headers');
  const several = new Set(requests.map(({ resource }) => resource)).size > 1;
  let last: ApiResource | undefined;
  let printed = 0;
  for (const request of requests) {
    const table = await tableOf(session, request, flags, errors);
    if (table === undefined || table.rows.length === 0) continue;
    const options = tableOptions(format, flags, request.resource, several);
    const rows = rowCells(table, options);
    const begins = last !== request.resource;
    if (begins) {
      columns.reset();
      if (last !== undefined && headers) await session.out('\n');
    }
    await columns.write(begins && headers ? [headerCells(table, options), ...rows] : rows);
    last = request.resource;
    printed += rows.length;
  }
  if (printed === 0 && errors.length === 0 && !flags.bool('ignore-not-found'))
    await session.err(nothingFound(requests));
}

/** `No resources found in default namespace.` */
export function nothingFound(requests: readonly GetRequest[]): string {
  const namespace = requests.find((request) => request.namespace !== undefined)?.namespace;
  return namespace === undefined ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`;
}

export function tableOptions(
  format: Extract<OutputFormat, { kind: 'table' }>,
  flags: FlagValues,
  resource: ApiResource,
  showKind: boolean,
): TableOptions {
  return {
    wide: format.wide,
    namespaces: flags.bool('all-namespaces') && resource.namespaced,
    labels: flags.bool('show-labels'),
    labelColumns: flags.list('label-columns'),
    kind: showKind || flags.bool('show-kind') ? singularName(resource) : undefined,
    event: flags.bool('output-watch-events'),
  };
}

/** The server's table, sorted where that is asked for; undefined after an error (which is kept for the end). */
async function tableOf(
  session: Session,
  { resource, ...at }: GetRequest,
  flags: FlagValues,
  errors: unknown[],
): Promise<Table | undefined> {
  try {
    const options = at.name === undefined ? listOptions(flags) : {};
    const table = await session.client.table(resource, at, options);
    const path = flags.text('sort-by');
    if (path === '' || at.name !== undefined) return table;
    // A table's rows carry metadata alone; what to sort by may be anything.
    const { items } = await session.client.list(resource, at, options);
    const order = sortObjects(items, (object) => object, path) ?? [];
    const key = (metadata: { name: string; namespace?: string }) => `${metadata.namespace ?? ''}/${metadata.name}`;
    const rows = new Map(table.rows.map((row) => [key(row.object.metadata), row]));
    return {
      ...table,
      rows: order.flatMap(({ metadata }) => {
        const row = rows.get(key(metadata));
        return row === undefined ? [] : [row];
      }),
    };
  } catch (error) {
    if (!(flags.bool('ignore-not-found') && isNotFound(error)))
      errors.push(namingSelectors(error, resource, listOptions(flags)));
    return undefined;
  }
}
