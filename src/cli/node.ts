import { nearest } from '../labs/spec/nearest.ts';
import { ownNodes } from '../labs/targets/kind/docker.ts';
import { toolsIn } from '../labs/targets/kind/outside.ts';
import type { Context } from './context.ts';
import { EXIT, Failure } from './failure.ts';
import { A_SHELL, docker, interactive, meantCluster } from './into.ts';

/** `hop node NODE [--tools] [-- CMD]`: ends as the command does. */
export async function node(
  context: Context,
  name: string,
  command: readonly string[],
  options: { tools?: boolean; lab?: string },
): Promise<number> {
  const cluster = await meantCluster(context, options.lab);
  const names = (await ownNodes(cluster)).map((each) => each.name).sort();
  const full = [name, `${cluster}-${name}`].find((each) => names.includes(each));
  if (full === undefined) {
    const short = names.map((each) => each.slice(cluster.length + 1));
    const meant = nearest(name, short);
    const next = meant === undefined ? `Its nodes are: ${short.join(', ')}.` : `Did you mean "${meant}"?`;
    throw new Failure(`The cluster ${cluster} has no node "${name}".`, next, EXIT.wrong);
  }
  const argv = command.length === 0 ? A_SHELL : command;
  if (options.tools) return docker(toolsIn(full, argv, interactive().length > 1));
  return docker(['exec', ...interactive(), full, ...argv]);
}
