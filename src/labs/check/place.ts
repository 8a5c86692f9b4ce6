import { parsePlace, placeIn } from '../spec/place.ts';
import { fillIn } from '../spec/text.ts';
import type { Place } from '../target.ts';
import type { CheckContext } from './outcome.ts';

/** The place that a lab file names, in this cluster. */
export function placeOf(text: string, { cluster, variables }: Pick<CheckContext, 'cluster' | 'variables'>): Place {
  return placeIn(cluster, fillIn(text, variables));
}

/** `pod web`, `node worker2`, `a machine outside the cluster`. */
export function placeInWords(text: string): string {
  const place = parsePlace(text);
  if ('expected' in place) return text;
  if (place.kind === 'outside') return 'a machine outside the cluster';
  if (place.kind === 'node') return `node ${place.role}`;
  return `pod ${place.name}${place.namespace === 'default' ? '' : ` in ${place.namespace}`}`;
}

/** The command that a learner types to run `command` there; a node stands as `$WORKER2`, which their shell knows. */
export function commandAt(text: string, command: string): string {
  const place = parsePlace(text);
  if ('expected' in place) return command;
  if (place.kind === 'outside') return `hop outside -- ${command}`;
  if (place.kind === 'node') return `hop node $${place.role.toUpperCase().replaceAll('-', '_')} -- ${command}`;
  const namespace = place.namespace === 'default' ? '' : ` -n ${place.namespace}`;
  return `kubectl exec ${place.name}${namespace} -- ${command}`;
}
