import { courseClusters } from '../../labs/targets/kind/cluster.ts';
import { courseFolder } from '../../labs/targets/kind/folder.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../failure.ts';

/** `hop cluster list [--json]` */
export async function list({ screen, env }: Context, options: { json?: boolean }): Promise<number> {
  const clusters = await courseClusters(courseFolder(env));
  if (options.json) screen.out(JSON.stringify({ clusters }, undefined, 2));
  else {
    if (clusters.length === 0) screen.err('The course has no cluster on this machine.');
    for (const { name, nodes, state } of clusters) screen.out(`${name}  ${nodes} nodes  ${state}`);
  }
  return EXIT.ok;
}
