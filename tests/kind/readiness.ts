import { dockerEngine } from '../../src/labs/targets/kind/docker.ts';
import { nodeImage } from '../../src/labs/targets/kind/image.ts';
import { run } from '../../src/labs/targets/kind/run.ts';

/** Why the tests on a real cluster can't run on this machine; undefined when they can. They never fetch anything. */
export async function missing(): Promise<string | undefined> {
  const engine = await dockerEngine().catch((error: Error) => error);
  if (engine instanceof Error) return engine.message;
  const kind = await run('kind', ['version']).catch((error: Error) => error);
  if (kind instanceof Error) return kind.message;
  const image = nodeImage();
  const { code } = await run('docker', ['image', 'inspect', image]);
  return code === 0 ? undefined : `The node image ${image} is not here (HOP_KIND_NODE_IMAGE may name another one).`;
}

/** For `describe.skipIf`: says once why the tests are left out. */
export async function leftOut(): Promise<boolean> {
  const reason = await missing();
  if (reason !== undefined) console.warn(`Tests on a kind cluster are left out: ${reason}`);
  return reason !== undefined;
}
