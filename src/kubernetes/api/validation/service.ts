import type { Service, ServicePort, ServiceSpec } from '../../types/service.ts';
import { isExternallyAccessible, isHeadless, needsHealthCheck } from '../service/fields.ts';
import { validateClusterIps } from './cluster-ips.ts';
import type { FieldErrors } from './field-errors.ts';
import { cidrProblem, ipProblem, parseAddress, report, validateEndpointIp } from './ip.ts';
import { validateLabels } from './metadata.ts';
import { dnsLabel, dnsSubdomain, qualifiedName } from './names.ts';
import { validatePort, validatePortOrName, validateProtocol } from './ports.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const policies = ['Cluster', 'Local'];
const DAY = 86400;

/** Source: pkg/apis/core/validation, `validateService`, in its order. */
export function validateService({ spec, metadata }: Service, old: Service | undefined, errors: FieldErrors): void {
  validateTopology(metadata.annotations ?? {}, errors);
  const headless = isHeadless(spec);
  const ports = spec.ports ?? [];
  if (ports.length === 0 && !headless && spec.type !== 'ExternalName') errors.required('spec.ports');
  validateType(spec, errors);
  validatePorts(ports, errors);
  if (spec.selector !== undefined) validateLabels(spec.selector, 'spec.selector', errors);
  validateAffinity(spec, errors);
  validateClusterIps(spec, old?.spec, errors);
  for (const [index, ip] of (spec.externalIPs ?? []).entries()) {
    const path = `spec.externalIPs[${index}]`;
    if (report(path, ip, ipProblem(ip, old?.spec.externalIPs), errors)) validateEndpointIp(ip, path, errors);
  }
  if (!spec.type) errors.required('spec.type');
  else if (!types.includes(spec.type)) errors.notSupported('spec.type', spec.type, types);
  validateUnique(spec, errors);
  validateLoadBalancer(spec, old?.spec, metadata.annotations ?? {}, errors);
  validatePolicies(spec, errors);
}

const HINTS = 'service.kubernetes.io/topology-aware-hints';
const MODE = 'service.kubernetes.io/topology-mode';

function validateTopology(annotations: Readonly<Record<string, string>>, errors: FieldErrors): void {
  const [hints, mode] = [annotations[HINTS], annotations[MODE]];
  if (hints === undefined || mode === undefined || hints === mode) return;
  errors.invalid(`metadata.annotations[${MODE}]`, mode, `must match annotations[${HINTS}] when both are specified`);
}

function validateType(spec: ServiceSpec, errors: FieldErrors): void {
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless(spec)) {
    errors.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`);
  }
  if (spec.type !== 'ExternalName') return;
  const none = 'may not be set for ExternalName services';
  if (spec.clusterIPs?.length) errors.forbidden('spec.clusterIPs', none);
  if (spec.ipFamilies?.length) errors.forbidden('spec.ipFamilies', none);
  if (spec.ipFamilyPolicy !== undefined) errors.forbidden('spec.ipFamilyPolicy', none);
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') errors.required('spec.externalName');
  else for (const problem of dnsSubdomain(name)) errors.invalid('spec.externalName', name, problem);
}

function validatePorts(ports: readonly ServicePort[], errors: FieldErrors): void {
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const path = `spec.ports[${index}]`;
    if (port.name) {
      for (const problem of dnsLabel(port.name)) errors.invalid(`${path}.name`, port.name, problem);
      if (names.has(port.name)) errors.duplicate(`${path}.name`, port.name);
      names.add(port.name);
    } else if (ports.length > 1) errors.required(`${path}.name`);
    validatePort(port.port, `${path}.port`, errors);
    validateProtocol(port.protocol, `${path}.protocol`, errors);
    validatePortOrName(port.targetPort ?? 0, `${path}.targetPort`, errors);
    if (port.appProtocol !== undefined) {
      for (const problem of qualifiedName(port.appProtocol)) {
        errors.invalid(`${path}.appProtocol`, port.appProtocol, problem);
      }
    }
  }
}

function validateAffinity({ sessionAffinity, sessionAffinityConfig: config }: ServiceSpec, errors: FieldErrors): void {
  if (!sessionAffinity) errors.required('spec.sessionAffinity');
  else if (!['ClientIP', 'None'].includes(sessionAffinity)) {
    errors.notSupported('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']);
  }
  const path = 'spec.sessionAffinityConfig';
  if (sessionAffinity === 'None' && config !== undefined) {
    errors.forbidden(path, 'must not be set when session affinity is None');
  }
  const seconds = config?.clientIP?.timeoutSeconds;
  if (sessionAffinity === 'ClientIP' && seconds !== undefined && (seconds <= 0 || seconds > DAY)) {
    errors.invalid(`${path}.clientIP.timeoutSeconds`, seconds, `must be greater than 0 and less than ${DAY}`);
  }
}

function validateUnique({ type, ports = [] }: ServiceSpec, errors: FieldErrors): void {
  if (type === 'ClusterIP') {
    for (const [index, { nodePort }] of ports.entries()) {
      if (nodePort) errors.forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'");
    }
  }
  const nodePorts = new Set<string>();
  for (const [index, { protocol, nodePort }] of ports.entries()) {
    if (!nodePort) continue;
    const key = `${protocol}/${nodePort}`;
    if (nodePorts.has(key)) errors.duplicate(`spec.ports[${index}].nodePort`, nodePort);
    nodePorts.add(key);
  }
  const seen = new Set<string>();
  for (const [index, { protocol, port }] of ports.entries()) {
    const key = `${protocol}/${port}`;
    if (seen.has(key)) {
      errors.duplicate(`spec.ports[${index}]`, {
        Name: '',
        Protocol: protocol,
        AppProtocol: null,
        Port: port,
        TargetPort: 0,
        NodePort: 0,
      });
    }
    seen.add(key);
  }
}

const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';

function validateLoadBalancer(
  spec: ServiceSpec,
  old: ServiceSpec | undefined,
  annotations: Readonly<Record<string, string>>,
  errors: FieldErrors,
): void {
  const balanced = spec.type === 'LoadBalancer';
  const only = "may only be used when `type` is 'LoadBalancer'";
  const annotation = annotations[SOURCE_RANGES];
  if (spec.loadBalancerSourceRanges?.length) {
    const path = 'spec.LoadBalancerSourceRanges';
    if (!balanced) errors.forbidden(path, only);
    const kept = (old?.loadBalancerSourceRanges ?? []).map((range) => range.trim());
    for (const [index, range] of spec.loadBalancerSourceRanges.entries()) {
      report(`${path}[${index}]`, range.trim(), cidrProblem(range.trim(), kept), errors);
    }
  } else if (annotation !== undefined) {
    const path = `metadata.annotations[${SOURCE_RANGES}]`;
    if (!balanced) errors.forbidden(path, only);
    for (const range of annotation.trim() === '' ? [] : annotation.split(',')) {
      report(path, range.trim(), cidrProblem(range.trim()), errors);
    }
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !balanced) {
    errors.forbidden('spec.allocateLoadBalancerNodePorts', only);
  }
  const path = 'spec.loadBalancerClass';
  if (spec.loadBalancerClass === undefined) return;
  if (!balanced) errors.forbidden(path, only);
  else {
    for (const problem of qualifiedName(spec.loadBalancerClass)) errors.invalid(path, spec.loadBalancerClass, problem);
  }
}

function validatePolicies(spec: ServiceSpec, errors: FieldErrors): void {
  const external = spec.externalTrafficPolicy ?? '';
  const path = 'spec.externalTrafficPolicy';
  if (!isExternallyAccessible(spec)) {
    if (external !== '') errors.invalid(path, external, 'may only be set for externally-accessible services');
  } else if (external === '') errors.required(path);
  else if (!policies.includes(external)) errors.notSupported(path, external, policies);
  const health = spec.healthCheckNodePort ?? 0;
  if (needsHealthCheck(spec)) {
    if (health === 0) errors.required('spec.healthCheckNodePort');
    else validatePort(health, 'spec.healthCheckNodePort', errors);
  } else if (health !== 0) {
    errors.invalid(
      'spec.healthCheckNodePort',
      health,
      "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    );
  }
  const internal = spec.internalTrafficPolicy;
  if (internal === undefined) {
    if (spec.type !== undefined && spec.type !== 'ExternalName' && types.includes(spec.type)) {
      errors.required('spec.internalTrafficPolicy');
    }
  } else if (!policies.includes(internal)) errors.notSupported('spec.internalTrafficPolicy', internal, policies);
  const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
  const distribution = spec.trafficDistribution;
  if (distribution !== undefined && !distributions.includes(distribution)) {
    errors.notSupported('spec.trafficDistribution', distribution, distributions);
  }
}

export function validateServiceStatus({ spec, status }: Service, old: Service, errors: FieldErrors): void {
  const ingress = status?.loadBalancer?.ingress ?? [];
  const path = 'status.loadBalancer.ingress';
  if (spec.type !== 'LoadBalancer' && ingress.length > 0) {
    errors.forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'");
    return;
  }
  const kept = (old.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip ? [ip] : []));
  for (const [index, { ip, ipMode, hostname }] of ingress.entries()) {
    const at = `${path}[${index}]`;
    if (ip) report(`${at}.ip`, ip, ipProblem(ip, kept), errors);
    if (ipMode === undefined) {
      if (ip) errors.required(`${at}.ipMode`, 'must be specified when `ip` is set');
    } else if (!ip) errors.forbidden(`${at}.ipMode`, 'may not be specified when `ip` is not set');
    else if (!['Proxy', 'VIP'].includes(ipMode)) errors.notSupported(`${at}.ipMode`, ipMode, ['Proxy', 'VIP']);
    if (!hostname) continue;
    for (const problem of dnsSubdomain(hostname)) errors.invalid(`${at}.hostname`, hostname, problem);
    if (parseAddress(hostname) !== undefined) {
      errors.invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address');
    }
  }
}
