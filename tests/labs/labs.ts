import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtinSchema } from '../../src/kubernetes/schema/schema.ts';
import type { Lab } from '../../src/labs/spec/lab.ts';
import { loadLab } from '../../src/labs/spec/load.ts';
import { formatProblem } from '../../src/labs/spec/problem.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const schema = builtinSchema();

/** The ids of all labs. */
export function labIds(): readonly string[] {
  return readdirSync(join(ROOT, 'labs')).filter((id) => statSync(join(ROOT, 'labs', id)).isDirectory());
}

/** Reads a lab of this checkout. Throws with every problem that it has. */
export function readLab(id: string): Lab {
  const folder = join('labs', id);
  const paths = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(join(ROOT, path)).isFile());
  const files = paths.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
  const { lab, problems } = loadLab(files, { schema });
  if (lab === undefined) throw new Error(problems.map(formatProblem).join('\n'));
  return lab;
}
