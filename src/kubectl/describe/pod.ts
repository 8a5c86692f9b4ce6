import type { Pod, Toleration } from '../../kubernetes/types/pod.ts';
import { describeContainers } from './containers.ts';
import type { Describer } from './describer.ts';
import { describeEvents } from './events.ts';
import { ago, Description, longTime } from './text.ts';
import { describeVolumes } from './volumes.ts';

export const describePod: Describer = async (session, object, options) => {
  const pod = object as unknown as Pod;
  const { metadata, spec, status } = pod;
  const description = new Description();
  description
    .field('Name', metadata.name)
    .field('Namespace', metadata.namespace ?? '')
    .field('Priority', spec.priority ?? 0);
  if (spec.priorityClassName) description.field('Priority Class Name', spec.priorityClassName);
  if (spec.serviceAccountName) description.field('Service Account', spec.serviceAccountName);
  description.field('Node', spec.nodeName === undefined ? '<none>' : `${spec.nodeName}/${status?.hostIP ?? ''}`);
  if (status?.startTime) description.field('Start Time', longTime(status.startTime));
  description.labels('Labels', metadata.labels).annotations(metadata.annotations);
  if (metadata.deletionTimestamp !== undefined) {
    const lasted = ago(metadata.deletionTimestamp, session.process.clock.wall());
    description
      .field('Status', `Terminating (lasts ${lasted})`)
      .field('Termination Grace Period', `${metadata.deletionGracePeriodSeconds ?? 0}s`);
  } else description.field('Status', status?.phase ?? '');
  if (status?.reason) description.field('Reason', status.reason);
  if (status?.message) description.field('Message', status.message);
  const { seccompProfile } = (spec.securityContext ?? {}) as { readonly seccompProfile?: { readonly type: string } };
  if (seccompProfile !== undefined) description.field('SeccompProfile', seccompProfile.type);
  description.field('IP', status?.podIP ?? '');
  const ips = status?.podIPs ?? [];
  if (ips.length === 0) description.field('IPs', '<none>');
  else description.line('IPs:');
  for (const { ip } of ips) description.field('IP', ip, 1);
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (owner !== undefined) description.field('Controlled By', `${owner.kind}/${owner.name}`);
  const margin = { title: '', name: '  ' };
  if (spec.initContainers !== undefined && spec.initContainers.length > 0) {
    describeContainers(
      description,
      'Init Containers',
      spec.initContainers,
      status?.initContainerStatuses,
      margin,
      metadata,
    );
  }
  describeContainers(description, 'Containers', spec.containers, status?.containerStatuses, margin, metadata);
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) description.line('Conditions:').line('  Type\tStatus');
  for (const condition of conditions) description.line(`  ${condition.type} \t${condition.status} `);
  describeVolumes(description, spec.volumes ?? [], { title: '', name: '  ' });
  if (status?.qosClass) description.field('QoS Class', status.qosClass);
  description.labels('Node-Selectors', spec.nodeSelector);
  description.several('Tolerations', tolerationTexts(spec.tolerations));
  if (options.events) await describeEvents(session, description, object);
  return description.text();
};

/** `node.kubernetes.io/not-ready:NoExecute op=Exists for 300s`. */
export function tolerationTexts(tolerations: readonly Toleration[] | undefined): readonly string[] {
  return [...(tolerations ?? [])]
    .sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1))
    .map(({ key = '', value = '', effect = '', operator, tolerationSeconds }) => {
      let text = `${key}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`;
      if (operator === 'Exists' && value === '') text += text === '' ? 'op=Exists' : ' op=Exists';
      return tolerationSeconds === undefined ? text : `${text} for ${tolerationSeconds}s`;
    });
}
