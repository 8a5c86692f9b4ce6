import { forbidden } from '../failure.ts';
import { column, type KindContext, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { age } from '../time.ts';
import { validateImmutable } from '../validation/metadata.ts';

const named = { group: 'scheduling.k8s.io', resource: 'priorityclasses', kind: 'PriorityClass' };
const PRIORITY_CLASSES = { ...named, version: 'v1' };
const highest = 1_000_000_000;

export interface PriorityClass extends ApiObject {
  readonly value: number;
  readonly globalDefault?: boolean;
  readonly preemptionPolicy?: string;
  readonly description?: string;
}

/** The classes that every cluster has. */
export const systemClasses = [
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
] as const;

export const priorityClass: KindDefinition = {
  ...named,
  version: 'v1',
  singular: 'priorityclass',
  shortNames: ['pc'],
  namespaced: false,
  generation: true,
  counts: () => false,
  defaults(draft) {
    draft.value ??= 0;
    draft.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  admit: (draft, context) => refuseSecondDefault(draft as ApiObject as PriorityClass, context),
  prepareUpdate: (draft, _, context) => refuseSecondDefault(draft as ApiObject as PriorityClass, context),
  validate(object, errors) {
    const { metadata, value, globalDefault, preemptionPolicy } = object as PriorityClass;
    if (metadata.name?.startsWith('system-')) {
      const known = systemClasses.find(({ name }) => name === metadata.name);
      const why =
        known === undefined
          ? `${metadata.name} is not a known system priority class`
          : known.value !== value
            ? `value of ${metadata.name} PriorityClass must be ${known.value}`
            : globalDefault
              ? `globalDefault of ${metadata.name} PriorityClass must be false`
              : undefined;
      if (why !== undefined) {
        const reserved = "priority class names with 'system-' prefix are reserved for system use only. error: ";
        errors.forbidden('metadata.name', `${reserved}${why}`);
      }
    } else if (value > highest) {
      errors.forbidden('value', `maximum allowed value of a user defined priority is ${highest}`);
    }
    const policies = ['PreemptLowerPriority', 'Never'];
    if (!policies.includes(preemptionPolicy ?? '')) errors.notSupported('preemptionPolicy', preemptionPolicy, policies);
  },
  validateUpdate(object, old, errors) {
    const now = object as PriorityClass;
    const before = old as PriorityClass;
    if (now.value !== before.value) errors.forbidden('value', 'may not be changed in an update.');
    validateImmutable(now.preemptionPolicy, before.preemptionPolicy, 'preemptionPolicy', errors);
  },
  updateFirst: true,
  columns: [
    column('Name'),
    column('Value', 0, 'integer'),
    column('Global-Default', 0, 'boolean'),
    column('Age'),
    column('PreemptionPolicy'),
  ],
  cells(object, now) {
    const { metadata, value, globalDefault = false, preemptionPolicy = '' } = object as PriorityClass;
    return [metadata.name, value, globalDefault, age(metadata.creationTimestamp, now), preemptionPolicy];
  },
};

function refuseSecondDefault({ metadata, globalDefault }: PriorityClass, context: KindContext): void {
  const other = globalDefault ? defaultClass(context) : undefined;
  if (other === undefined || other.metadata.name === metadata.name) return;
  const why = `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`;
  throw forbidden(named, metadata.name ?? '', why);
}

/** The class of pods that name none. */
export function defaultClass({ list }: KindContext): PriorityClass | undefined {
  const marked = (list(PRIORITY_CLASSES) as readonly PriorityClass[]).filter(({ globalDefault }) => globalDefault);
  return [...marked].sort((a, b) => a.value - b.value)[0];
}

export function findClass({ find }: KindContext, name: string): PriorityClass | undefined {
  return find(PRIORITY_CLASSES, name) as PriorityClass | undefined;
}
