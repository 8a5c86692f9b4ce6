import type { ReplicaSet } from '../../kubernetes/types/apps.ts';
import type { Pod } from '../../kubernetes/types/pod.ts';
import { selectorText } from '../pods.ts';
import type { Describer } from './describer.ts';
import { describeEvents } from './events.ts';
import { describePodTemplate } from './pod-template.ts';
import { Description } from './text.ts';

export const describeReplicaSet: Describer = async (session, object, options) => {
  const { metadata, spec, status } = object as unknown as ReplicaSet;
  const selector = selectorText(spec.selector);
  const description = new Description();
  description
    .field('Name', metadata.name)
    .field('Namespace', metadata.namespace ?? '')
    .field('Selector', selector);
  description.labels('Labels', metadata.labels).annotations(metadata.annotations);
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (owner !== undefined) description.field('Controlled By', `${owner.kind}/${owner.name}`);
  description.field('Replicas', `${status?.replicas ?? 0} current / ${spec.replicas ?? 1} desired`);
  const { items } = await session.client.list(
    { group: '', version: 'v1', resource: 'pods' },
    { namespace: metadata.namespace ?? session.namespace },
    { labelSelector: selector },
  );
  const pods = (items as unknown as readonly Pod[]).filter(({ metadata: pod }) =>
    pod.ownerReferences?.some(({ uid, controller }) => controller && uid === metadata.uid),
  );
  const count = (phase: string) => pods.filter((pod) => pod.status?.phase === phase).length;
  description.field(
    'Pods Status',
    `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`,
  );
  describePodTemplate(description, spec.template);
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0)
    description.line('Conditions:').line('  Type\tStatus\tReason').line('  ----\t------\t------');
  for (const { type, status: state, reason } of conditions) description.line(`  ${type} \t${state}\t${reason ?? ''}`);
  if (options.events) await describeEvents(session, description, object);
  return description.text();
};
