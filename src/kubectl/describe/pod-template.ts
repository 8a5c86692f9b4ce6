import type { PodTemplateSpec } from '../../kubernetes/types/pod.ts';
import { describeContainers } from './containers.ts';
import { tolerationTexts } from './pod.ts';
import type { Description } from './text.ts';
import { describeVolumes } from './volumes.ts';

/** The Pod Template section of what makes pods. */
export function describePodTemplate(description: Description, template: PodTemplateSpec | undefined): void {
  description.line('Pod Template:');
  const { metadata, spec } = template ?? {};
  description.labels('Labels', metadata?.labels, 1);
  if (Object.keys(metadata?.annotations ?? {}).length > 0) description.annotations(metadata?.annotations, 1);
  if (spec?.serviceAccountName) description.field('Service Account', spec.serviceAccountName, 1);
  const margin = { title: '  ', name: '   ' };
  if (spec?.initContainers !== undefined && spec.initContainers.length > 0) {
    describeContainers(description, 'Init Containers', spec.initContainers, undefined, margin);
  }
  describeContainers(description, 'Containers', spec?.containers ?? [], undefined, margin);
  describeVolumes(description, spec?.volumes ?? [], margin);
  if (spec?.priorityClassName) description.field('Priority Class Name', spec.priorityClassName, 1);
  description.labels('Node-Selectors', spec?.nodeSelector, 1);
  description.several('Tolerations', tolerationTexts(spec?.tolerations), 1);
}
