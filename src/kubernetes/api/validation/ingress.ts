import type { Ingress, IngressBackend, IngressPath, IngressRule, IngressSpec } from '../../types/networking.ts';
import type { FieldErrors } from './field-errors.ts';
import { ipProblem, parseAddress, report } from './ip.ts';
import { dnsLabel, dnsSubdomain, pathSegment, portName, wildcardSubdomain } from './names.ts';
import { portProblems } from './ports.ts';

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const notAddress = 'must be a DNS name, not an IP address';

/** Source: pkg/apis/networking/validation. */
export function validateIngressSpec(spec: IngressSpec, errors: FieldErrors): void {
  const rules = spec.rules ?? [];
  if (rules.length === 0 && spec.defaultBackend === undefined) {
    errors.invalid('spec', spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified');
  }
  if (spec.defaultBackend !== undefined) validateBackend(spec.defaultBackend, 'spec.defaultBackend', errors);
  for (const [index, rule] of rules.entries()) validateRule(rule, `spec.rules[${index}]`, errors);
  for (const [index, { hosts = [], secretName }] of (spec.tls ?? []).entries()) {
    const path = `spec.tls[${index}]`;
    for (const [i, host] of hosts.entries()) {
      const problems = host.includes('*') ? wildcardSubdomain(host) : dnsSubdomain(host);
      for (const problem of problems) errors.invalid(`${path}.hosts[${i}]`, host, problem);
    }
    if (secretName) {
      for (const problem of dnsSubdomain(secretName)) errors.invalid(`${path}.secretName`, secretName, problem);
    }
  }
  if (spec.ingressClassName !== undefined) {
    for (const problem of dnsSubdomain(spec.ingressClassName)) {
      errors.invalid('spec.ingressClassName', spec.ingressClassName, problem);
    }
  }
}

function validateRule({ host, http }: IngressRule, path: string, errors: FieldErrors): void {
  if (host) {
    if (parseAddress(host) !== undefined) errors.invalid(`${path}.host`, host, notAddress);
    const problems = host.includes('*') ? wildcardSubdomain(host) : dnsSubdomain(host);
    for (const problem of problems) errors.invalid(`${path}.host`, host, problem);
  }
  if (http === undefined) return;
  const paths = http.paths ?? [];
  if (paths.length === 0) errors.required(`${path}.http.paths`);
  for (const [index, each] of paths.entries()) validatePath(each, `${path}.http.paths[${index}]`, errors);
}

function validatePath({ path = '', pathType, backend }: IngressPath, at: string, errors: FieldErrors): void {
  if (!pathType) {
    errors.required(`${at}.pathType`, 'pathType must be specified');
    return;
  }
  if (!pathTypes.includes(pathType)) errors.notSupported(`${at}.pathType`, pathType, pathTypes);
  else if (!path.startsWith('/') && (path !== '' || pathType !== 'ImplementationSpecific')) {
    errors.invalid(`${at}.path`, path, 'must be an absolute path');
  }
  if (pathType === 'Exact' || pathType === 'Prefix') {
    for (const part of ['//', '/./', '/../', '%2f', '%2F']) {
      if (path.includes(part)) errors.invalid(`${at}.path`, path, `must not contain '${part}'`);
    }
    for (const end of ['/..', '/.']) {
      if (path.endsWith(end)) errors.invalid(`${at}.path`, path, `cannot end with '${end}'`);
    }
  }
  validateBackend(backend, `${at}.backend`, errors);
}

function validateBackend({ service, resource }: IngressBackend, path: string, errors: FieldErrors): void {
  if (service !== undefined && resource !== undefined) {
    errors.invalid(path, '', 'cannot set both resource and service backends');
  } else if (resource !== undefined) validateResource(resource, `${path}.resource`, errors);
  else if (service === undefined) errors.invalid(path, '', 'resource or service backend is required');
  else {
    if (!service.name) errors.required(`${path}.service.name`);
    else for (const problem of dnsLabel(service.name)) errors.invalid(`${path}.service.name`, service.name, problem);
    const { name, number } = service.port ?? {};
    if (name && number) errors.invalid(path, '', 'cannot set both port name & port number');
    else if (name) for (const problem of portName(name)) errors.invalid(`${path}.service.port.name`, name, problem);
    else if (number) {
      for (const problem of portProblems(number)) errors.invalid(`${path}.service.port.number`, number, problem);
    } else errors.required(path, 'port name or number is required');
  }
}

function validateResource(
  { apiGroup, kind, name }: NonNullable<IngressBackend['resource']>,
  path: string,
  errors: FieldErrors,
): void {
  if (apiGroup !== undefined) {
    for (const problem of dnsSubdomain(apiGroup)) errors.invalid(`${path}.apiGroup`, apiGroup, problem);
  }
  for (const [field, value] of [
    ['kind', kind],
    ['name', name],
  ] as const) {
    if (!value) errors.required(`${path}.${field}`);
    else for (const problem of pathSegment(value)) errors.invalid(`${path}.${field}`, value, problem);
  }
}

export function validateIngressStatus({ status }: Ingress, old: Ingress, errors: FieldErrors): void {
  const kept = (old.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip ? [ip] : []));
  for (const [index, { ip, hostname }] of (status?.loadBalancer?.ingress ?? []).entries()) {
    const path = `status.loadBalancer.ingress[${index}]`;
    if (ip) report(`${path}.ip`, ip, ipProblem(ip, kept), errors);
    if (!hostname) continue;
    for (const problem of dnsSubdomain(hostname)) errors.invalid(`${path}.hostname`, hostname, problem);
    if (parseAddress(hostname) !== undefined) errors.invalid(`${path}.hostname`, hostname, notAddress);
  }
}
