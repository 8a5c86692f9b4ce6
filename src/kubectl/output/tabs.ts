/**
 * Text with tabs laid out as `kubectl describe` does (Go's tabwriter with a padding of two): cells that end
 * in a tab and stand below each other in consecutive lines make a column; what follows a line's last tab is free.
 */
export function layOutTabs(text: string, padding = 2): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const widths = lines.map((cells) => new Array<number>(cells.length - 1).fill(0));
  const most = Math.max(0, ...widths.map((row) => row.length));
  for (let column = 0; column < most; column++) {
    for (let from = 0; from < lines.length; from++) {
      let to = from;
      let width = 0;
      while (to < lines.length && column < (widths[to]?.length ?? 0)) {
        width = Math.max(width, [...(lines[to]?.[column] ?? '')].length + padding);
        to++;
      }
      for (let line = from; line < to; line++) (widths[line] as number[])[column] = width;
      if (to > from) from = to;
    }
  }
  return lines
    .map((cells, line) =>
      cells
        .map((cell, at) =>
          at === cells.length - 1 ? cell : cell + ' '.repeat(Math.max(0, (widths[line]?.[at] ?? 0) - [...cell].length)),
        )
        .join(''),
    )
    .join('\n');
}
