import type { Endpoint } from '../../types/service.ts';
import type { FieldErrors } from './field-errors.ts';
import { canonicalIpProblem, ipProblem, parseAddress, report, validateEndpointIp } from './ip.ts';
import { dnsLabel, dnsSubdomain, labelValue } from './names.ts';

const maxEndpoints = 1000;
const maxAddresses = 100;
const maxHints = 8;

/** The endpoints of a slice. Source: pkg/apis/discovery/validation. */
export function validateEndpoints(endpoints: readonly Endpoint[], addressType: string, errors: FieldErrors): void {
  if (endpoints.length > maxEndpoints) {
    errors.tooMany('endpoints', endpoints.length, maxEndpoints);
    return;
  }
  for (const [index, endpoint] of endpoints.entries()) {
    const path = `endpoints[${index}]`;
    const { addresses, nodeName, hostname, hints } = endpoint;
    validateAddresses(addresses ?? [], addressType, `${path}.addresses`, errors);
    if (nodeName !== undefined) {
      for (const problem of dnsSubdomain(nodeName)) errors.invalid(`${path}.nodeName`, nodeName, problem);
    }
    if (hostname !== undefined) {
      for (const problem of dnsLabel(hostname)) errors.invalid(`${path}.hostname`, hostname, problem);
    }
    validateHints(hints?.forZones ?? [], labelValue, `${path}.hints.forZones`, errors);
    validateHints(hints?.forNodes ?? [], dnsSubdomain, `${path}.hints.forNodes`, errors);
  }
}

function validateAddresses(addresses: readonly string[], type: string, path: string, errors: FieldErrors): void {
  if (addresses.length === 0) errors.later.required(path);
  else if (addresses.length > maxAddresses) errors.later.tooMany(path, addresses.length, maxAddresses);
  for (const [index, address] of addresses.entries()) {
    const at = `${path}[${index}]`;
    if (type === 'FQDN') validateDomain(address, at, errors);
    if (type !== 'IPv4' && type !== 'IPv6') continue;
    const problem = type === 'IPv4' ? ipProblem(address) : canonicalIpProblem(address);
    if (!report(at, address, problem, errors)) continue;
    if (parseAddress(address)?.family !== type) errors.invalid(path, address, `must be an ${type} address`);
    validateEndpointIp(address, at, errors);
  }
}

function validateDomain(name: string, path: string, errors: FieldErrors): void {
  const bare = name.replace(/\.$/, '');
  if (name === '') errors.required(path);
  else if (dnsSubdomain(bare).length > 0) errors.invalid(path, bare, dnsSubdomain(bare).join(','));
  else if (!bare.includes('.')) {
    errors.invalid(path, bare, 'should be a domain with at least two segments separated by dots');
  }
}

function validateHints(
  hints: readonly { readonly name: string }[],
  rule: (name: string) => string[],
  path: string,
  errors: FieldErrors,
): void {
  if (hints.length > maxHints) {
    errors.tooMany(path, hints.length, maxHints);
    return;
  }
  const names = new Set<string>();
  for (const [index, { name }] of hints.entries()) {
    const at = `${path}[${index}].name`;
    if (names.has(name)) errors.duplicate(at, name);
    names.add(name);
    for (const problem of rule(name)) errors.invalid(at, name, problem);
  }
}
