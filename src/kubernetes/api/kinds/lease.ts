import type { Lease } from '../../types/cluster.ts';
import { column, type KindDefinition } from '../kind.ts';
import { age } from '../time.ts';

export const lease: KindDefinition = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  resource: 'leases',
  singular: 'lease',
  namespaced: true,
  unconditionalUpdate: false,
  validate(object, errors) {
    const { leaseDurationSeconds, leaseTransitions } = (object as Lease).spec ?? {};
    if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
      errors.invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0');
    }
    if (leaseTransitions !== undefined && leaseTransitions < 0) {
      errors.invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0');
    }
  },
  columns: [column('Name'), column('Holder'), column('Age')],
  cells: (object, now) => [
    object.metadata.name,
    (object as Lease).spec?.holderIdentity ?? '',
    age(object.metadata.creationTimestamp, now),
  ],
};
