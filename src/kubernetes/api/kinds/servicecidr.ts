import type { ServiceCIDR } from '../../types/networking.ts';
import type { AnyDraft } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { age } from '../time.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { canonicalCidrProblem, parseCidr, report } from '../validation/ip.ts';

const fixed = 'field is immutable';

export const serviceCidr: KindDefinition = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  resource: 'servicecidrs',
  singular: 'servicecidr',
  namespaced: false,
  subresources: ['status'],
  defaults(draft) {
    draft.spec ??= {};
    draft.status ??= {};
  },
  prepareCreate(draft) {
    draft.status = {};
  },
  validate: (object, errors) => validateCidrs(of(object).spec?.cidrs ?? [], errors),
  validateUpdate(object, old, errors) {
    const now = of(object).spec?.cidrs ?? [];
    const before = of(old).spec?.cidrs ?? [];
    // A second family may join; nothing else changes.
    if (now.length !== before.length && !(before.length === 1 && now.length === 2)) {
      errors.invalid('spec.cidrs', now, fixed);
      return;
    }
    for (const [index, cidr] of before.entries()) {
      if (cidr !== now[index]) errors.invalid(`spec.cidrs[${index}]`, now[index], fixed);
    }
  },
  columns: [column('Name'), column('CIDRs'), column('Age')],
  cells: (object, now) => [
    object.metadata.name,
    (of(object).spec?.cidrs ?? []).join(','),
    age(object.metadata.creationTimestamp, now),
  ],
};

function validateCidrs(cidrs: readonly string[], errors: FieldErrors): void {
  if (cidrs.length === 0) errors.required('spec.cidrs', 'at least one CIDR required');
  if (cidrs.length > 2) {
    errors.invalid('spec.cidrs', { CIDRs: cidrs }, 'may only hold up to 2 values');
    return;
  }
  for (const [index, cidr] of cidrs.entries()) report(`spec.cidrs[${index}]`, cidr, canonicalCidrProblem(cidr), errors);
  const [first, second] = cidrs.map((cidr) => parseCidr(cidr)?.address.family);
  if (cidrs.length === 2 && first !== undefined && first === second) {
    const why = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
    errors.invalid('spec.cidrs', cidrs, why);
  }
}

function of(object: ApiObject | AnyDraft): ServiceCIDR {
  return object as ServiceCIDR;
}
