import type { ApiObject } from '../../kubernetes/api/operation.ts';
import type { Event } from '../../kubernetes/types/cluster.ts';
import type { Session } from '../session.ts';
import { ago, type Description } from './text.ts';

const eventsResource = { group: '', version: 'v1', resource: 'events' };

/** The Events section of an object's description. */
export async function describeEvents(session: Session, description: Description, object: ApiObject): Promise<void> {
  const { name, namespace, uid } = object.metadata;
  // Kubelets name their node in events by its name, not by its uid.
  const of = object.kind === 'Node' ? {} : { 'involvedObject.uid': uid };
  const wanted = {
    'involvedObject.name': name,
    'involvedObject.namespace': namespace,
    'involvedObject.kind': object.kind,
    ...of,
  };
  const fieldSelector = Object.entries(wanted)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => `${field}=${value}`)
    .join(',');
  const { items } = await session.client.list(eventsResource, namespace === undefined ? {} : { namespace }, {
    fieldSelector,
  });
  const events = [...(items as unknown as readonly Event[])].sort((a, b) => order(a) - order(b));
  if (events.length === 0) {
    description.field('Events', '<none>');
    return;
  }
  const now = session.process.clock.wall();
  description.line('Events:');
  description.line('  Type\tReason\tAge\tFrom\tMessage');
  description.line('  ----\t------\t----\t----\t-------');
  for (const event of events) {
    const from = event.source?.component || event.reportingComponent || '';
    const path = event.involvedObject.fieldPath;
    const message = `${path ? `${path}: ` : ''}${(event.message ?? '').trim()}`;
    description.line(`  ${event.type}\t${event.reason}\t${interval(event, now)}\t${from}\t${message}`);
  }
}

/** By when it was last seen; those that only know their own time come first. */
function order(event: Event): number {
  return event.lastTimestamp ? Date.parse(event.lastTimestamp) : 0;
}

function interval(event: Event, now: number): string {
  const first = event.firstTimestamp ?? event.eventTime;
  if ((event.count ?? 0) > 1)
    return `${ago(event.lastTimestamp ?? first, now)} (x${event.count} over ${ago(first, now)})`;
  return ago(first, now);
}
