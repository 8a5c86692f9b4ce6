import type { ConfigMap } from '../../types/cluster.ts';
import { equal } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import { age } from '../time.ts';
import { configKey } from '../validation/names.ts';

/** etcd's limit of an object, which the API server also sets on a ConfigMap's data. */
const dataLimit = 1024 * 1024;

export const configMap: KindDefinition = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  validate(object, errors) {
    const { data = {}, binaryData = {} } = object as ConfigMap;
    let size = 0;
    for (const [key, value] of Object.entries(data)) {
      for (const problem of configKey(key)) errors.invalid(`data[${key}]`, key, problem);
      if (key in binaryData) errors.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData');
      size += value.length;
    }
    for (const [key, value] of Object.entries(binaryData)) {
      for (const problem of configKey(key)) errors.invalid(`binaryData[${key}]`, key, problem);
      size += (value.length * 3) / 4;
    }
    if (size > dataLimit) errors.tooLong('', dataLimit);
  },
  validateUpdate(object, old, errors) {
    const before = old as ConfigMap;
    const after = object as ConfigMap;
    if (before.immutable !== true) return;
    const fixed = 'field is immutable when `immutable` is set';
    if (after.immutable !== true) errors.forbidden('immutable', fixed);
    if (!equal(after.data, before.data)) errors.forbidden('data', fixed);
    if (!equal(after.binaryData, before.binaryData)) errors.forbidden('binaryData', fixed);
  },
  columns: [column('Name'), column('Data'), column('Age')],
  cells(object, now) {
    const { data = {}, binaryData = {} } = object as ConfigMap;
    return [
      object.metadata.name,
      Object.keys(data).length + Object.keys(binaryData).length,
      age(object.metadata.creationTimestamp, now),
    ];
  },
};
