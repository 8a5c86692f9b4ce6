import { parseTime } from '../../events/time.ts';
import type { Pod } from '../../types/pod.ts';
import type { Service } from '../../types/service.ts';

export const TRIGGERED = 'endpoints.kubernetes.io/last-change-trigger-time';

/**
 * When what led to the present endpoints came about: the latest of the Service's making and its pods' readiness.
 * @returns undefined where neither has a time
 */
export function lastChange(service: Service, pods: readonly Pod[]): string | undefined {
  const times = pods.map(({ status }) =>
    parseTime(status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime),
  );
  const latest = Math.max(...[parseTime(service.metadata.creationTimestamp), ...times].filter((time) => time > 0));
  return Number.isFinite(latest) ? `${new Date(latest).toISOString().slice(0, 19)}Z` : undefined;
}
