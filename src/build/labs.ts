import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { builtinSchema } from '../kubernetes/schema/schema.ts';
import type { Lab } from '../labs/spec/lab.ts';
import { loadLab } from '../labs/spec/load.ts';
import { formatProblem, type Problem } from '../labs/spec/problem.ts';
import type { LabSource } from '../labs/spec/source.ts';

const folder = 'labs';

/** All labs of `labs/`, read anew at each call. Problems of any of them come back together. */
export function readLabs(): { readonly labs: readonly Lab[]; readonly problems: readonly Problem[] } {
  const known = { schema: builtinSchema(), lessons: lessonIds() };
  const labs: Lab[] = [];
  const problems: Problem[] = [];
  for (const id of existsSync(folder) ? readdirSync(folder).sort() : []) {
    if (id.startsWith('.') || id.startsWith('_')) continue;
    const result = loadLab(filesOf(`${folder}/${id}`), known);
    problems.push(...result.problems);
    if (result.lab !== undefined) labs.push(result.lab);
  }
  return { labs, problems };
}

/** All labs. Throws, with each problem's file and line, when one of them is at fault. */
export function goodLabs(): readonly Lab[] {
  const { labs, problems } = readLabs();
  if (problems.length > 0) throw new Error(summary(problems));
  return labs;
}

/**
 * Checks `labs/` while authors write: a fault is shown over the page with its file and line, and any change
 * reloads the page at once. In a build the same faults fail it.
 */
export function labs(): AstroIntegration {
  return {
    name: 'hop-labs',
    hooks: {
      'astro:build:start': () => {
        goodLabs();
      },
      'astro:server:setup': ({ server, logger }) => {
        const root = fileURLToPath(new URL(`../../${folder}/`, import.meta.url));
        const look = (): boolean => {
          const { problems } = readLabs();
          const [first] = problems;
          if (first === undefined) return true;
          logger.error(summary(problems));
          server.ws.send({
            type: 'error',
            err: {
              message: summary(problems),
              stack: '',
              plugin: 'labs',
              id: first.file,
              loc: { file: first.file, line: first.line, column: first.column },
            },
          });
          return false;
        };
        server.watcher.add(root);
        server.watcher.on('all', (_event, path) => {
          if (path.startsWith(root) && look()) server.ws.send({ type: 'full-reload', path: '*' });
        });
        server.ws.on('connection', look);
      },
    },
  };
}

function summary(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? 'One problem' : `${problems.length} problems`;
  return `${count} in ${folder}/:\n${problems.map((problem) => `  ${formatProblem(problem)}`).join('\n')}`;
}

/** `content/1-pods/every-pod-has-an-address.mdx` is the lesson `every-pod-has-an-address`. */
function lessonIds(): string[] {
  return readdirSync('content', { recursive: true, encoding: 'utf8' })
    .filter((path) => /^\d+-[^/\\]+[/\\][^_].*\.mdx?$/.test(path))
    .map((path) => basename(path).replace(/\.mdx?$/, ''));
}

function filesOf(path: string): LabSource[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort()
    .map((file) => ({ path: file, text: readFileSync(file, 'utf8') }));
}
