import type { Event } from '../../types/cluster.ts';
import type { AnyDraft } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { age } from '../time.ts';

interface Series {
  readonly count?: number;
  readonly lastObservedTime?: string;
}

export const event: KindDefinition = {
  group: '',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  prepareCreate: complete,
  prepareUpdate: complete,
  validate(object, errors) {
    const { involvedObject, metadata } = object as Event;
    // Events about cluster-scoped objects live in `default`.
    if ((involvedObject.namespace || 'default') !== metadata.namespace) {
      errors.invalid('involvedObject.namespace', involvedObject.namespace ?? '', 'does not match event.namespace');
    }
  },
  fields: {
    'involvedObject.kind': (object) => of(object).involvedObject.kind ?? '',
    'involvedObject.namespace': (object) => of(object).involvedObject.namespace ?? '',
    'involvedObject.name': (object) => of(object).involvedObject.name ?? '',
    'involvedObject.uid': (object) => of(object).involvedObject.uid ?? '',
    'involvedObject.apiVersion': (object) => of(object).involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': (object) => of(object).involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': (object) => of(object).involvedObject.fieldPath ?? '',
    reason: (object) => of(object).reason ?? '',
    reportingComponent: (object) => of(object).reportingComponent ?? '',
    source: (object) => of(object).source?.component || (of(object).reportingComponent ?? ''),
    type: (object) => of(object).type ?? '',
  },
  columns: [
    column('Last Seen'),
    column('Type'),
    column('Reason'),
    column('Object'),
    column('Subobject', 1),
    column('Source', 1),
    column('Message'),
    column('First Seen', 1),
    column('Count', 1),
    column('Name', 1),
  ],
  cells(object, now) {
    const event = of(object);
    const series = object.series as Series | undefined;
    const first = age(event.firstTimestamp || event.eventTime, now);
    let last = event.lastTimestamp ? age(event.lastTimestamp, now) : first;
    if (series !== undefined) last = age(series.lastObservedTime, now);
    const { kind = '', name, fieldPath } = event.involvedObject;
    const component = event.source?.component || event.reportingComponent || '';
    const instance = event.source?.host || event.reportingInstance || '';
    return [
      last,
      event.type ?? '',
      event.reason ?? '',
      name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase(),
      fieldPath ?? '',
      instance === '' ? component : `${component}, ${instance}`,
      (event.message ?? '').trim(),
      first,
      series?.count ?? (event.count || 1),
      event.metadata.name,
    ];
  },
};

/** These are written even when they say nothing. */
function complete(draft: AnyDraft): void {
  draft.eventTime ??= null;
  draft.reportingComponent ??= '';
  draft.reportingInstance ??= '';
  draft.source ??= {};
}

function of(object: ApiObject): Event {
  return object as Event;
}
