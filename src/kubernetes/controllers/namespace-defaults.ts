import { ApiError } from '../client/client.ts';
import type { Namespace } from '../types/cluster.ts';
import type { ControllerContext, RunningController } from './controller.ts';
import { found, ReconcileLoop } from './queue.ts';
import { CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS } from './resources.ts';

const ROOT_CA = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'kube-root-ca.crt',
    annotations: {
      'kubernetes.io/description':
        'Stands where a real cluster keeps the certificate of its API server; kept so that listings look alike.',
    },
  },
  data: { 'ca.crt': 'The simulated API server speaks no TLS, so there is no certificate to trust.\n' },
};
const DEFAULT_ACCOUNT = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };

/** Puts into each namespace what upstream's serviceaccount and root-ca-cert-publisher controllers put there. */
export function namespaceDefaultsController({ client, clock, feeds }: ControllerContext): RunningController {
  const loop = new ReconcileLoop(clock, reconcile);
  feeds.on(NAMESPACES, (change, { metadata }) => {
    if (change === 'ADDED') loop.add(metadata.name);
  });
  for (const [resource, name] of [
    [SERVICE_ACCOUNTS, 'default'],
    [CONFIG_MAPS, ROOT_CA.metadata.name],
  ] as const) {
    feeds.on(resource, (change, { metadata }) => {
      if (change === 'DELETED' && metadata.name === name) loop.add(metadata.namespace ?? '');
    });
  }
  return { stop: () => loop.stop() };

  async function reconcile(name: string): Promise<void> {
    const namespace = (await found(client.get(NAMESPACES, { name }))) as Namespace | undefined;
    if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return;
    await ensure(client.create(SERVICE_ACCOUNTS, DEFAULT_ACCOUNT, { namespace: name }));
    await ensure(client.create(CONFIG_MAPS, ROOT_CA, { namespace: name }));
  }
}

async function ensure(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (failure) {
    if (!(failure instanceof ApiError) || failure.status.reason !== 'AlreadyExists') throw failure;
  }
}
