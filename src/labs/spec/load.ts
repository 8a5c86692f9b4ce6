import type { Lab, Manifest } from './lab.ts';
import { readManifests } from './manifest.ts';
import type { Problem } from './problem.ts';
import { read } from './read.ts';
import { brokenRules } from './rules.ts';
import { type LabFile, labShape } from './schema.ts';
import type { Known, LabSource } from './source.ts';
import { readYaml } from './yaml.ts';

/** Reads one lab's files. `lab` is there only when nothing is wrong. */
export function loadLab(
  files: readonly LabSource[],
  known: Known,
): { readonly lab?: Lab; readonly problems: readonly Problem[] } {
  const main = files.find(({ path }) => /(^|\/)lab\.yaml$/.test(path));
  if (main === undefined) {
    const file = files[0]?.path ?? 'lab.yaml';
    return { problems: [{ file, line: 1, column: 1, field: '', message: 'this folder has no lab.yaml' }] };
  }
  const folder = main.path.slice(0, -'lab.yaml'.length);
  const id = folder.split('/').at(-2) ?? '';
  const { documents, problems: unreadable } = readYaml(main.path, main.text);
  const [document] = documents;
  if (document === undefined) {
    const empty: Problem = { file: main.path, line: 1, column: 1, field: '', message: 'this file is empty' };
    return { problems: unreadable.length > 0 ? unreadable : [empty] };
  }
  const reading = read(main.path, document, labShape);
  // The shape is what `LabFile` was made from.
  const written = reading.value as LabFile | undefined;
  if (written === undefined) return { problems: reading.problems };

  const problems: Problem[] = [];
  const manifests: Manifest[] = [];
  for (const [i, setup] of written.setup.entries()) {
    const sources = files.filter(({ path }) => isIn(path, folder + setup) && /\.ya?ml$/.test(path));
    if (sources.length === 0) {
      const field = `setup[${i}]`;
      const message = 'no manifest is there';
      const found = `no YAML file at ${folder}${setup}`;
      problems.push({ file: main.path, ...reading.at(field), field, message, found });
    }
    for (const source of [...sources].sort((a, b) => (a.path < b.path ? -1 : 1))) {
      const result = readManifests(source, known.schema, written.cluster.workers);
      problems.push(...result.problems);
      manifests.push(...result.manifests);
    }
  }
  const given = written.files === undefined ? [] : files.filter(({ path }) => isIn(path, folder + written.files));
  if (written.files !== undefined && given.length === 0) {
    const message = 'no file is there';
    const found = `nothing at ${folder}${written.files}`;
    problems.push({ file: main.path, ...reading.at('files'), field: 'files', message, found });
  }
  const others = { files: given.map(({ text }) => text), complete: problems.length === 0 };
  problems.push(...brokenRules(id, main.path, written, manifests, others, known, reading.at));
  if (problems.length > 0) return { problems };
  const { setup, files: filesFolder, targets, ...rest } = written;
  const lab: Lab = {
    ...rest,
    id,
    targets: targets ?? ['page', 'kind'],
    manifests,
    files: given.map(({ path, text }) => ({ path: path.slice((folder + filesFolder).length), text })),
  };
  return { lab, problems };
}

/** A path with a trailing `/` is a folder. */
function isIn(path: string, where: string): boolean {
  return where.endsWith('/') ? path.startsWith(where) : path === where;
}
