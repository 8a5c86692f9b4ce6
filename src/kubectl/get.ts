import type { Call, Command } from './command.ts';
import { CommandError, isNotFound, PlainError, throwAll } from './errors.ts';
import {
  allNamespaces,
  fieldSelector,
  filename,
  ignoreNotFound,
  selector,
  showManagedFields,
} from './flags/definitions.ts';
import { listObjects } from './list.ts';
import { listOptions } from './list-options.ts';
import { readManifests } from './manifests.ts';
import { type OutputFormat, parseFormat } from './output/format.ts';
import { type Printable, printObjects } from './output/print.ts';
import { sortObjects } from './output/sort.ts';
import { type GetRequest, printTables } from './output/tables.ts';
import { hasSeveralKinds, parseSelection } from './selection.ts';
import type { Session } from './session.ts';
import { watchObjects } from './watch.ts';

export const get: Command = {
  name: 'get',
  summary: 'Display one or many resources',
  usage: 'get (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags] [options]',
  examples: [
    'kubectl get pods -o wide',
    'kubectl get deployment/web -o yaml',
    "kubectl get pods -l app=web -o jsonpath='{.items[*].status.podIP}'",
  ],
  argument: 'object',
  flags: [
    {
      name: 'output',
      short: 'o',
      type: 'string',
      default: '',
      help: 'Output format. One of: (wide, json, yaml, name, jsonpath=TEMPLATE, custom-columns=HEADER:PATH,...).',
    },
    allNamespaces,
    selector,
    fieldSelector,
    filename,
    ignoreNotFound,
    showManagedFields,
    { name: 'watch', short: 'w', type: 'bool', default: 'false', help: 'After listing, print each change.' },
    { name: 'watch-only', type: 'bool', default: 'false', help: 'Print changes, without listing first.' },
    { name: 'output-watch-events', type: 'bool', default: 'false', help: 'With -w: say what happened to each object.' },
    { name: 'show-labels', type: 'bool', default: 'false', help: 'Labels as the last column.' },
    { name: 'show-kind', type: 'bool', default: 'false', help: 'Names as KIND/NAME.' },
    { name: 'label-columns', short: 'L', type: 'list', help: 'Labels to show as columns of their own.' },
    { name: 'no-headers', type: 'bool', default: 'false', help: 'Leave the header line out.' },
    {
      name: 'sort-by',
      type: 'string',
      default: '',
      help: 'Sort by this JSONPath (--sort-by=.metadata.creationTimestamp).',
    },
  ],
  lacking: [
    'allow-missing-template-keys',
    'chunk-size',
    '-k',
    'kustomize',
    'raw',
    '-R',
    'recursive',
    'server-print',
    'subresource',
    'template',
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const { session, flags } = call;
  const format = parseFormat(flags.text('output'), true);
  const watching = flags.bool('watch') || flags.bool('watch-only');
  const { requests, errors, single } = await requestsOf(call);
  if (watching) {
    if (new Set(requests.map(({ resource }) => resource)).size !== 1)
      throw new CommandError('you may only specify a single resource type');
    return watchObjects(session, requests, format, flags);
  }
  if (format.kind === 'table') await printTables(session, requests, format, flags, errors);
  else await printFound(session, requests, format, call, errors, single);
  throwAll(errors);
  return 0;
}

/** What to ask the server for: one request for each name, or one for each kind. */
async function requestsOf(call: Call): Promise<{ requests: GetRequest[]; errors: unknown[]; single: boolean }> {
  const { session, flags, args } = call;
  const everywhere = flags.bool('all-namespaces');
  if (flags.list('filename').length > 0) {
    const { objects, errors } = await readManifests(session, flags.list('filename'));
    const requests = objects.map(({ resource, name, namespace }) => ({
      resource,
      name,
      ...(namespace === undefined ? {} : { namespace }),
    }));
    return { requests, errors: [...errors], single: requests.length === 1 };
  }
  if (args.length === 0) {
    throw new PlainError(
      `You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and examples`,
    );
  }
  const selections = parseSelection(session, args);
  const named = selections.some(({ names }) => names !== undefined);
  if (named && everywhere) throw new CommandError('a resource cannot be retrieved by name across all namespaces');
  if (named && (flags.text('selector') !== '' || flags.text('field-selector') !== '')) {
    throw new CommandError('name cannot be provided when a selector is specified');
  }
  const requests = selections.flatMap(({ resource, names }): GetRequest[] => {
    const scope = everywhere ? {} : session.scope(resource);
    return names === undefined ? [{ resource, ...scope }] : names.map((name) => ({ resource, name, ...scope }));
  });
  return { requests, errors: [], single: !hasSeveralKinds(selections) && requests.length === 1 && named };
}

async function printFound(
  session: Session,
  requests: readonly GetRequest[],
  format: Exclude<OutputFormat, { kind: 'table' }>,
  { flags }: Call,
  errors: unknown[],
  single: boolean,
): Promise<void> {
  const found: Printable[] = [];
  for (const { resource, name, ...at } of requests) {
    try {
      if (name !== undefined) found.push({ resource, object: await session.client.get(resource, { ...at, name }) });
      else {
        const items = await listObjects(session, resource, at, listOptions(flags));
        found.push(...items.map((object) => ({ resource, object })));
      }
    } catch (error) {
      if (!(flags.bool('ignore-not-found') && isNotFound(error))) errors.push(error);
    }
  }
  const path = flags.text('sort-by');
  const sorted = path === '' ? found : (sortObjects(found, ({ object }) => object, path) ?? []);
  const named = requests.every(({ name }) => name !== undefined);
  if (sorted.length === 0 && named) return;
  await printObjects(session, format, sorted, !(single && sorted.length === 1), {
    managedFields: flags.bool('show-managed-fields'),
    headers: !flags.bool('no-headers'),
  });
}
