import type { Container, ContainerState, ContainerStatus } from '../../kubernetes/types/container.ts';
import type { ObjectMeta } from '../../kubernetes/types/meta.ts';
import { probeText } from './probe.ts';
import { capital, type Description, longTime, pairs } from './text.ts';

interface EnvFrom {
  readonly prefix?: string;
  readonly configMapRef?: { readonly name?: string; readonly optional?: boolean };
  readonly secretRef?: { readonly name?: string; readonly optional?: boolean };
}

/**
 * @param title `Containers`, `Init Containers`.
 * @param margin what stands before the section in a pod template.
 * @param pod the pod's metadata, where there is a pod: what the downward API then says.
 */
export function describeContainers(
  description: Description,
  title: string,
  containers: readonly Container[],
  statuses: readonly ContainerStatus[] | undefined,
  margin: { readonly title: string; readonly name: string },
  pod?: ObjectMeta,
): void {
  description.line(`${margin.title}${title}:`);
  for (const container of containers) {
    description.line(`${margin.name}${container.name}:`);
    describeOne(
      description,
      container,
      statuses?.find(({ name }) => name === container.name),
      pod,
    );
  }
}

function describeOne(
  description: Description,
  container: Container,
  status: ContainerStatus | undefined,
  pod: ObjectMeta | undefined,
): void {
  if (status !== undefined) description.field('Container ID', status.containerID ?? '', 2);
  description.field('Image', container.image ?? '', 2);
  if (status !== undefined) description.field('Image ID', status.imageID, 2);
  const ports = container.ports ?? [];
  const plural = ports.length > 1 ? 's' : '';
  const named = (port: { name?: string }) => (port.name === undefined ? '' : ` (${port.name})`);
  const portText = (number: 'containerPort' | 'hostPort') =>
    ports.map((port) => `${port[number] ?? 0}/${port.protocol ?? 'TCP'}${named(port)}`).join(', ') || '<none>';
  description.field(`Port${plural}`, portText('containerPort'), 2).field(`Host Port${plural}`, portText('hostPort'), 2);
  words(description, 'Command', container.command);
  words(description, 'Args', container.args);
  if (status !== undefined) {
    describeState(description, 'State', status.state);
    if (status.lastState?.terminated !== undefined) describeState(description, 'Last State', status.lastState);
    description.field('Ready', capital(status.ready), 2).field('Restart Count', status.restartCount, 2);
  }
  quantities(description, 'Limits', container.resources?.limits);
  quantities(description, 'Requests', container.resources?.requests);
  if (container.livenessProbe !== undefined) description.field('Liveness', probeText(container.livenessProbe), 2);
  if (container.readinessProbe !== undefined) description.field('Readiness', probeText(container.readinessProbe), 2);
  if (container.startupProbe !== undefined) description.field('Startup', probeText(container.startupProbe), 2);
  describeEnvironment(description, container, pod);
  const mounts = [...(container.volumeMounts ?? [])].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1));
  if (mounts.length === 0) description.field('Mounts', '<none>', 2);
  else description.line('    Mounts:');
  for (const { name, mountPath, readOnly, subPath } of mounts) {
    description.line(
      `      ${mountPath} from ${name} (${readOnly ? 'ro' : 'rw'}${subPath ? `,path=${JSON.stringify(subPath)}` : ''})`,
    );
  }
}

function words(description: Description, name: string, list: readonly string[] | undefined): void {
  if (list === undefined || list.length === 0) return;
  description.line(`    ${name}:`);
  for (const word of list) for (const line of word.split('\n')) description.line(`      ${line}`);
}

function describeState(description: Description, name: string, state: ContainerState | undefined): void {
  const { running, terminated, waiting } = state ?? {};
  if (running !== undefined) description.field(name, 'Running', 2).field('Started', longTime(running.startedAt), 3);
  else if (terminated !== undefined) {
    description.field(name, 'Terminated', 2);
    if (terminated.reason) description.field('Reason', terminated.reason, 3);
    if (terminated.message) description.field('Message', terminated.message, 3);
    description.field('Exit Code', terminated.exitCode, 3);
    if (terminated.signal) description.field('Signal', terminated.signal, 3);
    description
      .field('Started', longTime(terminated.startedAt), 3)
      .field('Finished', longTime(terminated.finishedAt), 3);
  } else {
    description.field(name, 'Waiting', 2);
    if (waiting?.reason) description.field('Reason', waiting.reason, 3);
  }
}

function quantities(
  description: Description,
  name: string,
  resources: Readonly<Record<string, string>> | undefined,
): void {
  const list = pairs(resources);
  if (list.length === 0) return;
  description.line(`    ${name}:`);
  for (const [resource, quantity] of list) description.field(resource, quantity, 3);
}

function describeEnvironment(description: Description, container: Container, pod: ObjectMeta | undefined): void {
  const sources = (container as { envFrom?: readonly EnvFrom[] }).envFrom ?? [];
  if (sources.length > 0) description.line('    Environment Variables from:');
  for (const { prefix, configMapRef, secretRef } of sources) {
    const ref = configMapRef ?? secretRef;
    const withPrefix = prefix ? ` with prefix '${prefix}'` : '';
    description.line(
      `      ${ref?.name}\t${configMapRef === undefined ? 'Secret' : 'ConfigMap'}${withPrefix}\tOptional: ${ref?.optional ?? false}`,
    );
  }
  const env = container.env ?? [];
  if (env.length === 0) {
    description.field('Environment', '<none>', 2);
    return;
  }
  description.line('    Environment:');
  for (const { name, value = '', valueFrom } of env) {
    const { fieldRef, configMapKeyRef } = valueFrom ?? {};
    if (fieldRef !== undefined) {
      description.field(
        name,
        `${fieldValue(fieldRef.fieldPath, pod)} (${fieldRef.apiVersion ?? 'v1'}:${fieldRef.fieldPath})`,
        3,
      );
    } else if (configMapKeyRef !== undefined) {
      const { key, name: map, optional = false } = configMapKeyRef;
      description.field(name, `<set to the key '${key}' of config map '${map}'>\tOptional: ${optional}`, 3);
    } else {
      const [first = '', ...rest] = value.split('\n');
      description.field(name, first, 3);
      for (const line of rest) description.line(`\t${line}`);
    }
  }
}

function fieldValue(path: string, pod: ObjectMeta | undefined): string {
  const known: Readonly<Record<string, string | undefined>> = {
    'metadata.name': pod?.name,
    'metadata.namespace': pod?.namespace,
    'metadata.uid': pod?.uid,
  };
  return known[path] ?? '';
}
