import { CommandError } from './errors.ts';
import type { ApiResource } from './resources.ts';
import type { Session } from './session.ts';

/** Objects that the command line asks for: by name, or all of a kind. */
export interface Selection {
  readonly resource: ApiResource;
  /** undefined: all of the kind (that a selector matches). */
  readonly names: readonly string[] | undefined;
}

/**
 * Reads `TYPE[,TYPE...] [NAME...]` and `TYPE/NAME ...`, in the order written.
 * @throws CommandError as kubectl words it.
 */
export function parseSelection(session: Session, args: readonly string[], verb = 'get'): readonly Selection[] {
  if (args.some((arg) => arg.includes('/'))) {
    const pairs = args.map((arg) => pair(arg, verb));
    const found: { resource: ApiResource; names: string[] }[] = [];
    for (const [kind, name] of pairs) {
      for (const one of kind.split(',')) found.push({ resource: session.mapper.find(one), names: [name] });
    }
    return found;
  }
  const [kinds, ...names] = args;
  if (kinds === undefined) return [];
  const found = kinds.split(',').flatMap((kind) => {
    const category = session.mapper.lookup(kind) === undefined ? session.mapper.category(kind) : undefined;
    const resources = category ?? [session.mapper.find(kind)];
    return resources.map((resource) => ({ resource, names: names.length === 0 ? undefined : names }));
  });
  // `pods,po` is one kind.
  return found.filter((one, at) => found.findIndex(({ resource }) => resource === one.resource) === at);
}

/** Whether the words ask for several kinds of object, whose names then carry their kind. */
export function hasSeveralKinds(selections: readonly Selection[]): boolean {
  return new Set(selections.map(({ resource }) => resource)).size > 1;
}

function pair(arg: string, verb: string): [string, string] {
  const [kind, name, ...rest] = arg.split('/');
  if (name === undefined) {
    throw new CommandError(
      `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl ${verb} resource/<resource_name>' instead of 'kubectl ${verb} resource resource/<resource_name>'`,
    );
  }
  if (kind === undefined || kind === '' || name === '' || rest.length > 0) {
    throw new CommandError('arguments in resource/name form must have a single resource and name');
  }
  return [kind, name];
}
