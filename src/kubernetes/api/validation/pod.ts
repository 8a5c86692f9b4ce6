import type { Pod, PodSpec, Toleration, Volume } from '../../types/pod.ts';
import { equal, semanticallyEqual } from '../draft.ts';
import { validateContainers } from './container.ts';
import type { FieldErrors } from './field-errors.ts';
import { validateLabels } from './metadata.ts';
import { dnsLabel, dnsSubdomain, qualifiedName } from './names.ts';

export function validatePod(pod: Pod, errors: FieldErrors): void {
  validatePodSpec(pod.spec ?? { containers: [] }, 'spec', errors);
}

/** `path` is the spec's own: `spec`, or `spec.template.spec` in a template. */
export function validatePodSpec(spec: PodSpec, path: string, errors: FieldErrors): void {
  const volumes = validateVolumes(spec.volumes ?? [], `${path}.volumes`, errors);
  validateContainers(spec, path, volumes, errors);
  oneOf(spec.restartPolicy, ['Always', 'OnFailure', 'Never'], `${path}.restartPolicy`, errors);
  oneOf(spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'], `${path}.dnsPolicy`, errors);
  validateLabels(spec.nodeSelector, `${path}.nodeSelector`, errors);
  named(spec.serviceAccountName, dnsSubdomain, `${path}.serviceAccountName`, errors);
  named(spec.nodeName, dnsSubdomain, `${path}.nodeName`, errors);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > 2147483647)) {
    errors.invalid(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive');
  }
  named(spec.hostname, dnsLabel, `${path}.hostname`, errors);
  named(spec.subdomain, dnsLabel, `${path}.subdomain`, errors);
  for (const [index, toleration] of (spec.tolerations ?? []).entries()) {
    validateToleration(toleration, `${path}.tolerations[${index}]`, errors);
  }
  for (const [index, { ip }] of (spec.hostAliases ?? []).entries()) {
    if (!isAddress(ip)) {
      errors.invalid(
        `${path}.hostAliases[${index}].ip`,
        ip,
        'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      );
    }
  }
}

function oneOf(value: string | undefined, supported: readonly string[], path: string, errors: FieldErrors): void {
  if (value === undefined || value === '') errors.required(path);
  else if (!supported.includes(value)) errors.notSupported(path, value, supported);
}

function named(value: string | undefined, rule: (name: string) => string[], path: string, errors: FieldErrors): void {
  if (value) for (const problem of rule(value)) errors.invalid(path, value, problem);
}

function isAddress(text: string): boolean {
  if (/^\d+(\.\d+){3}$/.test(text)) return text.split('.').every((part) => Number(part) <= 255 && !/^0\d/.test(part));
  return /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(text);
}

/** Gives the names that mounts may refer to. */
function validateVolumes(volumes: readonly Volume[], path: string, errors: FieldErrors): Set<string> {
  const names = new Set<string>();
  for (const [index, volume] of volumes.entries()) {
    const at = `${path}[${index}]`;
    const sources = Object.keys(volume).filter((field) => field !== 'name');
    if (sources.length === 0) errors.required(at, 'must specify a volume type');
    for (const source of sources.slice(1))
      errors.forbidden(`${at}.${source}`, 'may not specify more than 1 volume type');
    // Of several sources, the server looks into the first one it knows.
    if (volume.hostPath !== undefined && volume.emptyDir === undefined && !volume.hostPath.path) {
      errors.required(`${at}.hostPath.path`);
    }
    if (sources.length === 1 && volume.configMap !== undefined && !volume.configMap.name) {
      errors.required(`${at}.configMap.name`);
    }
    if (!volume.name) errors.required(`${at}.name`);
    else {
      for (const problem of dnsLabel(volume.name)) errors.invalid(`${at}.name`, volume.name, problem);
      if (names.has(volume.name)) errors.duplicate(`${at}.name`, volume.name);
    }
    names.add(volume.name);
  }
  return names;
}

function validateToleration(
  { key, operator, value, effect, tolerationSeconds }: Toleration,
  path: string,
  errors: FieldErrors,
): void {
  if (key) for (const problem of qualifiedName(key)) errors.invalid(`${path}.key`, key, problem);
  if (!key && operator !== 'Exists') {
    errors.invalid(
      `${path}.operator`,
      operator ?? '',
      'operator must be Exists when `key` is empty, which means "match all values and all keys"',
    );
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    errors.invalid(`${path}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set");
  }
  if (operator === 'Exists' && value) {
    errors.invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'");
  }
  if (operator !== undefined && !['Exists', 'Equal', 'Lt', 'Gt'].includes(operator)) {
    errors.notSupported(`${path}.operator`, operator, ['Equal', 'Exists']);
  }
  if (effect !== undefined && !['NoSchedule', 'PreferNoSchedule', 'NoExecute'].includes(effect)) {
    errors.notSupported(`${path}.effect`, effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']);
  }
}

const mutableFields = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

export function validatePodUpdate(pod: Pod, old: Pod, errors: FieldErrors): void {
  for (const list of ['containers', 'initContainers'] as const) {
    if (pod.spec[list]?.length !== old.spec[list]?.length) {
      errors.forbidden(`spec.${list}`, 'pod updates may not add or remove containers');
      return;
    }
    for (const [index, { image }] of (pod.spec[list] ?? []).entries()) {
      if (!image) errors.required(`spec.${list}[${index}].image`);
    }
  }
  const deadline = pod.spec.activeDeadlineSeconds;
  const before = old.spec.activeDeadlineSeconds;
  if (before !== undefined && (deadline === undefined || deadline > before)) {
    errors.invalid(
      'spec.activeDeadlineSeconds',
      deadline ?? null,
      deadline === undefined
        ? 'must not update from a positive integer to nil value'
        : 'must be less than or equal to previous value',
    );
  }
  const kept = (pod.spec.tolerations ?? []).filter((toleration) =>
    old.spec.tolerations?.some((each) => equal(each, toleration)),
  );
  if (kept.length < (old.spec.tolerations ?? []).length) {
    errors.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds');
  }
  if (!semanticallyEqual(fixed(pod.spec, old.spec), fixed(old.spec, old.spec))) {
    errors.forbidden('spec', `pod updates may not change fields other than ${mutableFields}`);
  }
}

/** A spec with what may change taken from `old`. */
function fixed(spec: PodSpec, old: PodSpec): PodSpec {
  const images = (list: PodSpec['containers'] | undefined, other: PodSpec['containers'] | undefined) =>
    list?.map((container, index) => ({ ...container, image: other?.[index]?.image ?? '' })) ?? [];
  const { activeDeadlineSeconds: _, schedulingGates: gates, ...rest } = spec;
  return {
    ...rest,
    containers: images(spec.containers, old.containers),
    initContainers: images(spec.initContainers, old.initContainers),
    tolerations: old.tolerations ?? [],
    // Gates can only be taken away; a pod that waits for them may still be narrowed to nodes.
    ...((gates ?? []).some(({ name }) => !old.schedulingGates?.some((gate) => gate.name === name)) && {
      schedulingGates: gates ?? [],
    }),
  };
}
