import type { Resource } from '../api/operation.ts';

const core = (resource: string): Resource => ({ group: '', version: 'v1', resource });
const apps = (resource: string): Resource => ({ group: 'apps', version: 'v1', resource });
const networking = (resource: string): Resource => ({ group: 'networking.k8s.io', version: 'v1', resource });

export const PODS = core('pods');
export const NODES = core('nodes');
export const NAMESPACES = core('namespaces');
export const CONFIG_MAPS = core('configmaps');
export const SERVICE_ACCOUNTS = core('serviceaccounts');
const EVENTS = core('events');
export const REPLICA_SETS = apps('replicasets');
export const DEPLOYMENTS = apps('deployments');
export const LEASES: Resource = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' };
export const SERVICES = core('services');
export const ENDPOINTS = core('endpoints');
export const SECRETS = core('secrets');
export const ENDPOINT_SLICES: Resource = { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' };
export const DAEMON_SETS = apps('daemonsets');
export const STATEFUL_SETS = apps('statefulsets');
export const CONTROLLER_REVISIONS = apps('controllerrevisions');
export const NETWORK_POLICIES = networking('networkpolicies');
export const INGRESSES = networking('ingresses');

/** What can own or be owned, and what a namespace's end deletes. */
export const NAMESPACED = [
  PODS,
  REPLICA_SETS,
  DEPLOYMENTS,
  DAEMON_SETS,
  STATEFUL_SETS,
  CONTROLLER_REVISIONS,
  SERVICES,
  ENDPOINTS,
  ENDPOINT_SLICES,
  NETWORK_POLICIES,
  INGRESSES,
  CONFIG_MAPS,
  SECRETS,
  SERVICE_ACCOUNTS,
  EVENTS,
  LEASES,
] as const;
