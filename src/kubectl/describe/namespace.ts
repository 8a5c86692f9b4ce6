import type { Namespace } from '../../kubernetes/types/cluster.ts';
import type { Describer } from './describer.ts';
import { Description } from './text.ts';

export const describeNamespace: Describer = async (_, object) => {
  const { metadata, status } = object as unknown as Namespace;
  return new Description()
    .field('Name', metadata.name)
    .labels('Labels', metadata.labels)
    .annotations(metadata.annotations)
    .field('Status', status?.phase ?? '')
    .line('')
    .line('No resource quota.')
    .line('')
    .line('No LimitRange resource.')
    .text();
};
