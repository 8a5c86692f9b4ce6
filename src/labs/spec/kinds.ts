import type { KindName } from '../target.ts';

/** The kinds of objects that a lab may name, with the words that people use for them; the second is the resource. */
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

export interface Kind extends KindName {
  readonly namespaced: boolean;
  /** Plural, as in paths: `pods`. */
  readonly resource: string;
}

/** The kind that is meant. `name` is a kind (`Pod`) or a word for it (`pods`). @returns undefined for others. */
export function findKind(name: string): Kind | undefined {
  return kinds.find(({ kind, words }) => kind === name || words.includes(name));
}

export const kinds: readonly (Kind & { readonly words: readonly string[] })[] = table.map((row) => {
  const words = row.words.split(' ');
  return { apiVersion: row.apiVersion, kind: row.kind, words, resource: words[1] ?? '', namespaced: !row.cluster };
});

export const kindNames: readonly string[] = kinds.map(({ kind }) => kind);
export const kindWords: readonly string[] = kinds.flatMap(({ words }) => words);
