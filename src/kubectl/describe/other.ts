import { goValue } from '../jsonpath/text.ts';
import { isMap } from '../manifests.ts';
import type { Describer } from './describer.ts';
import { describeEvents } from './events.ts';
import { Description, pairs } from './text.ts';

const shownAbove = [
  '.metadata.managedFields',
  '.metadata.name',
  '.metadata.namespace',
  '.metadata.labels',
  '.metadata.annotations',
];
const acronyms: readonly string[] = ['API', 'URL', 'UID', 'GUID', 'IP'];

/** Kinds without a description of their own: every field, by name. */
export const describeOther: Describer = async (session, object, options) => {
  const { metadata } = object;
  const description = new Description();
  description.field('Name', metadata.name);
  description.field('Namespace', metadata.namespace ?? '');
  description.labels('Labels', metadata.labels).annotations(metadata.annotations);
  describeFields(description, object, 0, '');
  if (options.events) await describeEvents(session, description, object);
  return description.text();
};

function describeFields(
  description: Description,
  map: Readonly<Record<string, unknown>>,
  level: number,
  path: string,
): void {
  const margin = '  '.repeat(level);
  for (const [key, value] of pairs(map)) {
    const at = `${path}.${key}`;
    if (shownAbove.includes(at)) continue;
    if (isMap(value)) {
      description.line(`${margin}${title(key)}:`);
      describeFields(description, value, level + 1, at);
    } else if (Array.isArray(value)) {
      description.line(`${margin}${title(key)}:`);
      for (const item of value) {
        if (isMap(item)) describeFields(description, item, level + 1, at);
        else description.line(`${margin}  ${goValue(item)}`);
      }
    } else description.line(`${margin}${title(key)}:\t${value === null ? '<nil>' : goValue(value)}`);
  }
}

/** `Creation Timestamp` of `creationTimestamp`. */
function title(key: string): string {
  const words = key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[ _]/);
  return words
    .map((word) =>
      acronyms.includes(word.toUpperCase()) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join(' ');
}
