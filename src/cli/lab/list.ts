import { clusterSpec } from '../../labs/spec/cluster.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../failure.ts';
import { findLab, labIds } from '../labs.ts';

/** `hop lab list [--json]` */
export async function list({ install, screen, cwd }: Context, options: { json?: boolean }): Promise<number> {
  const labs = labIds(install.labs).map((id) => findLab(install.labs, id, cwd));
  if (options.json) {
    const shown = labs.map((lab) => ({
      ...{ id: lab.id, title: lab.title, lesson: lab.lesson, minutes: lab.minutes, targets: lab.targets },
      cluster: clusterSpec(lab),
      steps: lab.steps.map(({ id, title }) => ({ id, title })),
    }));
    screen.out(JSON.stringify({ labs: shown }, undefined, 2));
    return EXIT.ok;
  }
  const width = Math.max(...labs.map(({ id }) => id.length));
  for (const { id, title, minutes, steps, targets } of labs) {
    const where = targets.length === 1 ? `, ${targets[0]} only` : '';
    const about = screen.paint('dim', `${minutes} minutes, ${steps.length} steps${where}`);
    screen.out(`${screen.paint('cyan', id.padEnd(width))}  ${title}  ${about}`);
  }
  return EXIT.ok;
}
