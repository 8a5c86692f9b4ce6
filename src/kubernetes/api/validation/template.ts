import type { LabelSelector } from '../../types/meta.ts';
import type { PodTemplateSpec } from '../../types/pod.ts';
import { selectorOf } from '../selector/label-selector.ts';
import type { FieldErrors } from './field-errors.ts';
import { validateAnnotations, validateLabels } from './metadata.ts';
import { labelValue, qualifiedName } from './names.ts';
import { validatePodSpec } from './pod.ts';

export function validateSelector(selector: LabelSelector | undefined, errors: FieldErrors): void {
  if (selector === undefined) {
    errors.required('spec.selector');
    return;
  }
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    for (const problem of qualifiedName(key)) errors.invalid('spec.selector.matchLabels', key, problem);
    for (const problem of labelValue(value)) errors.invalid('spec.selector.matchLabels', value, problem);
  }
  for (const [index, { key, operator, values }] of (selector.matchExpressions ?? []).entries()) {
    const path = `spec.selector.matchExpressions[${index}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (!values?.length) errors.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values?.length)
        errors.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    } else {
      errors.invalid(`${path}.operator`, operator, 'not a valid selector operator');
    }
    for (const problem of qualifiedName(key)) errors.invalid(`${path}.key`, key, problem);
  }
  if (isEmpty(selector)) errors.invalid('spec.selector', selector, 'empty selector is invalid for deployment');
}

function isEmpty({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0;
}

/** Whether a selector can be carried out at all. */
function isUsable({ matchExpressions }: LabelSelector): boolean {
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
