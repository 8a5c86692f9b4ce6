import { equal } from '../api/draft.ts';
import type { Pod } from '../types/pod.ts';
import type { Service } from '../types/service.ts';
import type { Feeds } from './feeds.ts';
import { isReady } from './pods.ts';
import { keyOf } from './queue.ts';
import { PODS, SERVICES } from './resources.ts';
import { ServiceSelectors } from './service-selectors.ts';

/** Calls `changed` with the key of each Service whose endpoints may be others now: it changed, or a pod it selects did. */
export function onServiceChange(feeds: Feeds, changed: (key: string) => void): void {
  const selectors = new ServiceSelectors();
  /** Pod -> Services that selected it last. */
  const chosen = new Map<string, readonly string[]>();
  const known = new Map<string, Pod>();
  feeds.on(SERVICES, (change, object) => {
    const service = object as Service;
    if (change === 'DELETED') selectors.remove(service);
    else selectors.put(service);
    changed(keyOf(service));
  });
  feeds.on(PODS, (change, object) => {
    const pod = object as Pod;
    const key = keyOf(pod);
    const before = known.get(key);
    if (change === 'DELETED') known.delete(key);
    else known.set(key, pod);
    if (change === 'MODIFIED' && before !== undefined && !matters(before, pod)) return;
    const now = change === 'DELETED' ? [] : selectors.selecting(pod);
    for (const service of new Set([...now, ...(chosen.get(key) ?? [])])) changed(service);
    if (now.length > 0) chosen.set(key, now);
    else chosen.delete(key);
  });
}

/** Whether a change of a pod can change an endpoint: most of its life, such as restarts, can't. */
function matters(before: Pod, pod: Pod): boolean {
  return (
    before.status?.podIP !== pod.status?.podIP ||
    before.status?.phase !== pod.status?.phase ||
    isReady(before) !== isReady(pod) ||
    before.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
    before.metadata.uid !== pod.metadata.uid ||
    before.spec !== pod.spec ||
    !equal(before.metadata.labels, pod.metadata.labels)
  );
}
