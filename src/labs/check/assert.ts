import { findKind } from '../spec/kinds.ts';
import type { AssertCheck } from '../spec/lab.ts';
import { fillIn, fillInAll } from '../spec/text.ts';
import type { KubeObject, ObjectQuery } from '../target.ts';
import { kubectlGet } from './field.ts';
import { type Difference, differences, isMap, shown } from './match.ts';
import type { CheckKindModule } from './outcome.ts';

/** Objects of the cluster have the listed fields; or none has, or so many have. */
export const assert: CheckKindModule<AssertCheck> = {
  acts: false,

  describe(check) {
    const { query, wanted } = asked(check);
    const what = named(query, check.absent ? 'no' : '');
    const fields = leaves(wanted).map(({ path, expected }) => `${path} ${shown(expected)}`);
    const count = check.count === undefined ? '' : `, ${check.count} of them`;
    return `${what}${fields.length > 0 ? ` with ${fields.join(' and ')}` : ''}${count}`;
  },

  async evaluate(written, { target, variables, signal }) {
    const check = { ...written, assert: fillInAll(written.assert, variables) };
    const { query, wanted } = asked({
      ...check,
      ...(written.selector === undefined ? {} : { selector: fillIn(written.selector, variables) }),
    });
    const objects = await target.get(query, signal);
    const judged = objects.map((object) => ({ object, lacks: differences(wanted, object) }));
    const matching = judged.filter(({ lacks }) => lacks.length === 0);
    const expected = assert.describe(check);
    const lookAt = kubectlGet(query);
    const count = check.absent ? 0 : check.count;
    const fits = count === undefined ? matching.length > 0 : matching.length === count;
    if (fits) return { state: 'passing', expected, lookAt };
    if (count !== undefined && matching.length > 0) {
      const names = matching.map(({ object }) => object.metadata.name).join(', ');
      return {
        state: 'failing',
        expected,
        found: check.absent ? `${query.kind} ${names}` : `${matching.length}: ${names}`,
        lookAt,
      };
    }
    const closest = judged.sort((a, b) => a.lacks.length - b.lacks.length)[0];
    const found = closest === undefined ? named(query, 'no') : differing(closest.object, closest.lacks);
    return { state: 'failing', expected, found, lookAt };
  },

  watches(check) {
    const { apiVersion, kind } = asked(check).query;
    return [{ apiVersion, kind }];
  },
};

/** Which objects are meant, and which of their fields; names and kind are the query's part. */
function asked(check: AssertCheck): { query: ObjectQuery; wanted: Readonly<Record<string, unknown>> } {
  const { kind: word, apiVersion: version, metadata, ...fields } = check.assert;
  const kind = findKind(String(word));
  const { name, namespace, ...meta } = isMap(metadata) ? metadata : {};
  const query: ObjectQuery = {
    apiVersion: String(version ?? kind?.apiVersion),
    kind: String(word),
    ...(kind?.namespaced === false ? {} : { namespace: String(namespace ?? 'default') }),
    ...(name === undefined ? {} : { name: String(name) }),
    ...(check.selector === undefined ? {} : { labelSelector: check.selector }),
  };
  return { query, wanted: Object.keys(meta).length > 0 ? { metadata: meta, ...fields } : fields };
}

function named(query: ObjectQuery, article: '' | 'no'): string {
  const name = query.name === undefined ? '' : ` ${query.name}`;
  const selector = query.labelSelector === undefined ? '' : ` labelled ${query.labelSelector}`;
  const elsewhere = query.namespace === undefined || query.namespace === 'default' ? '' : ` in ${query.namespace}`;
  return `${article === '' ? '' : 'no '}${query.kind}${name}${selector}${elsewhere}`;
}

function differing(object: KubeObject, lacks: readonly Difference[]): string {
  const parts = lacks.slice(0, 3).map(({ path, found }) => `${path} is ${shown(found)}`);
  return `${object.kind} ${object.metadata.name}: ${parts.join(', ')}`;
}

/** The single values of what is wanted, each with its path. */
function leaves(value: unknown, path = ''): { path: string; expected: unknown }[] {
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, `${path}[]`));
  if (isMap(value)) {
    return Object.entries(value).flatMap(([key, item]) => leaves(item, path === '' ? key : `${path}.${key}`));
  }
  return [{ path, expected: value }];
}
