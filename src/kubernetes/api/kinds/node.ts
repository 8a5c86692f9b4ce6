import type { Node } from '../../types/cluster.ts';
import type { Draft } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { age } from '../time.ts';
import { validateImmutable } from '../validation/metadata.ts';
import { qualifiedName } from '../validation/names.ts';

const notReady = 'node.kubernetes.io/not-ready';
const rolePrefix = 'node-role.kubernetes.io/';

export const node: KindDefinition = {
  group: '',
  version: 'v1',
  kind: 'Node',
  resource: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  subresources: ['status'],
  defaults(draft) {
    const node = draft as Draft<Node>;
    node.spec ??= {};
    const status = node.status;
    if (status?.capacity !== undefined) status.allocatable ??= status.capacity;
  },
  admit(draft) {
    const node = draft as Draft<Node>;
    const taints = node.spec?.taints ?? [];
    // The admission plug-in TaintNodesByCondition: no pods before the node says that it is ready.
    if (taints.some(({ key }) => key === notReady)) return;
    node.spec = { ...node.spec, taints: [...taints, { key: notReady, effect: 'NoSchedule' }] };
  },
  validate(object, errors) {
    for (const [index, { key, effect }] of (of(object).spec?.taints ?? []).entries()) {
      const path = `metadata.taints[${index}]`;
      for (const problem of qualifiedName(key)) errors.invalid(`${path}.key`, key, problem);
      const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
      if (!effect) errors.required(`${path}.effect`);
      else if (!effects.includes(effect)) errors.notSupported(`${path}.effect`, effect, effects);
    }
    const cidrs = of(object).spec?.podCIDRs ?? [];
    for (const [index, cidr] of cidrs.entries()) {
      if (!/^[0-9a-fA-F.:]+\/\d+$/.test(cidr)) {
        errors.invalid(
          `spec.podCIDRs[${index}]`,
          cidr,
          'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
        );
      }
    }
  },
  validateUpdate(object, old, errors) {
    const before = of(old).spec;
    const now = of(object).spec;
    if (before?.podCIDRs?.length) {
      for (const [index, cidr] of (now?.podCIDRs ?? []).entries()) {
        if (cidr !== before.podCIDRs[index])
          errors.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid');
      }
    }
    if (before?.providerID) validateImmutable(now?.providerID, before.providerID, 'spec.providerID', errors);
  },
  fields: { 'spec.unschedulable': (object) => String(of(object).spec?.unschedulable ?? false) },
  columns: [
    column('Name'),
    column('Status'),
    column('Roles'),
    column('Age'),
    column('Version'),
    column('Internal-IP', 1),
    column('External-IP', 1),
    column('OS-Image', 1),
    column('Kernel-Version', 1),
    column('Container-Runtime', 1),
  ],
  cells(object, now) {
    const { metadata, spec, status } = of(object);
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
    if (spec?.unschedulable) words.push('SchedulingDisabled');
    const info = status?.nodeInfo;
    const address = (wanted: string) => status?.addresses?.find(({ type }) => type === wanted)?.address ?? '<none>';
    const architecture = info?.architecture ? ` (${info.architecture})` : '';
    return [
      metadata.name,
      words.join(','),
      roles(metadata.labels ?? {}).join(',') || '<none>',
      age(metadata.creationTimestamp, now),
      info?.kubeletVersion ?? '',
      address('InternalIP'),
      address('ExternalIP'),
      info?.osImage || '<unknown>',
      `${info?.kernelVersion || '<unknown>'}${architecture}`,
      info?.containerRuntimeVersion || '<unknown>',
    ];
  },
};

function roles(labels: Readonly<Record<string, string>>): string[] {
  const found = new Set<string>();
  for (const [key, value] of Object.entries(labels)) {
    if (key.startsWith(rolePrefix) && key.length > rolePrefix.length) found.add(key.slice(rolePrefix.length));
    else if (key === 'kubernetes.io/role' && value !== '') found.add(value);
  }
  return [...found].sort();
}

function of(object: ApiObject): Node {
  return object as Node;
}
