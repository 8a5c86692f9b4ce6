import { column, type KindDefinition } from '../kind.ts';
import { age } from '../time.ts';

export const serviceAccount: KindDefinition = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  resource: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  answersDeleted: true,
  columns: [column('Name'), column('Age')],
  cells: ({ metadata }, now) => [metadata.name, age(metadata.creationTimestamp, now)],
};
