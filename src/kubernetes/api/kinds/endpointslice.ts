import type { EndpointPort, EndpointSlice } from '../../types/service.ts';
import { type AnyDraft, type Draft, semanticallyEqual } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { age } from '../time.ts';
import { validateEndpoints } from '../validation/endpoints.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { ipWarnings } from '../validation/ip-warnings.ts';
import { dnsLabel, qualifiedName } from '../validation/names.ts';
import { validateProtocol } from '../validation/ports.ts';
import { firstThree } from './cells.ts';

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];
const controllers = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

export const endpointSlice: KindDefinition = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  resource: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  generation: true,
  counts: (draft, old) =>
    !semanticallyEqual({ ...draft, metadata: {} }, { ...old, metadata: {} }) ||
    !semanticallyEqual(draft.metadata.labels, old.metadata.labels),
  defaults(draft) {
    const slice = draft as Draft<EndpointSlice>;
    // These are written even when there are none.
    slice.endpoints ??= null;
    if (slice.endpoints?.some(({ conditions }) => conditions === undefined)) {
      slice.endpoints = slice.endpoints.map((endpoint) => ({ ...endpoint, conditions: endpoint.conditions ?? {} }));
    }
    slice.ports ??= null;
    if (slice.ports?.some(({ name, protocol }) => name === undefined || protocol === undefined)) {
      slice.ports = slice.ports.map((port) => ({ ...port, name: port.name ?? '', protocol: port.protocol ?? 'TCP' }));
    }
  },
  prepareCreate: dropTopology,
  prepareUpdate: dropTopology,
  validate(object, errors, old) {
    const { addressType, ports, endpoints } = of(object);
    if (!addressType) errors.later.required('addressType');
    else if (!addressTypes.includes(addressType)) errors.later.notSupported('addressType', addressType, addressTypes);
    validatePorts(ports ?? [], errors);
    const same = old !== undefined && semanticallyEqual(endpoints, of(old).endpoints);
    if (!same) validateEndpoints(endpoints ?? [], addressType, errors);
  },
  validateUpdate(object, old, errors) {
    if (of(object).addressType !== of(old).addressType) {
      errors.later.invalid('addressType', null, 'field is immutable');
    }
  },
  warnings(object, old) {
    const { addressType, endpoints, metadata } = of(object);
    const warnings =
      old === undefined && addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : [];
    if (controllers.includes(metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '')) return warnings;
    for (const [i, { addresses }] of (endpoints ?? []).entries()) {
      for (const [j, ip] of addresses.entries()) warnings.push(...ipWarnings(`endpoints[${i}].addresses[${j}]`, ip));
    }
    return warnings;
  },
  columns: [column('Name'), column('AddressType'), column('Ports'), column('Endpoints'), column('Age')],
  cells(object, now) {
    const { metadata, addressType, ports, endpoints } = of(object);
    const shown = (ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port)));
    const addresses = (endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
    return [
      metadata.name,
      addressType,
      firstThree(shown) || '<unset>',
      firstThree(addresses) || '<unset>',
      age(metadata.creationTimestamp, now),
    ];
  },
};

/** v1 has no free topology any more. */
function dropTopology(draft: AnyDraft): void {
  const slice = draft as Draft<EndpointSlice>;
  if (!slice.endpoints?.some((endpoint) => 'deprecatedTopology' in endpoint)) return;
  slice.endpoints = slice.endpoints.map((endpoint) => {
    const { deprecatedTopology: _, ...rest } = endpoint as typeof endpoint & { deprecatedTopology?: unknown };
    return rest;
  });
}

function validatePorts(ports: readonly EndpointPort[], errors: FieldErrors): void {
  const names = new Set<string>();
  for (const [index, { name = '', protocol, appProtocol }] of ports.entries()) {
    const path = `ports[${index}]`;
    if (name !== '') for (const problem of dnsLabel(name)) errors.invalid(`${path}.name`, name, problem);
    if (names.has(name)) errors.duplicate(`${path}.name`, name);
    names.add(name);
    validateProtocol(protocol, `${path}.protocol`, errors);
    if (appProtocol === undefined) continue;
    for (const problem of qualifiedName(appProtocol)) errors.invalid(`${path}.appProtocol`, appProtocol, problem);
  }
}

function of(object: ApiObject | AnyDraft): EndpointSlice {
  return object as EndpointSlice;
}
