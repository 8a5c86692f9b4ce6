import type { Table } from '../../kubernetes/api/operation.ts';

export interface TableOptions {
  readonly wide?: boolean;
  readonly namespaces?: boolean;
  readonly labels?: boolean;
  readonly labelColumns?: readonly string[];
  /** Names are printed as `pod/x`; the part before the slash. */
  readonly kind?: string | undefined;
  /** Watched objects are printed with what happened to them. */
  readonly event?: boolean;
}

/** The header line of a table as `kubectl get` prints it. */
export function headerCells(table: Table, options: TableOptions): readonly string[] {
  const cells = shownColumns(table, options).map(({ name }) => name.toUpperCase());
  if (options.namespaces) cells.unshift('NAMESPACE');
  if (options.event) cells.unshift('EVENT');
  for (const label of options.labelColumns ?? []) cells.push((label.split('/').at(-1) ?? label).toUpperCase());
  if (options.labels) cells.push('LABELS');
  return cells;
}

/** The rows of a table; `event` goes before each where events are shown. */
export function rowCells(table: Table, options: TableOptions, event?: string): readonly (readonly string[])[] {
  const shown = shownColumns(table, options).map((column) => table.columnDefinitions.indexOf(column));
  return table.rows.map(({ cells, object }) => {
    const row = shown.map((at, position) => {
      const text = cellText(cells[at]);
      return position === 0 && options.kind !== undefined ? `${options.kind}/${text}` : text;
    });
    if (options.namespaces) row.unshift(object.metadata.namespace ?? '');
    if (options.event) row.unshift(event ?? '');
    const labels = object.metadata.labels ?? {};
    for (const label of options.labelColumns ?? []) row.push(labels[label] ?? '');
    if (options.labels) row.push(labelText(labels));
    return row;
  });
}

/** `a=b,c=d` in the order of the keys, `<none>` without any. */
export function labelText(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? '<none>' : pairs.map(([key, value]) => `${key}=${value}`).join(',');
}

function shownColumns(table: Table, options: TableOptions) {
  return table.columnDefinitions.filter(({ priority }) => options.wide || priority === 0);
}

/** A cell is one line: what follows a line break is cut. */
function cellText(cell: string | number | boolean | null | undefined): string {
  if (cell === null || cell === undefined) return '<none>';
  const text = String(cell);
  const end = text.search(/[\n\r\f]/);
  return end < 0 ? text : `${text.slice(0, end)}...`;
}
