import type { KindDefinition } from '../kind.ts';
import { configMap } from './configmap.ts';
import { deployment } from './deployment.ts';
import { event } from './event.ts';
import { lease } from './lease.ts';
import { namespace } from './namespace.ts';
import { node } from './node.ts';
import { pod } from './pod.ts';
import { replicaSet } from './replicaset.ts';
import { serviceAccount } from './serviceaccount.ts';

/** Every kind that the API server stores; a new one is added here. */
export const kinds: readonly KindDefinition[] = [
  configMap,
  event,
  namespace,
  node,
  pod,
  serviceAccount,
  deployment,
  replicaSet,
  lease,
];
