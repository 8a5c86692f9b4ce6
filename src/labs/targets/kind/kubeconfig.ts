import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { TargetError } from '../../target.ts';

/** How to reach one cluster's API server, from the kubeconfig that kind wrote for the course. */
export interface Access {
  readonly path: string;
  readonly context: string;
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  readonly ca: Buffer;
  readonly certificate: Buffer;
  readonly key: Buffer;
}

/** Reads the course's own kubeconfig of `cluster`; a file that points anywhere else is refused. */
export async function readAccess(path: string, cluster: string): Promise<Access> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new TargetError('unavailable', `The cluster ${cluster} has no kubeconfig at ${path}.`);
  });
  const config = parse(text) as KubeConfig | null;
  const context = `kind-${cluster}`;
  const server = config?.clusters?.find(({ name }) => name === context)?.cluster;
  const user = config?.users?.find(({ name }) => name === context)?.user;
  const address = server?.server ?? '';
  const data = [
    server?.['certificate-authority-data'],
    user?.['client-certificate-data'],
    user?.['client-key-data'],
  ].map((base64) => (base64 === undefined ? undefined : Buffer.from(base64, 'base64')));
  const [ca, certificate, key] = data;
  if (config?.['current-context'] !== context || !/^https:\/\/127\.0\.0\.1:\d+$/.test(address)) {
    throw new TargetError(
      'forbidden',
      `${path} should hold the context ${context} on 127.0.0.1, but holds something else. ` +
        `Delete the cluster and start again: hop cluster delete ${cluster}`,
    );
  }
  if (ca === undefined || certificate === undefined || key === undefined) {
    throw new TargetError('unavailable', `${path} has no client certificate for ${context}.`);
  }
  return { path, context, server: address, ca, certificate, key };
}

interface KubeConfig {
  readonly 'current-context'?: string;
  readonly clusters?: readonly {
    readonly name: string;
    readonly cluster: { readonly server?: string; readonly 'certificate-authority-data'?: string };
  }[];
  readonly users?: readonly {
    readonly name: string;
    readonly user: { readonly 'client-certificate-data'?: string; readonly 'client-key-data'?: string };
  }[];
}
