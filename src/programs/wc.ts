import { readAll } from '../linux/process/streams.ts';
import { eachInput } from './gnu/input.ts';
import { gnu } from './gnu/options.ts';

const COLUMNS = ['lines', 'words', 'chars', 'bytes', 'max-line-length'] as const;
type Counts = Record<(typeof COLUMNS)[number], number>;

export const wc = gnu(
  {
    name: 'wc',
    usage: '[OPTION]... [FILE]...',
    does: 'Print newline, word, and byte counts for each FILE.',
    options: [
      { short: 'l', long: 'lines' },
      { short: 'w', long: 'words' },
      { short: 'm', long: 'chars' },
      { short: 'c', long: 'bytes' },
      { short: 'L', long: 'max-line-length' },
    ],
  },
  async (process, parsed) => {
    const asked = COLUMNS.filter((column) => parsed.has(column));
    const columns = asked.length > 0 ? asked : (['lines', 'words', 'bytes'] as const);
    const rows: { readonly counts: Counts; readonly name: string }[] = [];
    const good = await eachInput(process, parsed.operands, async (reader, name) => {
      rows.push({ counts: count(await readAll(reader, process.signals.ended)), name });
    });
    const total = rows.reduce<Counts>((sum, { counts }) => add(sum, counts), count(new Uint8Array()));
    const operands = parsed.operands.length;
    if (operands > 1) rows.push({ counts: total, name: 'total' });
    // GNU: as wide as the largest number could get from the files' sizes; 7 where a size isn't known beforehand.
    const unknown = operands === 0 || parsed.operands.includes('-');
    const single = columns.length === 1 && rows.length === 1;
    const width = single ? 1 : unknown ? 7 : String(total.bytes).length;
    for (const { counts, name } of rows) {
      const cells = columns.map((column) => String(counts[column]).padStart(width)).join(' ');
      await process.stdout.write(`${cells}${operands === 0 ? '' : ` ${name}`}\n`);
    }
    return good ? 0 : 1;
  },
);

function count(bytes: Uint8Array): Counts {
  const text = new TextDecoder().decode(bytes);
  const lines = text.split('\n');
  return {
    lines: lines.length - 1,
    words: text.split(/\s+/).filter((word) => word !== '').length,
    chars: [...text].length,
    bytes: bytes.length,
    'max-line-length': Math.max(...lines.map((line) => line.length)),
  };
}

function add(a: Counts, b: Counts): Counts {
  return {
    lines: a.lines + b.lines,
    words: a.words + b.words,
    chars: a.chars + b.chars,
    bytes: a.bytes + b.bytes,
    'max-line-length': Math.max(a['max-line-length'], b['max-line-length']),
  };
}
