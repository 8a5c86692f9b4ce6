import type { IPAddress } from '../../types/networking.ts';
import { semanticallyEqual } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import { age } from '../time.ts';
import { canonicalIpProblem } from '../validation/ip.ts';
import { dnsSubdomain, pathSegment } from '../validation/names.ts';

/** Its name is the address (KEP-1880). */
export const ipAddress: KindDefinition = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  resource: 'ipaddresses',
  singular: 'ipaddress',
  shortNames: ['ip'],
  namespaced: false,
  name(name) {
    const problem = canonicalIpProblem(name);
    return problem === undefined ? [] : [problem];
  },
  defaults(draft) {
    draft.spec ??= {};
  },
  validate(object, errors) {
    const parent = (object as IPAddress).spec?.parentRef;
    const path = 'spec.parentRef';
    if (parent === undefined) {
      errors.later.required(path);
      return;
    }
    if (parent.group)
      for (const problem of dnsSubdomain(parent.group)) errors.invalid(`${path}.group`, parent.group, problem);
    for (const field of ['resource', 'name'] as const) {
      const value = parent[field];
      if (!value) errors.later.required(`${path}.${field}`);
      else for (const problem of pathSegment(value)) errors.invalid(`${path}.${field}`, value, problem);
    }
    if (!parent.namespace) return;
    for (const problem of pathSegment(parent.namespace)) errors.invalid(`${path}.namespace`, parent.namespace, problem);
  },
  validateUpdate(object, old, errors) {
    if (semanticallyEqual((object as IPAddress).spec?.parentRef, (old as IPAddress).spec?.parentRef)) return;
    errors.later.invalid('spec.parentRef', null, 'field is immutable');
  },
  // A row has one cell more than the table has columns, upstream too: no age is shown.
  columns: [column('Name'), column('ParentRef')],
  cells(object, now) {
    const { metadata, spec } = object as IPAddress;
    const parent = spec?.parentRef;
    const resource = parent?.group ? `${parent.resource}.${parent.group}` : (parent?.resource ?? '');
    const names = [resource.toLowerCase(), ...(parent?.namespace ? [parent.namespace] : []), parent?.name ?? ''];
    return [metadata.name, parent === undefined ? '<none>' : names.join('/'), age(metadata.creationTimestamp, now)];
  },
};
