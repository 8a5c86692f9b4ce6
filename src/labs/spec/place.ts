import type { Place } from '../target.ts';
import { nearest } from './nearest.ts';

/** A place as lab files write it; nodes by their role in the cluster (`worker2`), not by name. */
export type PlaceName =
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'node'; readonly role: string }
  | { readonly kind: 'outside' };

/** Reads `pod/NAME`, `pod/NAMESPACE/NAME`, `node/worker2`, `outside`. @returns what was expected, if it is none. */
export function parsePlace(text: string): PlaceName | { readonly expected: string; readonly nearest?: string } {
  if (text === 'outside') return { kind: 'outside' };
  const [kind, first, second, ...rest] = text.split('/');
  if (kind === 'pod' && first && second !== '' && rest.length === 0) {
    return { kind, namespace: second === undefined ? 'default' : first, name: second ?? first };
  }
  if (kind === 'node' && first && second === undefined) return { kind, role: first };
  const meant = nearest(kind ?? '', ['node', 'pod', 'outside']);
  return {
    expected: '`pod/NAME`, `pod/NAMESPACE/NAME`, `node/worker` or `outside`',
    ...(meant === undefined || meant === kind ? {} : { nearest: [meant, ...text.split('/').slice(1)].join('/') }),
  };
}

/** The place in a cluster; `clusterName` turns `worker2` into a node's name. */
export function placeIn(clusterName: string, text: string): Place {
  const place = parsePlace(text);
  if ('expected' in place) throw new Error(`"${text}" is no place: expected ${place.expected}`);
  return place.kind === 'node' ? { kind: 'node', name: `${clusterName}-${place.role}` } : place;
}
