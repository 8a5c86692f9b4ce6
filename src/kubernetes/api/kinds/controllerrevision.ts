import type { ControllerRevision } from '../../types/apps.ts';
import { isMap } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import { age } from '../time.ts';
import { validateImmutable } from '../validation/metadata.ts';

export const controllerRevision: KindDefinition = {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  resource: 'controllerrevisions',
  singular: 'controllerrevision',
  namespaced: true,
  defaults(draft) {
    // Written even when it says nothing.
    draft.revision ??= 0;
  },
  validate(object, errors) {
    const { revision, data } = object as ControllerRevision;
    if (revision < 0) errors.invalid('revision', revision, 'must be greater than or equal to 0');
    if (data === undefined || data === null) errors.required('data', 'data is mandatory');
    else if (!isMap(data)) errors.required('data', 'data must be a valid JSON object');
  },
  validateUpdate: (object, old, errors) =>
    validateImmutable((object as ControllerRevision).data, (old as ControllerRevision).data, 'data', errors),
  columns: [column('Name'), column('Controller'), column('Revision'), column('Age')],
  cells(object, now) {
    const { metadata, revision } = object as ControllerRevision;
    const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
    const group = owner?.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
    return [
      metadata.name,
      owner === undefined ? '<none>' : `${owner.kind.toLowerCase()}${group}/${owner.name}`,
      revision,
      age(metadata.creationTimestamp, now),
    ];
  },
};
