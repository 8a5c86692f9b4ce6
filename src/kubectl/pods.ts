import type { ApiObject } from '../kubernetes/api/operation.ts';
import type { LabelSelector } from '../kubernetes/types/meta.ts';
import type { Pod } from '../kubernetes/types/pod.ts';
import { CommandError } from './errors.ts';
import { parseSelection } from './selection.ts';
import type { Session } from './session.ts';

const podsResource = { group: '', version: 'v1', resource: 'pods' };

/**
 * The pod that `POD` or `TYPE/NAME` means: for a Deployment or ReplicaSet one of its pods.
 * @param doing `attach to`, `get the logs from`, for kinds that have no pods.
 * @param many tells how many pods there were to choose from.
 */
export async function podOf(session: Session, word: string, doing: string): Promise<{ pod: Pod; many: number }> {
  if (!word.includes('/')) return { pod: await getPod(session, word), many: 1 };
  const [selection] = parseSelection(session, [word]);
  const name = selection?.names?.[0];
  if (selection === undefined || name === undefined) throw new CommandError(`${word} names no object`);
  const { resource } = selection;
  if (resource.kind === 'Pod') return { pod: await getPod(session, name), many: 1 };
  const object = await session.client.get(resource, { name, ...session.scope(resource) });
  const labelSelector = selectorOf(object);
  if (labelSelector === undefined) {
    const type = `*${resource.version}.${resource.kind}`;
    throw new CommandError(`cannot ${doing} ${type}: selector for ${type} not implemented`);
  }
  const pods = await podsOf(session, labelSelector);
  const [best] = [...pods].sort(byActivity);
  if (best === undefined) throw new CommandError('timed out waiting for the condition');
  return { pod: best, many: pods.length };
}

/** Pods of the namespace that a selector matches. */
export async function podsOf(session: Session, labelSelector: string): Promise<readonly Pod[]> {
  const { items } = await session.client.list(podsResource, { namespace: session.namespace }, { labelSelector });
  return items as unknown as readonly Pod[];
}

/**
 * The container that is meant; says which one where the learner did not and there are several.
 * @throws CommandError for one that the pod lacks.
 */
export async function containerOf(session: Session, pod: Pod, asked: string, quiet: boolean): Promise<string> {
  const containers = pod.spec.containers.map(({ name }) => name);
  const inits = (pod.spec.initContainers ?? []).map(({ name }) => name);
  const all = [...containers, ...inits.map((name) => `${name} (init)`)].join(', ');
  if (asked !== '') {
    if (![...containers, ...inits].includes(asked)) {
      throw new CommandError(`container ${asked} is not valid for pod ${pod.metadata.name} out of: ${all}`);
    }
    return asked;
  }
  const annotated = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  if (annotated !== undefined && containers.includes(annotated)) return annotated;
  const first = containers[0] ?? '';
  if (containers.length + inits.length > 1 && !quiet) {
    await session.err(`Defaulted container ${JSON.stringify(first)} out of: ${all}\n`);
  }
  return first;
}

async function getPod(session: Session, name: string): Promise<Pod> {
  return (await session.client.get(podsResource, { namespace: session.namespace, name })) as unknown as Pod;
}

/** `app=web,tier in (a,b)` of a `spec.selector`. */
export function selectorOf(object: ApiObject): string | undefined {
  const selector = (object.spec as { selector?: LabelSelector } | undefined)?.selector;
  if (selector?.matchLabels === undefined && selector?.matchExpressions === undefined) return undefined;
  return selectorText(selector);
}

export function selectorText(selector: LabelSelector): string {
  const labels = Object.entries(selector.matchLabels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`);
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${[...(values ?? [])].sort().join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}

/** Scheduled before unscheduled, running before pending, ready before unready, young ones last. */
function byActivity(a: Pod, b: Pod): number {
  const rank = (pod: Pod) => [
    pod.spec.nodeName === undefined ? 1 : 0,
    ['Running', 'Unknown', 'Pending', 'Succeeded', 'Failed'].indexOf(pod.status?.phase ?? 'Pending'),
    isReady(pod) ? 0 : 1,
  ];
  const [left, right] = [rank(a), rank(b)];
  const at = left.findIndex((value, index) => value !== right[index]);
  if (at >= 0) return (left[at] as number) - (right[at] as number);
  return (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1;
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}
