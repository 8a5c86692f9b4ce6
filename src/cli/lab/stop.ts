import { askSession } from '../../companion/control.ts';
import { clusterSpec } from '../../labs/spec/cluster.ts';
import { courseClusters, deleteCluster } from '../../labs/targets/kind/cluster.ts';
import { courseFolder } from '../../labs/targets/kind/folder.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../failure.ts';
import { findLab } from '../labs.ts';

/** `hop lab stop ID [--delete]`: ends the session; the cluster stays warm for the next time unless it is to go. */
export async function stop(
  { install, cwd, env, screen }: Context,
  id: string,
  options: { delete?: boolean },
): Promise<number> {
  const lab = findLab(install.labs, id, cwd);
  const folder = courseFolder(env);
  const stopped = await askSession(folder, id, { stop: true });
  screen.err(stopped === undefined ? `No session of "${id}" runs.` : `The session of "${id}" has ended.`);
  const { name } = clusterSpec(lab);
  const there = (await courseClusters(folder)).some((cluster) => cluster.name === name);
  if (!there) return EXIT.ok;
  if (options.delete) {
    screen.err(`Deleting ${name}`);
    await deleteCluster(folder, name);
  } else screen.err(`Its cluster ${name} stays for the next time. To delete it: hop cluster delete ${name}`);
  return EXIT.ok;
}
