import type { ApiObject } from '../kubernetes/api/operation.ts';
import type { Call, Command } from './command.ts';
import { describeConfigMap } from './describe/configmap.ts';
import { describeDeployment } from './describe/deployment.ts';
import type { Describer } from './describe/describer.ts';
import { describeNamespace } from './describe/namespace.ts';
import { describeNode } from './describe/node.ts';
import { describeOther } from './describe/other.ts';
import { describePod } from './describe/pod.ts';
import { describeReplicaSet } from './describe/replicaset.ts';
import { CommandError, isNotFound, throwAll } from './errors.ts';
import { allNamespaces, filename, selector } from './flags/definitions.ts';
import { lackingFiles } from './flags/lacking.ts';
import { listObjects } from './list.ts';
import { listOptions } from './list-options.ts';
import { readManifests } from './manifests.ts';
import { type GetRequest, nothingFound } from './output/tables.ts';
import { parseSelection } from './selection.ts';

const describers: Readonly<Record<string, Describer>> = {
  ConfigMap: describeConfigMap,
  Deployment: describeDeployment,
  Namespace: describeNamespace,
  Node: describeNode,
  Pod: describePod,
  ReplicaSet: describeReplicaSet,
};

export const describe: Command = {
  name: 'describe',
  summary: 'Show details of a specific resource or group of resources',
  usage: 'describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME) [options]',
  examples: ['kubectl describe pod web', 'kubectl describe pods -l app=web', 'kubectl describe node hop-pods-worker'],
  argument: 'object',
  flags: [
    allNamespaces,
    filename,
    selector,
    { name: 'show-events', type: 'bool', default: 'true', help: 'The events of the object at the end.' },
  ],
  lacking: [...lackingFiles, 'chunk-size'],
  run,
};

async function run(call: Call): Promise<number> {
  const { session, flags } = call;
  const errors: unknown[] = [];
  const requests = await requestsOf(call, errors);
  const found: ApiObject[] = [];
  let exact = true;
  for (const request of requests) {
    try {
      const objects = await objectsOf(call, request);
      exact &&= request.name === undefined || objects[0]?.metadata.name === request.name;
      found.push(...objects);
    } catch (error) {
      errors.push(error);
    }
  }
  // Events of many objects would be many requests: they come with one object, or when they are asked for.
  const events = flags.given('show-events') ? flags.bool('show-events') : exact && found.length === 1;
  for (const [at, object] of found.entries()) {
    const text = await (describers[object.kind] ?? describeOther)(session, object, { events });
    await session.out(at === 0 ? text : `\n\n${text}`);
  }
  if (found.length === 0 && errors.length === 0) await session.err(nothingFound(requests));
  throwAll(errors);
  return 0;
}

async function requestsOf({ session, flags, args }: Call, errors: unknown[]): Promise<readonly GetRequest[]> {
  if (flags.list('filename').length > 0) {
    const manifests = await readManifests(session, flags.list('filename'));
    errors.push(...manifests.errors);
    return manifests.objects;
  }
  if (args.length === 0) {
    throw new CommandError(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
    );
  }
  return parseSelection(session, args, 'describe').flatMap(({ resource, names }): GetRequest[] => {
    const scope = flags.bool('all-namespaces') ? {} : session.scope(resource);
    return names === undefined ? [{ resource, ...scope }] : names.map((name) => ({ resource, name, ...scope }));
  });
}

/** The object of that name; where there is none, those whose names begin so. */
async function objectsOf(
  { session, flags }: Call,
  { resource, name, namespace }: GetRequest,
): Promise<readonly ApiObject[]> {
  const at = namespace === undefined ? {} : { namespace };
  if (name === undefined) return listObjects(session, resource, at, listOptions(flags));
  try {
    return [await session.client.get(resource, { ...at, name })];
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const items = await listObjects(session, resource, at, {});
    const begun = items.filter(({ metadata }) => metadata.name.startsWith(name));
    if (begun.length === 0) throw error;
    return begun;
  }
}
