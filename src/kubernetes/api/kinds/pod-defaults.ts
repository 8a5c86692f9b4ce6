import type { Container, Handler, Probe, ResourceRequirements } from '../../types/container.ts';
import type { PodSpec, PodTemplateSpec, Toleration } from '../../types/pod.ts';
import type { Draft } from '../draft.ts';

/** A template always has a spec, be it an invalid one. */
export function defaultTemplate(template: Draft<PodTemplateSpec>): void {
  if (Object.isFrozen(template)) return;
  template.spec ??= { containers: [] };
  defaultPodSpec(template.spec);
}

/** The values that the API server writes into a pod's spec where the manifest says nothing. */
export function defaultPodSpec(spec: Draft<PodSpec>): void {
  if (Object.isFrozen(spec)) return;
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.restartPolicy ??= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  if (spec.terminationGracePeriodSeconds < 0) spec.terminationGracePeriodSeconds = 1;
  spec.schedulerName ??= 'default-scheduler';
  for (const container of spec.containers ?? []) defaultContainer(container, spec.hostNetwork === true);
  for (const container of spec.initContainers ?? []) defaultContainer(container, spec.hostNetwork === true);
  for (const container of spec.ephemeralContainers ?? []) defaultContainer(container, false);
  for (const volume of spec.volumes ?? []) {
    // A volume of no kind is an empty directory.
    if (Object.keys(volume).length === 1 && !Object.isFrozen(volume)) volume.emptyDir = {};
    if (volume.configMap !== undefined && volume.configMap.defaultMode === undefined)
      volume.configMap.defaultMode = 0o644;
    if (volume.hostPath !== undefined && volume.hostPath.type === undefined) volume.hostPath.type = '';
  }
}

function defaultContainer(container: Draft<Container>, hostNetwork: boolean): void {
  if (Object.isFrozen(container)) return;
  container.resources ??= {};
  defaultRequests(container.resources);
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.imagePullPolicy ??= pullsAlways(container.image ?? '') ? 'Always' : 'IfNotPresent';
  for (const port of container.ports ?? []) {
    if (Object.isFrozen(port)) continue;
    port.protocol ??= 'TCP';
    if (hostNetwork) port.hostPort ??= port.containerPort;
  }
  for (const variable of container.env ?? []) {
    const reference = variable.valueFrom?.fieldRef;
    if (reference !== undefined) reference.apiVersion ??= 'v1';
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe !== undefined) defaultProbe(probe);
  }
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop]) {
    if (handler !== undefined) defaultHandler(handler);
  }
}

/** A limit without a request is the request too. */
function defaultRequests(resources: Draft<ResourceRequirements>): void {
  for (const [name, limit] of Object.entries(resources.limits ?? {})) {
    if (resources.requests?.[name] !== undefined) continue;
    resources.requests ??= {};
    resources.requests[name] = limit;
  }
}

/** Without a tag or digest an image is `latest`, and that one is always asked for again. */
function pullsAlways(image: string): boolean {
  if (image.includes('@')) return false;
  const tag = /:([^:/]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest';
}

function defaultProbe(probe: Draft<Probe>): void {
  if (Object.isFrozen(probe)) return;
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  defaultHandler(probe);
}

function defaultHandler(handler: Draft<Handler>): void {
  if (handler.httpGet === undefined) return;
  handler.httpGet.path ??= '/';
  handler.httpGet.scheme ??= 'HTTP';
}

const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';

/**
 * What the admission plug-ins Priority, ServiceAccount and DefaultTolerationSeconds add to a new pod.
 * Gives a new spec, as the given one may be a template's, which is frozen.
 */
export function admitPodSpec(
  spec: Draft<PodSpec>,
  priority: { readonly value: number; readonly policy: string },
): Draft<PodSpec> {
  const tolerations = [...(spec.tolerations ?? [])];
  for (const key of [notReady, unreachable]) {
    if (tolerations.some((toleration) => tolerates(toleration, key))) continue;
    tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
  }
  const serviceAccountName = spec.serviceAccountName ?? 'default';
  return {
    ...spec,
    enableServiceLinks: spec.enableServiceLinks ?? true,
    priority: spec.priority ?? priority.value,
    preemptionPolicy: (spec as { preemptionPolicy?: string }).preemptionPolicy ?? priority.policy,
    serviceAccount: serviceAccountName,
    serviceAccountName,
    tolerations,
  } as Draft<PodSpec>;
}

function tolerates({ key, operator, effect }: Toleration, taint: string): boolean {
  const keyFits = key === taint || (key === undefined && operator === 'Exists');
  return keyFits && (effect === undefined || effect === 'NoExecute');
}
