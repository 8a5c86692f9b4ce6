import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { formatProblem } from '../../labs/spec/problem.ts';
import type { Context } from '../context.ts';
import { EXIT, Failure } from '../failure.ts';
import { labIds, readLab } from '../labs.ts';

/** `hop lab validate [folder]`: exit 1 when anything is wrong. */
export async function validate({ screen, cwd }: Context, folder: string, options: { json?: boolean }): Promise<number> {
  const full = resolve(cwd, folder);
  if (!existsSync(full) || !statSync(full).isDirectory()) {
    throw new Failure(`There is no folder ${folder} here.`, 'Name a lab (labs/pods) or a folder of labs.', EXIT.usage);
  }
  const isOne = existsSync(join(full, 'lab.yaml'));
  const ids = isOne ? [] : labIds(full);
  if (!isOne && ids.length === 0) {
    throw new Failure(`${folder} holds neither a lab.yaml nor folders with one.`, undefined, EXIT.usage);
  }
  const read = isOne ? [readLab(full, cwd)] : ids.map((id) => readLab(join(full, id), cwd));
  const problems = read.flatMap((each) => each.problems);
  if (options.json) screen.out(JSON.stringify({ labs: read.map(({ id }) => id), problems }, undefined, 2));
  else {
    for (const problem of problems) screen.out(formatProblem(problem));
    const good = read.filter(({ lab }) => lab !== undefined).map(({ id }) => id);
    if (good.length > 0) screen.err(`${screen.paint('green', 'good:')} ${good.join(', ')}`);
    if (problems.length > 0) {
      const count = problems.length === 1 ? 'One problem' : `${problems.length} problems`;
      screen.err(`${screen.paint('red', count)} to mend.`);
    }
  }
  return problems.length === 0 ? EXIT.ok : EXIT.wrong;
}
