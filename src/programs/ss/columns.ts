/** One socket's line, in the order of the columns; `process` begins with its own blank, or a line break. */
export interface Row {
  readonly netid: string;
  readonly state: string;
  readonly receiveQueue: string;
  readonly sendQueue: string;
  readonly localAddress: string;
  readonly localPort: string;
  readonly peerAddress: string;
  readonly peerPort: string;
  readonly process: string;
}

interface Column {
  readonly key: keyof Row;
  readonly header: string;
  /** What stands before it, unless it is the first. */
  readonly before: string;
  readonly right?: boolean;
}

const COLUMNS: readonly Column[] = [
  { key: 'netid', header: 'Netid', before: '' },
  { key: 'state', header: 'State', before: ' ' },
  { key: 'receiveQueue', header: 'Recv-Q', before: ' ' },
  { key: 'sendQueue', header: 'Send-Q', before: ' ' },
  { key: 'localAddress', header: 'Local Address:', before: ' ', right: true },
  { key: 'localPort', header: 'Port', before: '' },
  { key: 'peerAddress', header: 'Peer Address:', before: ' ', right: true },
  { key: 'peerPort', header: 'Port', before: '' },
  { key: 'process', header: 'Process', before: '' },
];

/**
 * Lines as iproute2's ss 6.1 lays them out where its output is not a terminal: columns as wide as what is in them. The
 * last line's last field is not measured (it is still open when the widths are taken), so it may stick out.
 */
export function layOut(
  rows: readonly Row[],
  options: { readonly header: boolean; readonly netid: boolean; readonly state: boolean },
): string {
  const shown = COLUMNS.filter(({ key }) => (options.netid || key !== 'netid') && (options.state || key !== 'state'));
  const header = Object.fromEntries(COLUMNS.map(({ key, header: text }) => [key, text])) as unknown as Row;
  const lines = options.header ? [header, ...rows] : rows;
  const widths = shown.map(({ key }) => {
    const measured = key === 'process' && rows.length > 0 ? lines.slice(0, -1) : lines;
    return measured.reduce((most, row) => Math.max(most, row[key].length), 0);
  });
  return lines
    .map((row) => {
      let text = '';
      for (const [i, { key, before, right }] of shown.entries()) {
        const value = row[key];
        const width = widths[i] ?? 0;
        const padded = right ? value.padStart(width) : value.padEnd(width);
        text += (i === 0 ? '' : before) + padded;
      }
      return `${text}\n`;
    })
    .join('');
}
