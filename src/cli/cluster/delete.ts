import { nearest } from '../../labs/spec/nearest.ts';
import { courseClusters, deleteCluster } from '../../labs/targets/kind/cluster.ts';
import { ownNodes } from '../../labs/targets/kind/docker.ts';
import { courseFolder } from '../../labs/targets/kind/folder.ts';
import { removeOutside } from '../../labs/targets/kind/outside.ts';
import type { Context } from '../context.ts';
import { EXIT, Failure } from '../failure.ts';

/** `hop cluster delete NAME | --all`: the course's own, and no other. */
export async function remove(
  { screen, env }: Context,
  name: string | undefined,
  options: { all?: boolean },
): Promise<number> {
  const folder = courseFolder(env);
  const clusters = (await courseClusters(folder)).map((cluster) => cluster.name);
  if (name === undefined && !options.all) {
    const next =
      clusters.length === 0 ? 'There is none to delete.' : `Name one of ${clusters.join(', ')}, or say --all.`;
    throw new Failure('Which cluster?', next, EXIT.usage);
  }
  if (name !== undefined && !clusters.includes(name)) {
    // Says so when it is somebody else's.
    await ownNodes(name);
    const meant = nearest(name, clusters);
    throw new Failure(
      `The course has no cluster "${name}".`,
      meant === undefined ? undefined : `Did you mean "${meant}"?`,
    );
  }
  for (const each of name === undefined ? clusters : [name]) {
    screen.err(`Deleting ${each}`);
    await deleteCluster(folder, each);
  }
  if ((await courseClusters(folder)).length === 0) await removeOutside();
  return EXIT.ok;
}
