import type { ApiObject } from '../kubernetes/api/operation.ts';
import type { Call } from './command.ts';
import { CommandError } from './errors.ts';
import { listObjects } from './list.ts';
import { listOptions } from './list-options.ts';
import { readManifests } from './manifests.ts';
import type { ApiResource } from './resources.ts';
import { parseSelection } from './selection.ts';

/** A live object that a verb acts on. */
export interface LiveObject {
  readonly resource: ApiResource;
  readonly name: string;
  readonly namespace?: string;
  readonly object: ApiObject;
}

/**
 * The live objects that `-f`, names, `-l`, `--all` and `-A` ask for, as `label`, `scale` and `wait` take them.
 * What isn't there is among the errors; the rest goes on.
 * @param words the arguments that name objects; by default all.
 */
export async function namedObjects(
  { session, flags, args }: Call,
  verb: string,
  words: readonly string[] = args,
): Promise<{ targets: LiveObject[]; errors: unknown[] }> {
  const targets: LiveObject[] = [];
  const errors: unknown[] = [];
  const fetch = async (resource: ApiResource, name: string, namespace: string | undefined) => {
    const at = namespace === undefined ? {} : { namespace };
    try {
      targets.push({ resource, name, ...at, object: await session.client.get(resource, { ...at, name }) });
    } catch (error) {
      errors.push(error);
    }
  };
  if (flags.list('filename').length > 0) {
    const manifests = await readManifests(session, flags.list('filename'));
    errors.push(...manifests.errors);
    for (const { resource, name, namespace } of manifests.objects) await fetch(resource, name, namespace);
    return { targets, errors };
  }
  if (words.length === 0) {
    throw new CommandError(
      "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
    );
  }
  const listed = (flags.has('all') && flags.bool('all')) || Object.keys(listOptions(flags)).length > 0;
  for (const { resource, names } of parseSelection(session, words, verb)) {
    const scope = flags.has('all-namespaces') && flags.bool('all-namespaces') ? {} : session.scope(resource);
    if (names !== undefined) {
      if (listed) throw new CommandError('name cannot be provided when a selector is specified');
      for (const name of names) await fetch(resource, name, scope.namespace);
      continue;
    }
    if (!listed) throw new CommandError('resource(s) were provided, but no name was specified');
    try {
      for (const object of await listObjects(session, resource, scope, listOptions(flags))) {
        const { name, namespace } = object.metadata;
        targets.push({ resource, name, ...(namespace === undefined ? {} : { namespace }), object });
      }
    } catch (error) {
      errors.push(error);
    }
  }
  return { targets, errors };
}
