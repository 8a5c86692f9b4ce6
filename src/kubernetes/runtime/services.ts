import type { NetworkNamespace } from '../../linux/namespace.ts';
import type { Client } from '../client/client.ts';

declare module '../../linux/process/process.ts' {
  interface Services {
    /** The named network namespaces of the machine, as /run/netns lists them. */
    readonly namespaces?: ReadonlyMap<string, NetworkNamespace>;
    /** The API server as a pod reaches it with its ServiceAccount; given to pods of kube-system alone. */
    readonly inCluster?: { readonly client: Client };
  }
}
