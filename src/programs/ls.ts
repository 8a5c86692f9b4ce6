import { LinuxError, strerror } from '../linux/errno.ts';
import type { FileStat } from '../linux/files/files.ts';
import { resolvePath } from '../linux/files/path.ts';
import type { Process } from '../linux/process/process.ts';
import { modeText } from './gnu/mode.ts';
import { gnu, type Parsed } from './gnu/options.ts';

interface Entry {
  readonly name: string;
  readonly stat: FileStat;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const HALF_A_YEAR = 31_556_952_000 / 2;

export const ls = gnu(
  {
    name: 'ls',
    usage: '[OPTION]... [FILE]...',
    does: 'List information about the FILEs (the current directory by default), sorted by byte value.',
    options: [
      { short: 'a', long: 'all' },
      { short: 'A', long: 'almost-all' },
      { short: 'l' },
      { short: '1' },
      { short: 'C' },
      { short: 'd', long: 'directory' },
      { short: 'F', long: 'classify' },
      { short: 'h', long: 'human-readable' },
      { short: 'R', long: 'recursive' },
      { short: 'r', long: 'reverse' },
      { short: 't' },
      { short: 'S' },
      { short: 'n', long: 'numeric-uid-gid' },
      { long: 'color', value: 'optional' },
    ],
    misuse: 2,
  },
  async (process, parsed) => {
    const names = parsed.operands.length === 0 ? ['.'] : parsed.operands;
    const plain: Entry[] = [];
    const folders: string[] = [];
    let status = 0;
    for (const name of [...names].sort()) {
      try {
        const path = resolvePath(process.cwd, name);
        const long = parsed.has('l') || parsed.has('numeric-uid-gid');
        const stat = process.files.stat(path, { link: long && !name.endsWith('/') });
        if (stat.type === 'directory' && !parsed.has('directory')) folders.push(name);
        else plain.push({ name, stat });
      } catch (error) {
        if (!(error instanceof LinuxError)) throw error;
        await process.stderr.write(`ls: cannot access '${name}': ${strerror[error.errno]}\n`);
        status = 2;
      }
    }
    const lister = new Lister(process, parsed);
    await lister.list(order(plain, parsed));
    const titled = names.length > 1 || parsed.has('recursive');
    for (const [i, folder] of folders.entries()) {
      if (titled) await process.stdout.write(`${i > 0 || plain.length > 0 ? '\n' : ''}${folder}:\n`);
      await lister.folder(folder);
    }
    return status;
  },
);

class Lister {
  readonly #process: Process;
  readonly #parsed: Parsed;
  readonly #long: boolean;

  constructor(process: Process, parsed: Parsed) {
    this.#process = process;
    this.#parsed = parsed;
    this.#long = parsed.has('l') || parsed.has('numeric-uid-gid');
  }

  async folder(name: string): Promise<void> {
    const { files, cwd, stdout } = this.#process;
    const path = resolvePath(cwd, name);
    const all = this.#parsed.has('all');
    const hidden = all || this.#parsed.has('almost-all');
    const names = [
      ...(all ? ['.', '..'] : []),
      ...files.list(path).filter((entry) => hidden || !entry.startsWith('.')),
    ];
    const entries = names.map((entry) => ({ name: entry, stat: files.stat(`${path}/${entry}`, { link: true }) }));
    const ordered = order(entries, this.#parsed);
    if (this.#long) {
      const blocks = entries.reduce(
        (sum, { stat }) => sum + (stat.type === 'file' ? Math.ceil(stat.size / 4096) * 4 : 4),
        0,
      );
      await stdout.write(`total ${this.#parsed.has('human-readable') ? human(blocks * 1024) : blocks}\n`);
    }
    await this.list(ordered);
    if (!this.#parsed.has('recursive')) return;
    for (const entry of ordered.filter(
      ({ stat, name: one }) => stat.type === 'directory' && one !== '.' && one !== '..',
    )) {
      const below = `${name.replace(/\/$/, '')}/${entry.name}`;
      await stdout.write(`\n${below}:\n`);
      await this.folder(below);
    }
  }

  async list(entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const { stdout } = this.#process;
    if (this.#long) {
      await stdout.write(
        this.#longLines(entries)
          .map((line) => `${line}\n`)
          .join(''),
      );
      return;
    }
    const names = entries.map((entry) => this.#shown(entry));
    const columns =
      stdout.tty !== undefined && !this.#parsed.has('1') ? stdout.tty.columns : this.#parsed.has('C') ? 80 : 0;
    await stdout.write(inColumns(names, columns));
  }

  #longLines(entries: readonly Entry[]): readonly string[] {
    const sizes = entries.map(({ stat }) =>
      this.#parsed.has('human-readable') ? human(stat.size) : String(stat.size),
    );
    const width = Math.max(...sizes.map((size) => size.length));
    const owner = this.#parsed.has('numeric-uid-gid') ? '0 0' : 'root root';
    return entries.map((entry, i) => {
      const { stat } = entry;
      const links = stat.type === 'directory' ? 2 : 1;
      const target = stat.type === 'symlink' && stat.target !== undefined ? ` -> ${stat.target}` : '';
      const size = (sizes[i] ?? '').padStart(width);
      return `${modeText(stat)} ${links} ${owner} ${size} ${this.#date(stat.modified)} ${this.#shown(entry)}${target}`;
    });
  }

  #date(modified: number): string {
    const date = new Date(modified);
    const two = (number: number) => String(number).padStart(2, '0');
    const day = `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`;
    const age = this.#process.clock.wall() - modified;
    if (age > HALF_A_YEAR || age < 0) return `${day}  ${date.getUTCFullYear()}`;
    return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  }

  #shown({ name, stat }: Entry): string {
    if (!this.#parsed.has('classify')) return name;
    if (stat.type === 'directory') return `${name}/`;
    if (stat.type === 'symlink') return this.#long ? name : `${name}@`;
    return (stat.mode & 0o111) !== 0 && stat.type === 'file' ? `${name}*` : name;
  }
}

function order(entries: readonly Entry[], parsed: Parsed): readonly Entry[] {
  const byName = (a: Entry, b: Entry) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const sorted = [...entries].sort((a, b) => {
    if (parsed.has('t')) return b.stat.modified - a.stat.modified || byName(a, b);
    return parsed.has('S') ? b.stat.size - a.stat.size || byName(a, b) : byName(a, b);
  });
  return parsed.has('reverse') ? sorted.reverse() : sorted;
}

/** Down the columns first, as many columns as fit; one name a line where `width` is 0. */
function inColumns(names: readonly string[], width: number): string {
  for (let columns = width === 0 ? 1 : names.length; columns > 1; columns--) {
    const rows = Math.ceil(names.length / columns);
    const widths = Array.from({ length: columns }, (_, c) =>
      Math.max(0, ...names.slice(c * rows, (c + 1) * rows).map((name) => name.length)),
    );
    if (widths.reduce((sum, one) => sum + one + 2, -2) > width || (columns - 1) * rows >= names.length) continue;
    return Array.from({ length: rows }, (_, r) => {
      const cells = widths.flatMap((one, c) =>
        names[c * rows + r] === undefined ? [] : [(names[c * rows + r] as string).padEnd(one)],
      );
      return `${cells.join('  ').trimEnd()}\n`;
    }).join('');
  }
  return names.map((name) => `${name}\n`).join('');
}

/** `4.0K`, `12M`: powers of 1024, rounded up, one decimal below ten. */
export function human(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024) {
    value /= 1024;
    unit++;
  }
  if (unit === 0) return String(bytes);
  return `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${'KMGTP'[unit - 1]}`;
}
