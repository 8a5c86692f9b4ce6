import type { Deployment, ReplicaSet } from '../../kubernetes/types/apps.ts';
import { selectorText } from '../pods.ts';
import type { Session } from '../session.ts';
import type { Describer } from './describer.ts';
import { describeEvents } from './events.ts';
import { describePodTemplate } from './pod-template.ts';
import { Description, longTime } from './text.ts';

export const describeDeployment: Describer = async (session, object, options) => {
  const deployment = object as unknown as Deployment;
  const { metadata, spec, status } = deployment;
  const description = new Description();
  description.field('Name', metadata.name).field('Namespace', metadata.namespace ?? '');
  description.field('CreationTimestamp', longTime(metadata.creationTimestamp));
  description.labels('Labels', metadata.labels).annotations(metadata.annotations);
  description.field('Selector', selectorText(spec.selector));
  const now = status ?? {};
  description.field(
    'Replicas',
    `${spec.replicas ?? 1} desired | ${now.updatedReplicas ?? 0} updated | ${now.replicas ?? 0} total | ${now.availableReplicas ?? 0} available | ${now.unavailableReplicas ?? 0} unavailable`,
  );
  description.field('StrategyType', spec.strategy?.type ?? '').field('MinReadySeconds', spec.minReadySeconds ?? 0);
  const rolling = spec.strategy?.rollingUpdate;
  if (rolling !== undefined) {
    description.field(
      'RollingUpdateStrategy',
      `${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`,
    );
  }
  describePodTemplate(description, spec.template);
  const conditions = now.conditions ?? [];
  if (conditions.length > 0)
    description.line('Conditions:').line('  Type\tStatus\tReason').line('  ----\t------\t------');
  for (const { type, status: state, reason } of conditions) description.line(`  ${type} \t${state}\t${reason ?? ''}`);
  await describeReplicaSets(session, description, deployment);
  if (options.events) await describeEvents(session, description, object);
  return description.text();
};

async function describeReplicaSets(
  session: Session,
  description: Description,
  { metadata, spec }: Deployment,
): Promise<void> {
  const { items } = await session.client.list(
    { group: 'apps', version: 'v1', resource: 'replicasets' },
    { namespace: metadata.namespace ?? session.namespace },
    { labelSelector: selectorText(spec.selector) },
  );
  const owned = (items as unknown as readonly ReplicaSet[]).filter(({ metadata: { ownerReferences } }) =>
    ownerReferences?.some(({ uid, controller }) => controller && uid === metadata.uid),
  );
  if (owned.length === 0) return;
  // The newest revision is the one that the template stands for.
  const revision = (set: ReplicaSet) => Number(set.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
  const newest = [...owned].sort((a, b) => revision(b) - revision(a))[0];
  const text = (sets: readonly ReplicaSet[]) =>
    sets
      .map((set) => `${set.metadata.name} (${set.status?.replicas ?? 0}/${set.spec.replicas ?? 1} replicas created)`)
      .join(', ') || '<none>';
  description.field('OldReplicaSets', text(owned.filter((set) => set !== newest)));
  description.field('NewReplicaSet', text(newest === undefined ? [] : [newest]));
}
