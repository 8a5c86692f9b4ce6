import type { KindDefinition, Subresource } from './kind.ts';
import { kinds } from './kinds/index.ts';
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

/** Every resource that the page's API server serves, in discovery's order: core first, then by group, then by name. */
export function resources(): readonly ApiResource[] {
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
  return { kind: 'APIVersions', apiVersion: 'v1', versions: ['v1'], serverAddressByClientCIDRs: [] };
}

/** The document at `/apis`. */
export function apiGroupList(): unknown {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups().map(groupBody) };
}

/** The document at `/apis/GROUP`; undefined for a group that isn't served. */
export function apiGroup(group: string): unknown {
  return groups().includes(group) ? { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(group) } : undefined;
}

/** The document at `/api/v1` or `/apis/GROUP/VERSION`; undefined for a group-version that isn't served. */
export function apiResourceList(group: string, version: string): ApiResourceList | undefined {
  const served = kinds.filter((kind) => kind.group === group && kind.version === version);
  if (served.length === 0) return undefined;
  const list = served.flatMap(discovered).sort((a, b) => byText(a.name, b.name));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion({ group, version }), resources: list };
}

function groups(): string[] {
  return [...new Set(kinds.map(({ group }) => group))].filter((group) => group !== '');
}

function groupBody(group: string) {
  const versions = [...new Set(kinds.filter((kind) => kind.group === group).map(({ version }) => version))].map(
    (version) => ({ groupVersion: `${group}/${version}`, version }),
  );
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
