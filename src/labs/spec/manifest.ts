import type { Schema } from '../../kubernetes/schema/schema.ts';
import type { Manifest } from './lab.ts';
import { objectProblems } from './object.ts';
import type { Problem } from './problem.ts';
import type { LabSource } from './source.ts';
import { namesIn } from './text.ts';
import { type Located, plain, readYaml } from './yaml.ts';

/** Reads a file of Kubernetes manifests: each must be an object of a kind that the API serves, with its fields. */
export function readManifests(
  { path, text }: LabSource,
  schema: Schema,
  workers: number,
): { readonly manifests: readonly Manifest[]; readonly problems: readonly Problem[] } {
  const { documents, problems: unreadable } = readYaml(path, text);
  const problems: Problem[] = [...unreadable];
  const manifests: Manifest[] = [];
  for (const document of documents) {
    const found = objectProblems(path, document, schema, { whole: true });
    problems.push(...found, ...unknownNodes(path, document, workers));
    if (found.length === 0) manifests.push(plain(document) as Manifest);
  }
  return { manifests, problems };
}

/** Nodes' names (`$WORKER3`) in a manifest that the lab's cluster doesn't have. Other names are a shell's. */
function unknownNodes(file: string, located: Located, workers: number, field = ''): readonly Problem[] {
  if (located.kind === 'map') {
    return located.entries.flatMap(({ key, value }) =>
      unknownNodes(file, value, workers, field === '' ? key : `${field}.${key}`),
    );
  }
  if (located.kind === 'list') {
    return located.items.flatMap((item, i) => unknownNodes(file, item, workers, `${field}[${i}]`));
  }
  if (typeof located.value !== 'string') return [];
  return namesIn(located.value).flatMap((name) => {
    const number = /^WORKER(\d*)$/.exec(name)?.[1];
    if (number === undefined || (number === '' ? 1 : Number(number)) <= workers) return [];
    const message = `this cluster has no such node`;
    return [{ file, ...located.at, field, message, found: `$${name}`, expected: `one of ${workers} workers` }];
  });
}
