import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { builtinSchema } from '../kubernetes/schema/schema.ts';
import type { Lab } from '../labs/spec/lab.ts';
import { loadLab } from '../labs/spec/load.ts';
import { nearest } from '../labs/spec/nearest.ts';
import { formatProblem, type Problem } from '../labs/spec/problem.ts';
import type { LabSource } from '../labs/spec/source.ts';
import { EXIT, Failure } from './failure.ts';

/** The most that a lab's file is read: more is no lab, and only takes memory. */
const FILE_LIMIT = 5 * 1024 * 1024;

export interface ReadLab {
  readonly id: string;
  readonly lab?: Lab;
  readonly problems: readonly Problem[];
}

/** Reads one lab's folder. Paths in problems are as seen from `cwd`. */
export function readLab(folder: string, cwd: string): ReadLab {
  const full = resolve(cwd, folder);
  const shown = relative(cwd, full);
  const prefix = shown.startsWith('..') || shown === '' ? full : shown;
  const sources: LabSource[] = [];
  const problems: Problem[] = [];
  for (const entry of readdirSync(full, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())) {
    const path = join(prefix, relative(full, pathOf(entry)));
    const { size } = statSync(pathOf(entry));
    if (size > FILE_LIMIT) {
      const message = 'this file is too large for a lab';
      const sizes = { found: `${Math.ceil(size / 1024 / 1024)} MiB`, expected: 'at most 5 MiB' };
      problems.push({ file: path, line: 1, column: 1, field: '', message, ...sizes });
    } else sources.push({ path, text: readFileSync(pathOf(entry), 'utf8') });
  }
  if (problems.length > 0) return { id: basename(full), problems };
  sources.sort((a, b) => (a.path < b.path ? -1 : 1));
  const empty = sources.length === 0 ? [{ path: join(prefix, 'lab.yaml'), text: '' }] : sources;
  const lessons = lessonsBeside(full);
  const known = { schema: builtinSchema(), ...(lessons === undefined ? {} : { lessons }) };
  return { id: basename(full), ...loadLab(empty, known) };
}

/** The lessons of the checkout that a lab's folder is in: `content/1-pods/a-lesson.mdx`. The published package has none. */
function lessonsBeside(lab: string): readonly string[] | undefined {
  const content = join(lab, '..', '..', 'content');
  if (basename(dirname(lab)) !== 'labs' || !existsSync(content)) return undefined;
  return readdirSync(content, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^\d+-[^/\\]+[/\\][^_].*\.mdx?$/.test(path))
    .map((path) => basename(path).replace(/\.mdx?$/, ''));
}

function pathOf(entry: Dirent): string {
  return join(entry.parentPath, entry.name);
}

/** The ids of a folder of labs. */
export function labIds(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^[._]/.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** One of the course's labs, whole; for an unknown id a failure that names the nearest one. */
export function findLab(folder: string, id: string, cwd: string): Lab {
  const ids = labIds(folder);
  if (!ids.includes(id)) {
    const meant = nearest(id, ids);
    const next =
      meant === undefined ? `There are: ${ids.join(', ')}.` : `Did you mean "${meant}"? hop lab list shows all.`;
    throw new Failure(`There is no lab "${id}".`, next, EXIT.usage);
  }
  const { lab, problems } = readLab(join(folder, id), cwd);
  if (lab === undefined) {
    const lines = problems.map((problem) => `  ${formatProblem(problem)}`).join('\n');
    throw new Failure(`The lab "${id}" has problems:\n${lines}`, `Check it with: hop lab validate labs/${id}`);
  }
  return lab;
}
