import { execFile } from 'node:child_process';

/** The node image that the tests use; a machine without a container registry names one that it has. */
export const nodeImage = process.env['HOP_KIND_NODE_IMAGE'];

/**
 * Why no real cluster can be had here; undefined: it can. Nothing is pulled: a test run must not fetch a gigabyte
 * unasked, so the image has to be there already.
 */
export async function kindLeftOut(): Promise<string | undefined> {
  const engine = await output('docker', ['info', '--format', '{{.ServerVersion}}']);
  if (engine === undefined) return 'no Docker engine answers (docker info failed)';
  if ((await output('kind', ['version'])) === undefined) return 'kind is not on PATH';
  if ((await output('kubectl', ['version', '--client'])) === undefined) return 'kubectl is not on PATH';
  const images = await output('docker', ['images', '--format', '{{.Repository}}:{{.Tag}}']);
  const have = images?.split('\n') ?? [];
  if (nodeImage !== undefined) {
    return have.includes(nodeImage)
      ? undefined
      : `the node image ${nodeImage} (HOP_KIND_NODE_IMAGE) is not on this machine`;
  }
  return have.some((image) => image.startsWith('kindest/node:'))
    ? undefined
    : 'no kindest/node image is on this machine; pull one, or name another with HOP_KIND_NODE_IMAGE';
}

function output(command: string, argv: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, argv, { timeout: 15_000 }, (error, stdout) => resolve(error === null ? stdout : undefined));
  });
}
