import type { Resource } from '../api/operation.ts';

const core = (resource: string): Resource => ({ group: '', version: 'v1', resource });
const apps = (resource: string): Resource => ({ group: 'apps', version: 'v1', resource });

export const PODS = core('pods');
export const NODES = core('nodes');
export const NAMESPACES = core('namespaces');
export const CONFIG_MAPS = core('configmaps');
export const SERVICE_ACCOUNTS = core('serviceaccounts');
const EVENTS = core('events');
export const REPLICA_SETS = apps('replicasets');
export const DEPLOYMENTS = apps('deployments');
export const LEASES: Resource = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' };

/** What can own or be owned, and what a namespace's end deletes. */
export const NAMESPACED = [PODS, REPLICA_SETS, DEPLOYMENTS, CONFIG_MAPS, SERVICE_ACCOUNTS, EVENTS, LEASES] as const;
