import type { Pod } from '../../types/pod.ts';
import type { AnyDraft, Draft } from '../draft.ts';
import { forbidden } from '../failure.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { validateEphemeralUpdate } from '../validation/ephemeral.ts';
import { validatePod, validatePodUpdate } from '../validation/pod.ts';
import { admitPodSpec, defaultPodSpec } from './pod-defaults.ts';
import { qosClass } from './pod-qos.ts';
import { podCells } from './pod-status.ts';
import { defaultClass, findClass } from './priorityclass.ts';

const named = { group: '', resource: 'pods', kind: 'Pod' };

export const pod: KindDefinition = {
  ...named,
  version: 'v1',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status', 'binding', 'eviction', 'ephemeralcontainers', 'log', 'exec', 'attach', 'portforward'],
  generation: true,
  answersDeleted: true,
  defaults(draft) {
    const pod = draft as Draft<Pod>;
    pod.spec ??= { containers: [] };
    defaultPodSpec(pod.spec);
    if (!Object.isFrozen(pod.spec)) pod.spec.enableServiceLinks ??= true;
    for (const condition of pod.status?.conditions ?? []) {
      if (Object.isFrozen(condition)) continue;
      // These are written even when they say nothing.
      condition.lastProbeTime ??= null;
      condition.lastTransitionTime ??= null;
    }
  },
  admit(draft, context) {
    const pod = draft as Draft<Pod>;
    if (pod.spec === undefined) return;
    const wanted = pod.spec.priorityClassName;
    const found = wanted ? findClass(context, wanted) : defaultClass(context);
    const refuse = (why: string) => forbidden(named, pod.metadata.name ?? '', why);
    if (wanted && found === undefined) throw refuse(`no PriorityClass with name ${wanted} was found`);
    const value = found?.value ?? 0;
    if (pod.spec.priority !== undefined && pod.spec.priority !== value) {
      throw refuse(
        `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
      );
    }
    const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
    pod.spec = admitPodSpec(pod.spec, { value, policy });
    if (found !== undefined) pod.spec.priorityClassName = found.metadata.name;
  },
  prepareCreate(draft) {
    const pod = draft as Draft<Pod>;
    pod.status = { phase: 'Pending', qosClass: qosClass(pod as Pod) };
    if (pod.spec?.schedulingGates?.length) {
      pod.status.conditions = [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
        },
      ];
    }
  },
  prepareUpdate(draft, old) {
    const pod = draft as Draft<Pod>;
    const { priority, preemptionPolicy } = of(old).spec as { priority?: number; preemptionPolicy?: string };
    if (pod.spec === undefined || pod.spec === of(old).spec) return;
    pod.spec = admitPodSpec(pod.spec, { value: priority ?? 0, policy: preemptionPolicy ?? 'PreemptLowerPriority' });
  },
  prepareStatus(draft, old) {
    const pod = draft as Draft<Pod>;
    // The class is decided once.
    const decided = (old as Pod).status?.qosClass;
    if (pod.status !== undefined && pod.status.qosClass === undefined && decided !== undefined) {
      pod.status = { ...pod.status, qosClass: decided };
    }
  },
  prepareEphemeral(draft, old) {
    const pod = draft as Draft<Pod>;
    const before = old as Draft<Pod>;
    const { ephemeralContainers } = pod.spec;
    pod.spec = { ...before.spec };
    if (ephemeralContainers === undefined) delete pod.spec.ephemeralContainers;
    else pod.spec.ephemeralContainers = ephemeralContainers;
    if (before.status === undefined) delete pod.status;
    else pod.status = before.status;
  },
  validate(object, errors, old) {
    validatePod(object as Pod, errors);
    if (old === undefined && of(object).spec.ephemeralContainers?.length) {
      errors.forbidden('spec.ephemeralContainers', 'cannot be set on create');
    }
  },
  validateUpdate(object, old, errors, subresource) {
    if (subresource === 'ephemeralcontainers') validateEphemeralUpdate(of(object), of(old), errors);
    else validatePodUpdate(of(object), of(old), errors);
  },
  fields: {
    'spec.nodeName': (object) => of(object).spec.nodeName ?? '',
    'spec.restartPolicy': (object) => of(object).spec.restartPolicy ?? '',
    'spec.schedulerName': (object) => of(object).spec.schedulerName ?? '',
    'spec.serviceAccountName': (object) => of(object).spec.serviceAccountName ?? '',
    'spec.hostNetwork': (object) => String(of(object).spec.hostNetwork ?? false),
    'status.phase': (object) => of(object).status?.phase ?? '',
    'status.podIP': (object) => of(object).status?.podIP ?? '',
    'status.nominatedNodeName': (object) => of(object).status?.nominatedNodeName ?? '',
  },
  /** Only a pod that a kubelet runs is left time to end. */
  grace(object, asked) {
    const { spec, status } = of(object);
    if (!spec.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded') return 0;
    const grace = asked ?? spec.terminationGracePeriodSeconds ?? 30;
    return grace < 0 ? 1 : grace;
  },
  columns: [
    column('Name'),
    column('Ready'),
    column('Status'),
    column('Restarts'),
    column('Age'),
    column('IP', 1),
    column('Node', 1),
    column('Nominated Node', 1),
    column('Readiness Gates', 1),
  ],
  cells: (object, now) => podCells(of(object), now),
};

function of(object: ApiObject | AnyDraft): Pod {
  return object as Pod;
}
