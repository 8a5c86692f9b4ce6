import { ApiError } from '../../kubernetes/client/client.ts';
import type { Lease, Node } from '../../kubernetes/types/cluster.ts';
import type { Pod } from '../../kubernetes/types/pod.ts';
import type { Session } from '../session.ts';
import type { Describer } from './describer.ts';
import { describeEvents } from './events.ts';
import { amountText, percent, type Totals, totalsOf } from './requests.ts';
import { ago, Description, longTime, pairs } from './text.ts';

export const describeNode: Describer = async (session, object, options) => {
  const { metadata, spec, status } = object as unknown as Node;
  const description = new Description();
  description.field('Name', metadata.name).field('Roles', rolesOf(metadata.labels).join(',') || '<none>');
  description.labels('Labels', metadata.labels).annotations(metadata.annotations);
  description.field('CreationTimestamp', longTime(metadata.creationTimestamp));
  description.several(
    'Taints',
    (spec?.taints ?? []).map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`),
  );
  description.field('Unschedulable', spec?.unschedulable ?? false);
  await describeLease(session, description, metadata.name);
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    description.line('Conditions:').line('  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage');
    description.line('  ----\t------\t-----------------\t------------------\t------\t-------');
  }
  for (const { type, status: state, lastHeartbeatTime, lastTransitionTime, reason, message } of conditions) {
    const times = `${longTime(lastHeartbeatTime)} \t${longTime(lastTransitionTime)}`;
    description.line(`  ${type} \t${state} \t${times} \t${reason ?? ''} \t${message ?? ''}`);
  }
  description.line('Addresses:');
  for (const { type, address } of status?.addresses ?? []) description.field(type, address, 1);
  for (const [title, amounts] of [
    ['Capacity', status?.capacity] as const,
    ['Allocatable', status?.allocatable] as const,
  ]) {
    if (amounts === undefined) continue;
    description.line(`${title}:`);
    for (const [resource, amount] of pairs(amounts)) description.field(resource, amount, 1);
  }
  const info = status?.nodeInfo;
  description.line('System Info:');
  for (const [name, value] of [
    ['Machine ID', info?.machineID],
    ['System UUID', info?.systemUUID],
    ['Boot ID', info?.bootID],
    ['Kernel Version', info?.kernelVersion],
    ['OS Image', info?.osImage],
    ['Operating System', info?.operatingSystem],
    ['Architecture', info?.architecture],
    ['Container Runtime Version', info?.containerRuntimeVersion],
    ['Kubelet Version', info?.kubeletVersion],
  ] as const) {
    description.field(name, value ?? '', 1);
  }
  if (spec?.podCIDR) description.field('PodCIDR', spec.podCIDR);
  if (spec?.podCIDRs) description.field('PodCIDRs', spec.podCIDRs.join(','));
  if (spec?.providerID) description.field('ProviderID', spec.providerID);
  await describePods(session, description, metadata.name, status?.allocatable ?? status?.capacity ?? {});
  if (options.events) await describeEvents(session, description, object);
  return description.text();
};

function rolesOf(labels: Readonly<Record<string, string>> | undefined): readonly string[] {
  const prefix = 'node-role.kubernetes.io/';
  return pairs(labels).flatMap(([key]) => (key.startsWith(prefix) && key !== prefix ? [key.slice(prefix.length)] : []));
}

async function describeLease(session: Session, description: Description, name: string): Promise<void> {
  const leases = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' };
  try {
    const { spec } = (await session.client.get(leases, { namespace: 'kube-node-lease', name })) as unknown as Lease;
    description.line('Lease:').field('HolderIdentity', spec?.holderIdentity ?? '<unset>', 1);
    description.field('AcquireTime', longTime(spec?.acquireTime), 1).field('RenewTime', longTime(spec?.renewTime), 1);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    description.field('Lease', `Failed to get lease: ${error.message}`);
  }
}

async function describePods(
  session: Session,
  description: Description,
  node: string,
  allocatable: Readonly<Record<string, string>>,
): Promise<void> {
  const { items } = await session.client.list(
    { group: '', version: 'v1', resource: 'pods' },
    {},
    { fieldSelector: `spec.nodeName=${node},status.phase!=Succeeded,status.phase!=Failed` },
  );
  const pods = items as unknown as readonly Pod[];
  const now = session.process.clock.wall();
  description.field('Non-terminated Pods', `(${pods.length} in total)`);
  description.line('  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge');
  description.line('  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---');
  const share = (totals: Totals, of: 'requests' | 'limits', resource: string) => {
    const amount = totals[of].get(resource) ?? 0;
    return `${amountText(resource, amount)} (${percent(amount, allocatable[resource])}%)`;
  };
  for (const pod of pods) {
    const totals = totalsOf([pod]);
    const shares = ['cpu', 'memory'].flatMap((resource) => [
      share(totals, 'requests', resource),
      share(totals, 'limits', resource),
    ]);
    const { namespace, name, creationTimestamp } = pod.metadata;
    description.line(`  ${namespace}\t${name}\t\t${shares.join('\t')}\t${ago(creationTimestamp, now)}`);
  }
  description.line('Allocated resources:');
  description.line('  (Total limits may be over 100 percent, i.e., overcommitted.)');
  description.line('  Resource\tRequests\tLimits').line('  --------\t--------\t------');
  const totals = totalsOf(pods);
  const pages = Object.keys(allocatable).filter((resource) => resource.startsWith('hugepages-'));
  for (const resource of ['cpu', 'memory', 'ephemeral-storage', ...pages.sort()]) {
    description.line(`  ${resource}\t${share(totals, 'requests', resource)}\t${share(totals, 'limits', resource)}`);
  }
}
