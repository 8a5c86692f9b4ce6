import type { ConfigMap } from '../../kubernetes/types/cluster.ts';
import type { Describer } from './describer.ts';
import { describeEvents } from './events.ts';
import { Description, pairs } from './text.ts';

export const describeConfigMap: Describer = async (session, object, options) => {
  const { metadata, data, binaryData } = object as unknown as ConfigMap;
  const description = new Description();
  description.field('Name', metadata.name).field('Namespace', metadata.namespace ?? '');
  description.labels('Labels', metadata.labels).annotations(metadata.annotations);
  description.line('').line('Data').line('====');
  for (const [key, value] of pairs(data)) description.line(`${key}:`).line('----').line(value).line('');
  description.line('').line('BinaryData').line('====');
  for (const [key, value] of pairs(binaryData)) description.line(`${key}: ${atob(value).length} bytes`);
  description.line('');
  if (options.events) await describeEvents(session, description, object);
  return description.text();
};
