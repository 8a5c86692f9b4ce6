import type { Service, ServiceSpec } from '../../types/service.ts';
import type { Draft } from '../draft.ts';
import { internalError } from '../failure.ts';
import type { KindContext } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { releaseAddress, takeAddress, takeAnyAddress } from './cluster-ips.ts';
import { initFamilies } from './families.ts';
import { hasNodePorts, needsClusterIp, needsHealthCheck, nodePortsOf, serviceName } from './fields.ts';
import type { NodePortOperation } from './node-ports.ts';
import { type Transaction, Transactions } from './transaction.ts';

type Spec = Draft<ServiceSpec>;

/**
 * Gives a Service the addresses and node ports that it needs, and takes back those that it needs no more.
 * Throws the server's refusals. Source: pkg/registry/core/service/storage/alloc.go.
 */
export function allocate(service: Draft<Service>, old: Service | undefined, context: KindContext): Transaction {
  const all = new Transactions();
  try {
    initFamilies(service, old);
    allocateAddresses(service, old, context, all);
    const operation = context.nodePorts.begin(context.dryRun);
    all.add(operation);
    if (old !== undefined && hasNodePorts(old.spec) && !hasNodePorts(service.spec as ServiceSpec)) {
      for (const port of nodePortsOf(old.spec)) operation.release(port);
    }
    if (hasNodePorts(service.spec as ServiceSpec)) {
      if (old === undefined) initNodePorts(service, operation);
      else updateNodePorts(service, old, operation);
    }
    allocateHealthCheck(service.spec, old?.spec, operation);
  } catch (error) {
    all.revert();
    throw error;
  }
  return all;
}

export function release(service: Service, context: KindContext): void {
  const { spec } = service;
  if (needsClusterIp(spec) && spec.clusterIP !== 'None') {
    for (const ip of spec.clusterIPs ?? []) releaseAddress(ip, context);
  }
  const operation = context.nodePorts.begin(false);
  for (const port of nodePortsOf(spec)) operation.release(port);
  if (needsHealthCheck(spec) && spec.healthCheckNodePort) operation.release(spec.healthCheckNodePort);
  operation.commit();
}

function allocateAddresses(service: Draft<Service>, old: Service | undefined, context: KindContext, all: Transactions) {
  const { spec } = service;
  const needs = needsClusterIp(spec as ServiceSpec);
  if (old !== undefined && needsClusterIp(old.spec)) {
    if (needs || old.spec.clusterIP === 'None') return;
    const released = old.spec.clusterIPs ?? [];
    all.add({
      commit: () => {
        if (!context.dryRun) for (const ip of released) releaseAddress(ip, context);
      },
      revert: () => undefined,
    });
    return;
  }
  if (!needs || spec.clusterIPs?.[0] === 'None') return;
  const wanted = spec.clusterIPs?.[0];
  const named = service as ApiObject;
  const taken = wanted ? takeAddress(named, wanted, context) : takeAnyAddress(named, context);
  if (taken === undefined) {
    throw internalError(
      `failed to allocate a serviceIP for Service ${JSON.stringify(service.metadata.name)}: range is full`,
    );
  }
  if ('problem' in taken) {
    refuse(service, (errors) =>
      errors.invalid('spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${wanted}: ${taken.problem}`),
    );
    return;
  }
  all.add(taken.transaction);
  const address = wanted || taken.address;
  spec.clusterIP = address;
  spec.clusterIPs = [address];
}

/** Ports of the same number share a node port, be they TCP and UDP. */
function initNodePorts(service: Draft<Service>, operation: NodePortOperation): void {
  const { spec } = service;
  const ports = spec.ports ?? [];
  const byPort = new Map<number, number>();
  for (const [index, port] of ports.entries()) {
    if (!port.nodePort && !allocatesNodePorts(spec)) continue;
    const known = byPort.get(port.port);
    if (known === undefined) {
      const wanted = ports.find((each) => each.port === port.port && each.nodePort)?.nodePort;
      if (wanted) take(service, index, wanted, operation);
      port.nodePort = wanted || next(operation);
      byPort.set(port.port, port.nodePort);
    } else if (!port.nodePort) port.nodePort = known;
    else if (port.nodePort !== known) take(service, index, port.nodePort, operation);
  }
}

function updateNodePorts(service: Draft<Service>, old: Service, operation: NodePortOperation): void {
  const { spec } = service;
  const before = new Set(nodePortsOf(old.spec));
  const taken = new Set<number>();
  const used = new Set<string>();
  for (const [index, port] of (spec.ports ?? []).entries()) {
    if (!port.nodePort && !allocatesNodePorts(spec)) continue;
    if (!port.nodePort) port.nodePort = next(operation);
    else if (!before.has(port.nodePort) && !taken.has(port.nodePort)) {
      take(service, index, port.nodePort, operation);
      taken.add(port.nodePort);
    }
    const key = `${port.protocol}/${port.nodePort}`;
    if (used.has(key)) throw internalError(`duplicate nodePort: {${port.protocol} ${port.nodePort}}`);
    used.add(key);
  }
  const after = new Set(nodePortsOf(spec as ServiceSpec));
  for (const port of before) if (!after.has(port)) operation.release(port);
}

function allocateHealthCheck(spec: Spec, old: ServiceSpec | undefined, operation: NodePortOperation): void {
  const needed = old !== undefined && needsHealthCheck(old);
  const needs = needsHealthCheck(spec as ServiceSpec);
  if (needed && !needs && old.healthCheckNodePort) operation.release(old.healthCheckNodePort);
  if (needed || !needs) return;
  const wanted = spec.healthCheckNodePort;
  if (wanted) {
    const problem = operation.allocate(wanted);
    if (problem !== undefined) {
      throw internalError(`failed to allocate requested HealthCheck NodePort ${wanted}: ${problem}`);
    }
  } else spec.healthCheckNodePort = next(operation);
}

function take(service: Draft<Service>, index: number, port: number, operation: NodePortOperation): void {
  const problem = operation.allocate(port);
  if (problem !== undefined) {
    refuse(service, (errors) => errors.invalid(`spec.ports[${index}].nodePort`, port, problem));
  }
}

function next(operation: NodePortOperation): number {
  const port = operation.allocateNext();
  if (port === undefined) throw internalError('failed to allocate a nodePort: range is full');
  return port;
}

function allocatesNodePorts({ type, allocateLoadBalancerNodePorts }: Spec): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts === true);
}

function refuse({ metadata }: Draft<Service>, say: (errors: FieldErrors) => void): void {
  const errors = new FieldErrors();
  say(errors);
  errors.refuse(serviceName, metadata.name ?? '');
}
