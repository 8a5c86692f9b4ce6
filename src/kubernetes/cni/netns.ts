import { NetworkNamespace } from '../../linux/namespace.ts';
import type { Process } from '../../linux/process/process.ts';
import { CniCode, CniError } from './protocol.ts';

/** The network namespace at a path like /var/run/netns/cni-1a2b; undefined where none is. */
export function findNetns(process: Process, path: string): NetworkNamespace | undefined {
  const name = /^(?:\/var)?\/run\/netns\/([^/]+)$/.exec(path)?.[1];
  return name === undefined ? undefined : process.services.namespaces?.get(name);
}

export function openNetns(process: Process, path: string): NetworkNamespace {
  const netns = findNetns(process, path);
  if (netns === undefined) {
    throw new CniError(
      CniCode.Internal,
      `failed to open netns "${path}": failed to Statfs "${path}": no such file or directory`,
    );
  }
  return netns;
}

/** The namespace that the plugin itself runs in: the node's. */
export function ownNetns(process: Process): NetworkNamespace {
  if (process.netns instanceof NetworkNamespace) return process.netns;
  throw new CniError(CniCode.Internal, 'the plugin has no network namespace that it could change');
}
