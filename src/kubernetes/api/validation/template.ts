import type { LabelSelector } from '../../types/meta.ts';
import type { PodTemplateSpec } from '../../types/pod.ts';
import { selectorOf } from '../selector/label-selector.ts';
import type { FieldErrors } from './field-errors.ts';
import { validateAnnotations, validateLabels } from './metadata.ts';
import { labelValue, qualifiedName } from './names.ts';
import { validatePodSpec } from './pod.ts';

/** `path` is the selector's own. */
export function validateLabelSelector(selector: LabelSelector, path: string, errors: FieldErrors): void {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    for (const problem of qualifiedName(key)) errors.invalid(`${path}.matchLabels`, key, problem);
    for (const problem of labelValue(value)) errors.invalid(`${path}.matchLabels`, value, problem);
  }
  for (const [index, { key, operator, values }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${index}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (!values?.length) errors.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values?.length)
        errors.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    } else {
      errors.invalid(`${at}.operator`, operator, 'not a valid selector operator');
    }
    for (const problem of qualifiedName(key)) errors.invalid(`${at}.key`, key, problem);
    for (const [i, value] of (values ?? []).entries()) {
      for (const problem of labelValue(value)) errors.invalid(`${at}.values[${i}]`, value, problem);
    }
  }
}

/** A workload's selector; `word` is what the server calls the workload. */
export function validateSelector(selector: LabelSelector | undefined, errors: FieldErrors, word = 'deployment'): void {
  if (selector === undefined) {
    errors.required('spec.selector');
    return;
  }
  validateLabelSelector(selector, 'spec.selector', errors);
  if (isEmpty(selector)) errors.invalid('spec.selector', selector, `empty selector is invalid for ${word}`);
}

export function isEmpty({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0;
}

/** Whether a selector can be carried out at all. */
export function isUsable({ matchLabels, matchExpressions }: LabelSelector): boolean {
  const words = Object.entries(matchLabels ?? {});
  if (words.some(([key, value]) => qualifiedName(key).length > 0 || labelValue(value).length > 0)) return false;
  return (matchExpressions ?? []).every(({ operator, values }) =>
    operator === 'In' || operator === 'NotIn'
      ? (values ?? []).length > 0
      : (operator === 'Exists' || operator === 'DoesNotExist') && (values ?? []).length === 0,
  );
}

export function validateTemplate(
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
  errors: FieldErrors,
): void {
  const labels = template?.metadata?.labels;
  if (selector !== undefined && !isUsable(selector)) {
    errors.invalid('spec.selector', selector, 'invalid label selector');
  } else if (selector === undefined || (!isEmpty(selector) && !selectorOf(selector).matches(labels))) {
    errors.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
  }
  validateLabels(labels, 'spec.template.labels', errors);
  validateAnnotations(template?.metadata?.annotations, 'spec.template.annotations', errors);
  const spec = template?.spec ?? { containers: [] };
  validatePodSpec(spec, 'spec.template.spec', errors);
  if (spec.restartPolicy !== undefined && ['OnFailure', 'Never'].includes(spec.restartPolicy)) {
    errors.notSupported('spec.template.spec.restartPolicy', spec.restartPolicy, ['Always']);
  }
  if (spec.activeDeadlineSeconds !== undefined) {
    errors.forbidden(
      'spec.template.spec.activeDeadlineSeconds',
      'activeDeadlineSeconds in ReplicaSet is not Supported',
    );
  }
}

/** The template of a DaemonSet or StatefulSet; whether the selector fits it, each says in its own words. */
export function validateWorkloadTemplate(template: PodTemplateSpec, kind: string, errors: FieldErrors): void {
  const path = 'spec.template';
  validateLabels(template.metadata?.labels, `${path}.labels`, errors);
  validateAnnotations(template.metadata?.annotations, `${path}.annotations`, errors);
  const spec = template.spec ?? { containers: [] };
  validatePodSpec(spec, `${path}.spec`, errors);
  if (spec.restartPolicy !== 'Always') {
    errors.notSupported(`${path}.spec.restartPolicy`, spec.restartPolicy ?? '', ['Always']);
  }
  if (spec.activeDeadlineSeconds !== undefined) {
    errors.forbidden(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`);
  }
}
