import type { EphemeralContainer } from '../../types/container.ts';
import type { Pod } from '../../types/pod.ts';
import { isMap, semanticallyEqual } from '../draft.ts';
import { validateContainer } from './container.ts';
import type { FieldErrors } from './field-errors.ts';

const forbidden = [
  'ports',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resizePolicy',
  'restartPolicy',
] as const;

/** Containers that are added to a running pod. Source: pkg/apis/core/validation, `validateEphemeralContainers`. */
export function validateEphemeralUpdate(pod: Pod, old: Pod, errors: FieldErrors): void {
  const path = 'spec.ephemeralContainers';
  const added = pod.spec.ephemeralContainers ?? [];
  const others = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map(({ name }) => name);
  const names = new Set(others);
  for (const [index, container] of added.entries()) {
    const at = `${path}[${index}]`;
    validateContainer(container, at, new Set((pod.spec.volumes ?? []).map(({ name }) => name)), false, errors);
    if (names.has(container.name)) errors.duplicate(`${at}.name`, container.name);
    names.add(container.name);
    const target = container.targetContainerName;
    if (target && !others.includes(target)) errors.notFound(`${at}.targetContainerName`, target);
    validateAllowed(container, at, errors);
  }
  for (const before of old.spec.ephemeralContainers ?? []) {
    const now = added.find(({ name }) => name === before.name);
    if (now === undefined) {
      errors.forbidden(path, `existing ephemeral containers ${JSON.stringify(before.name)} may not be removed\n`);
    } else if (!semanticallyEqual(now, before)) {
      errors.forbidden(path, `existing ephemeral containers ${JSON.stringify(before.name)} may not be changed\n`);
    }
  }
}

function validateAllowed(container: EphemeralContainer, path: string, errors: FieldErrors): void {
  const fields = container as unknown as Readonly<Record<string, unknown>>;
  for (const field of forbidden) {
    const value = fields[field];
    if (value !== undefined && !(isMap(value) && Object.keys(value).length === 0)) {
      errors.forbidden(`${path}.${field}`, 'cannot be set for an Ephemeral Container');
    }
  }
  for (const [index, { subPath }] of (container.volumeMounts ?? []).entries()) {
    if (subPath) {
      errors.forbidden(`${path}.volumeMounts[${index}].subPath`, 'cannot be set for an Ephemeral Container');
    }
  }
}
