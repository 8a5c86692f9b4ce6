import type { EndpointAddress, EndpointSubset, Endpoints } from '../../types/service.ts';
import { type Draft, semanticallyEqual } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { age } from '../time.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { ipProblem, report, validateEndpointIp } from '../validation/ip.ts';
import { ipWarnings } from '../validation/ip-warnings.ts';
import { dnsLabel, dnsSubdomain, qualifiedName } from '../validation/names.ts';
import { validatePort, validateProtocol } from '../validation/ports.ts';
import { firstThree } from './cells.ts';

export const endpoints: KindDefinition = {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  resource: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  deprecated: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  defaults(draft) {
    const endpoints = draft as Draft<Endpoints>;
    const subsets = endpoints.subsets;
    if (subsets?.every(({ ports }) => ports?.every(({ protocol }) => protocol !== undefined) ?? true) !== false) return;
    endpoints.subsets = subsets.map((subset) => ({
      ...subset,
      ...(subset.ports && { ports: subset.ports.map((port) => ({ ...port, protocol: port.protocol ?? 'TCP' })) }),
    }));
  },
  validate(object, errors, old) {
    const same = old !== undefined && semanticallyEqual(of(object).subsets, of(old).subsets);
    if (!same) validateSubsets(of(object), errors);
  },
  warnings(object) {
    if (object.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return [];
    return (of(object).subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [] }, i) => [
      ...addresses.flatMap(({ ip }, j) => ipWarnings(`subsets[${i}].addresses[${j}].ip`, ip)),
      ...notReadyAddresses.flatMap(({ ip }, j) => ipWarnings(`subsets[${i}].notReadyAddresses[${j}].ip`, ip)),
    ]);
  },
  columns: [column('Name'), column('Endpoints'), column('Age')],
  cells: (object, now) => [
    object.metadata.name,
    endpointsCell(of(object).subsets ?? []),
    age(object.metadata.creationTimestamp, now),
  ],
};

function validateSubsets({ subsets = [] }: Endpoints, errors: FieldErrors): void {
  for (const [index, { addresses = [], notReadyAddresses = [], ports = [] }] of subsets.entries()) {
    const path = `subsets[${index}]`;
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      errors.required(path, 'must specify `addresses` or `notReadyAddresses`');
    }
    for (const [i, each] of addresses.entries()) validateAddress(each, `${path}.addresses[${i}]`, errors);
    for (const [i, each] of notReadyAddresses.entries()) {
      validateAddress(each, `${path}.notReadyAddresses[${i}]`, errors);
    }
    for (const [i, { name, port, protocol, appProtocol }] of ports.entries()) {
      const at = `${path}.ports[${i}]`;
      if (name) for (const problem of dnsLabel(name)) errors.invalid(`${at}.name`, name, problem);
      else if (ports.length > 1) errors.required(`${at}.name`);
      validatePort(port, `${at}.port`, errors);
      validateProtocol(protocol, `${at}.protocol`, errors);
      if (appProtocol === undefined) continue;
      for (const problem of qualifiedName(appProtocol)) errors.invalid(`${at}.appProtocol`, appProtocol, problem);
    }
  }
}

function validateAddress({ ip, hostname, nodeName }: EndpointAddress, path: string, errors: FieldErrors): void {
  report(`${path}.ip`, ip, ipProblem(ip), errors);
  if (hostname) for (const problem of dnsLabel(hostname)) errors.invalid(`${path}.hostname`, hostname, problem);
  if (nodeName !== undefined) {
    for (const problem of dnsSubdomain(nodeName)) errors.invalid(`${path}.nodeName`, nodeName, problem);
  }
  validateEndpointIp(ip, `${path}.ip`, errors);
}

function endpointsCell(subsets: readonly EndpointSubset[]): string {
  if (subsets.length === 0) return '<none>';
  return firstThree(
    subsets.flatMap(({ addresses = [], ports = [] }) => {
      if (ports.length === 0) return addresses.map(({ ip }) => ip);
      return ports.flatMap(({ port }) =>
        addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
      );
    }),
  );
}

function of(object: ApiObject): Endpoints {
  return object as Endpoints;
}
