import type { KindDefinition, Subresource } from './kind.ts';
import type { Resource, Verb } from './operation.ts';
import { apiVersion } from './registry.ts';

/** A resource as discovery describes it: how it is called, and what can be done to it. */
export interface ApiResource extends Resource {
  readonly kind: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly Verb[];
}

const allVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The resources of some kinds, in discovery's order: core first, then by group, then by name. */
export function resources(kinds: readonly KindDefinition[]): readonly ApiResource[] {
  const stored = kinds.map((kind) => ({
    group: kind.group,
    version: kind.version,
    resource: kind.resource,
    kind: kind.kind,
    singular: kind.singular,
    namespaced: kind.namespaced,
    shortNames: kind.shortNames ?? [],
    categories: kind.categories ?? [],
    verbs: kind.verbs ?? allVerbs,
  }));
  return stored.sort((a, b) => byText(a.group, b.group) || byText(a.resource, b.resource));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface DiscoveredResource {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

export interface ApiResourceList {
  readonly kind: 'APIResourceList';
  readonly apiVersion: 'v1';
  readonly groupVersion: string;
  readonly resources: readonly DiscoveredResource[];
}

/** The document at `/api` */
export function apiVersions(): unknown {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
}

/** The document at `/apis`. */
export function apiGroupList(kinds: readonly KindDefinition[]): unknown {
  const groups = groupsOf(kinds).map((group) => groupBody(group, kinds));
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

/** The document at `/apis/GROUP`; undefined for a group that isn't served. */
export function apiGroup(group: string, kinds: readonly KindDefinition[]): unknown {
  if (!groupsOf(kinds).includes(group)) return undefined;
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(group, kinds) };
}

/** The document at `/api/v1` or `/apis/GROUP/VERSION`; undefined for a group-version that isn't served. */
export function apiResourceList(
  group: string,
  version: string,
  kinds: readonly KindDefinition[],
): ApiResourceList | undefined {
  const served = kinds.filter((kind) => kind.group === group && kind.version === version);
  if (served.length === 0) return undefined;
  const list = served.flatMap(discovered).sort((a, b) => byText(a.name, b.name));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion({ group, version }), resources: list };
}

/** Upstream's order (kube-aggregator's priorities); groups of custom kinds come last, by name. */
const order = [
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'networking.k8s.io',
  'rbac.authorization.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
];

function groupsOf(kinds: readonly KindDefinition[]): string[] {
  const served = new Set(kinds.map(({ group }) => group));
  const custom = [...served].filter((group) => group !== '' && !order.includes(group)).sort();
  return [...order.filter((group) => served.has(group)), ...custom];
}

/** The newest first: v2, v1, v1beta2, v1alpha1 (kube-aware version sort). */
function versionsOf(group: string, kinds: readonly KindDefinition[]): string[] {
  const rank = (version: string) => {
    const [, major = '0', level = '', minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
    const stable = level === '' ? 2 : level === 'beta' ? 1 : 0;
    return stable * 1e8 + Number(major) * 1e4 + Number(minor);
  };
  const versions = new Set(kinds.filter((kind) => kind.group === group).map(({ version }) => version));
  return [...versions].sort((a, b) => rank(b) - rank(a));
}

function groupBody(group: string, kinds: readonly KindDefinition[]) {
  const versions = versionsOf(group, kinds).map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

const subresourceVerbs: Readonly<Record<Subresource, readonly string[]>> = {
  status: ['get', 'patch', 'update'],
  scale: ['get', 'patch', 'update'],
  binding: ['create'],
  finalize: ['update'],
  log: ['get'],
  exec: ['create', 'get'],
  attach: ['create', 'get'],
  portforward: ['create', 'get'],
  eviction: ['create'],
  ephemeralcontainers: ['get', 'patch', 'update'],
};

const subresourceGroups: Partial<Record<Subresource, { readonly group: string; readonly version: string }>> = {
  scale: { group: 'autoscaling', version: 'v1' },
  eviction: { group: 'policy', version: 'v1' },
};

const subresourceKinds: Partial<Record<Subresource, string>> = {
  scale: 'Scale',
  binding: 'Binding',
  eviction: 'Eviction',
  exec: 'PodExecOptions',
  attach: 'PodAttachOptions',
  portforward: 'PodPortForwardOptions',
};

function discovered(kind: KindDefinition): DiscoveredResource[] {
  const main: DiscoveredResource = {
    name: kind.resource,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: kind.verbs ?? allVerbs,
    ...(kind.shortNames && { shortNames: kind.shortNames }),
    ...(kind.categories && { categories: kind.categories }),
  };
  const parts = (kind.subresources ?? []).map((name) => ({
    name: `${kind.resource}/${name}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...subresourceGroups[name],
    kind: subresourceKinds[name] ?? kind.kind,
    verbs: subresourceVerbs[name],
  }));
  return [main, ...parts];
}

/** `/api` (the core group) or `/apis` in one answer (KEP-3352). */
export function aggregated(root: 'api' | 'apis', kinds: readonly KindDefinition[]): unknown {
  const groups = root === 'api' ? [''] : groupsOf(kinds);
  const items = groups.map((group) => ({
    metadata: group === '' ? {} : { name: group },
    versions: versionsOf(group, kinds).map((version) => ({
      version,
      resources: kinds
        .filter((kind) => kind.group === group && kind.version === version)
        .sort((a, b) => byText(a.resource, b.resource))
        .map(aggregatedResource),
      freshness: 'Current',
    })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedResource(kind: KindDefinition) {
  const [main, ...parts] = discovered(kind);
  const { shortNames, categories, verbs } = main ?? { verbs: [] };
  const subresources = parts.map((part) => ({
    subresource: part.name.slice(kind.resource.length + 1),
    responseKind: { group: part.group ?? '', version: part.version ?? '', kind: part.kind },
    verbs: part.verbs,
  }));
  return {
    resource: kind.resource,
    responseKind: { group: '', version: '', kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs,
    ...(shortNames && { shortNames }),
    ...(categories && { categories }),
    ...(subresources.length > 0 && { subresources: subresources.sort((a, b) => byText(a.subresource, b.subresource)) }),
  };
}
