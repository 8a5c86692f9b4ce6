import type { KindName } from '../target.ts';

/** The kinds of objects that a lab may name, with the words that people use for them. */
const table: readonly (KindName & { readonly words: string; readonly cluster?: true })[] = [
  { apiVersion: 'v1', kind: 'Namespace', words: 'namespace namespaces ns', cluster: true },
  { apiVersion: 'v1', kind: 'Node', words: 'node nodes no', cluster: true },
  { apiVersion: 'v1', kind: 'Pod', words: 'pod pods po' },
  { apiVersion: 'v1', kind: 'ConfigMap', words: 'configmap configmaps cm' },
  { apiVersion: 'v1', kind: 'Event', words: 'event events ev' },
  { apiVersion: 'v1', kind: 'ServiceAccount', words: 'serviceaccount serviceaccounts sa' },
  { apiVersion: 'apps/v1', kind: 'Deployment', words: 'deployment deployments deploy' },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', words: 'replicaset replicasets rs' },
];

/** The kind's full name. `name` is a kind (`Pod`) or a word for it (`pods`). @returns undefined for others. */
export function findKind(name: string): (KindName & { readonly namespaced: boolean }) | undefined {
  const row = table.find((entry) => entry.kind === name || entry.words.split(' ').includes(name));
  return row && { apiVersion: row.apiVersion, kind: row.kind, namespaced: row.cluster === undefined };
}

export const kindNames: readonly string[] = table.map(({ kind }) => kind);
export const kindWords: readonly string[] = table.flatMap(({ words }) => words.split(' '));
