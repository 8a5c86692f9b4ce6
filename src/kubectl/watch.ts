import type { ApiObject, Status, Table, WatchEvent } from '../kubernetes/api/operation.ts';
import { ApiError } from '../kubernetes/client/client.ts';
import { CommandError } from './errors.ts';
import type { FlagValues } from './flags/flag.ts';
import { listOptions } from './list-options.ts';
import { Columns } from './output/columns.ts';
import type { OutputFormat } from './output/format.ts';
import { printObjects } from './output/print.ts';
import { headerCells, rowCells, type TableOptions } from './output/table.ts';
import { type GetRequest, tableOptions } from './output/tables.ts';
import type { Session } from './session.ts';

/** `kubectl get -w`: prints what is there, then each change, until it is interrupted. */
export async function watchObjects(
  session: Session,
  requests: readonly GetRequest[],
  format: OutputFormat,
  flags: FlagValues,
): Promise<number> {
  const [request] = requests;
  if (request === undefined || requests.length > 1) {
    throw new CommandError('you may only watch a single resource or type of resource at a time');
  }
  const { resource, name, ...at } = request;
  const base = listOptions(flags);
  const options = name === undefined ? base : { ...base, fieldSelector: `metadata.name=${name}` };
  const printer =
    format.kind === 'table'
      ? new TablePrinter(session, tableOptions(format, flags, resource, false), flags)
      : undefined;
  let resourceVersion: string | undefined;
  if (printer !== undefined) {
    const table = await session.client.table(resource, name === undefined ? at : { ...at, name }, base);
    resourceVersion = table.metadata.resourceVersion;
    if (!flags.bool('watch-only')) await printer.print(table, 'ADDED');
  } else if (format.kind !== 'table') {
    const { items, metadata } = await session.client.list(resource, at, options);
    if (name !== undefined && items.length === 0) await session.client.get(resource, { ...at, name });
    resourceVersion = metadata.resourceVersion;
    for (const object of flags.bool('watch-only') ? [] : items)
      await printObjects(session, format, [{ resource, object }], false);
  }
  const watch = await session.client.watch(resource, at, {
    ...options,
    table: printer !== undefined,
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  });
  try {
    for (;;) {
      const event = await watch.next(session.ended);
      if (event === undefined) return 0;
      if (event.type === 'ERROR') throw new ApiError(event.object as Status);
      if (event.type === 'BOOKMARK') continue;
      if (printer !== undefined) await printer.print(event.object as Table, event.type);
      else if (format.kind !== 'table')
        await printObjects(session, format, [{ resource, object: event.object as ApiObject }], false);
    }
  } finally {
    watch.stop();
  }
}

/** Rows under one header; columns keep the widths that they once had. */
class TablePrinter {
  readonly #columns: Columns;
  readonly #options: TableOptions;
  #headers: boolean;
  #definitions: Table['columnDefinitions'] = [];

  constructor(session: Session, options: TableOptions, flags: FlagValues) {
    this.#columns = new Columns(session.process.stdout);
    this.#options = options;
    this.#headers = !flags.bool('no-headers');
  }

  async print(answered: Table, event: WatchEvent['type']): Promise<void> {
    // Later tables of a watch may leave the columns out: they are the first one's.
    if (answered.columnDefinitions.length > 0) this.#definitions = answered.columnDefinitions;
    const table = { ...answered, columnDefinitions: this.#definitions };
    const rows = rowCells(table, this.#options, event);
    if (rows.length === 0) return;
    await this.#columns.write(this.#headers ? [headerCells(table, this.#options), ...rows] : rows);
    this.#headers = false;
  }
}
