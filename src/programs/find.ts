import { LinuxError, strerror } from '../linux/errno.ts';
import { baseName, resolvePath } from '../linux/files/path.ts';
import type { Process, Program } from '../linux/process/process.ts';

type Test = (path: string, type: string) => boolean;
interface Query {
  readonly tests: readonly Test[];
  readonly deepest: number;
  readonly shallowest: number;
}

/** find(1) as far as people use it: -name, -iname, -path, -type, -maxdepth, -mindepth, -not, -print. */
export const find: Program = async (process) => {
  const args = process.argv.slice(1);
  const first = args.findIndex((argument) => /^[-!(]/.test(argument));
  const starts = first < 0 ? args : args.slice(0, first);
  const query = parse(first < 0 ? [] : args.slice(first));
  if (typeof query === 'string') {
    await process.stderr.write(`find: ${query}\n`);
    return 1;
  }
  let status = 0;
  for (const start of starts.length === 0 ? ['.'] : starts) {
    try {
      await visit(process, start, 0, query);
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      await process.stderr.write(`find: ‘${start}’: ${strerror[error.errno]}\n`);
      status = 1;
    }
  }
  return status;
};

async function visit(process: Process, path: string, depth: number, query: Query): Promise<void> {
  const full = resolvePath(process.cwd, path);
  const { type } = process.files.stat(full, { link: true });
  if (depth >= query.shallowest && query.tests.every((test) => test(path, type))) {
    await process.stdout.write(`${path}\n`, process.signals.ended);
  }
  if (type !== 'directory' || depth >= query.deepest) return;
  for (const name of process.files.list(full))
    await visit(process, `${path.replace(/\/$/, '')}/${name}`, depth + 1, query);
}

const TYPES: Readonly<Record<string, string>> = { f: 'file', d: 'directory', l: 'symlink', c: 'device' };

/** @returns what is wrong with the expression, as a text */
function parse(args: readonly string[]): Query | string {
  const tests: Test[] = [];
  let [deepest, shallowest, negate] = [Number.POSITIVE_INFINITY, 0, false];
  const add = (test: Test) => {
    const not = negate;
    tests.push((path, type) => test(path, type) !== not);
    negate = false;
  };
  for (let i = 0; i < args.length; i++) {
    const name = args[i] as string;
    if (name === '-not' || name === '!') {
      negate = true;
      continue;
    }
    if (name === '-print' || name === '-a' || name === '-and') continue;
    if (!['-name', '-iname', '-path', '-type', '-maxdepth', '-mindepth'].includes(name))
      return `unknown predicate \`${name}'`;
    const value = args[++i];
    if (value === undefined) return `missing argument to \`${name}'`;
    if (name === '-type') {
      const wanted = TYPES[value];
      if (wanted === undefined) return `Unknown argument to -type: ${value}`;
      add((_, type) => type === wanted);
    } else if (name === '-maxdepth' || name === '-mindepth') {
      if (!/^\d+$/.test(value)) return `Expected a positive decimal integer argument to ${name}, but got ‘${value}’`;
      if (name === '-maxdepth') deepest = Number(value);
      else shallowest = Number(value);
    } else {
      const pattern = glob(value, name === '-iname');
      add((path) => pattern.test(name === '-path' ? path : baseName(path)));
    }
  }
  return { tests, deepest, shallowest };
}

function glob(pattern: string, ignoreCase: boolean): RegExp {
  const source = pattern
    .replace(/[\\^$.+()|{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  return new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
}
