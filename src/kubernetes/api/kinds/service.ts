import type { Service, ServicePort, ServiceSpec, ServiceStatus } from '../../types/service.ts';
import type { AnyDraft, Draft } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { allocate, release } from '../service/allocate.ts';
import { hasNodePorts, isExternallyAccessible } from '../service/fields.ts';
import { dropTypeDependent, keepAllocated, normalizeClusterIps } from '../service/update.ts';
import { serviceWarnings } from '../service/warnings.ts';
import { age } from '../time.ts';
import { validateClusterIpsUpdate } from '../validation/cluster-ips.ts';
import { dnsLabel } from '../validation/names.ts';
import { validateService, validateServiceStatus } from '../validation/service.ts';
import { addressesOf, formatMap } from './cells.ts';

const AFFINITY_SECONDS = 10800;

export const service: KindDefinition = {
  group: '',
  version: 'v1',
  kind: 'Service',
  resource: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status'],
  answersDeleted: true,
  // Relaxed in 1.37 (KEP-5311): a name may begin with a digit.
  name: dnsLabel,
  defaults(draft) {
    const service = draft as Partial<Draft<Service>>;
    service.status ??= { loadBalancer: {} };
    service.spec ??= {};
    const { spec } = service;
    if (!Object.isFrozen(spec)) defaultSpec(spec);
    if (spec.type === 'LoadBalancer') service.status = withModes(service.status);
  },
  allocate(draft, old, context) {
    const service = draft as Draft<Service>;
    // Parts may be the stored object's own; from here on they are written to.
    const { ports } = service.spec;
    service.spec = { ...service.spec, ...(ports && { ports: ports.map((port) => ({ ...port })) }) };
    if (old !== undefined) keepAllocated(service, old as Service);
    normalizeClusterIps(service.spec, (old as Service | undefined)?.spec);
    return allocate(service, old as Service | undefined, context);
  },
  release: (object, context) => release(object as Service, context),
  prepareCreate(draft) {
    const service = draft as Draft<Service>;
    service.status = { loadBalancer: {} };
    if (service.spec.type === 'ExternalName') delete service.spec.internalTrafficPolicy;
  },
  prepareUpdate(draft, old) {
    const service = draft as Draft<Service>;
    if (service.spec === (old as Service).spec) return;
    dropTypeDependent(service.spec, (old as Service).spec);
    if (service.spec.type === 'ExternalName') delete service.spec.internalTrafficPolicy;
    if (service.spec.type !== 'LoadBalancer') service.status = { ...service.status, loadBalancer: {} };
  },
  validate: (object, errors, old) => validateService(of(object), old as Service | undefined, errors),
  updateFirst: true,
  validateUpdate(object, old, errors) {
    const { spec } = of(object);
    const before = of(old).spec;
    validateClusterIpsUpdate(spec, before, errors);
    if (spec.type !== 'ExternalName' && before.type !== 'ExternalName') {
      for (const [index, family] of (before.ipFamilies ?? []).entries()) {
        if (index === 0 && spec.ipFamilies?.[0] !== family && !isSelectorless(spec)) {
          errors.invalid('spec.ipFamilies[0]', spec.ipFamilies ?? null, 'may not change once set');
        }
      }
    }
    if (spec.type === 'LoadBalancer' && before.type === 'LoadBalancer') {
      if (spec.loadBalancerClass !== before.loadBalancerClass) {
        errors.invalid('spec.loadBalancerClass', spec.loadBalancerClass ?? null, 'may not change once set');
      }
      const local = spec.externalTrafficPolicy === 'Local' && before.externalTrafficPolicy === 'Local';
      if (local && spec.healthCheckNodePort !== before.healthCheckNodePort) {
        errors.forbidden('spec.healthCheckNodePort', 'field is immutable');
      }
    }
  },
  validateStatus: (object, old, errors) => validateServiceStatus(of(object), of(old), errors),
  warnings: (object) => serviceWarnings(of(object)),
  fields: {
    'spec.clusterIP': (object) => of(object).spec.clusterIP ?? '',
    'spec.type': (object) => of(object).spec.type ?? '',
  },
  columns: [
    column('Name'),
    column('Type'),
    column('Cluster-IP'),
    column('External-IP'),
    column('Port(s)'),
    column('Age'),
    column('Selector', 1),
  ],
  cells(object, now) {
    const { metadata, spec } = of(object);
    return [
      metadata.name,
      spec.type ?? '',
      spec.clusterIPs?.[0] ?? '<none>',
      externalIp(of(object)),
      portsCell(spec.ports ?? []) || '<none>',
      age(metadata.creationTimestamp, now),
      formatMap(spec.selector),
    ];
  },
};

function defaultSpec(spec: Draft<ServiceSpec>): void {
  if (spec.clusterIP === '') delete spec.clusterIP;
  spec.sessionAffinity ??= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: AFFINITY_SECONDS } };
  }
  spec.type ??= 'ClusterIP';
  if (spec.ports !== undefined) spec.ports = spec.ports.map(defaultPort);
  if (isExternallyAccessible(spec as ServiceSpec)) spec.externalTrafficPolicy ??= 'Cluster';
  if (hasNodePorts(spec as ServiceSpec) || spec.type === 'ClusterIP') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

function defaultPort(port: Draft<ServicePort>): Draft<ServicePort> {
  const target = port.targetPort;
  if (port.protocol !== undefined && target !== undefined && target !== 0 && target !== '') return port;
  return { ...port, protocol: port.protocol ?? 'TCP', targetPort: target || port.port };
}

/** An address of a load balancer is kube-proxy's own to handle, unless its provider says otherwise. */
function withModes(status: Draft<ServiceStatus>): Draft<ServiceStatus> {
  const ingress = status.loadBalancer?.ingress;
  if (ingress === undefined || ingress.every(({ ip, ipMode }) => !ip || ipMode !== undefined)) return status;
  const filled = ingress.map((each) =>
    each.ip && each.ipMode === undefined ? { ...each, ipMode: 'VIP' as const } : each,
  );
  return { ...status, loadBalancer: { ...status.loadBalancer, ingress: filled } };
}

function isSelectorless({ clusterIP, selector = {} }: ServiceSpec): boolean {
  return clusterIP === 'None' && Object.keys(selector).length === 0;
}

function externalIp({ spec, status }: Service): string {
  const ips = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return ips.join(',') || '<none>';
    case 'LoadBalancer':
      return [...addressesOf(status?.loadBalancer?.ingress ?? []), ...ips].join(',') || '<pending>';
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

function portsCell(ports: readonly ServicePort[]): string {
  return ports
    .map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol ?? ''}`)
    .join(',');
}

function of(object: ApiObject | AnyDraft): Service {
  return object as Service;
}
