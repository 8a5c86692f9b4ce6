import type { ApiObject, OperationOptions } from '../kubernetes/api/operation.ts';
import type { Call, Command } from './command.ts';
import { type DryRun, dryRunOf } from './dry-run.ts';
import { CommandError, isNotFound, throwAll, whileDoing } from './errors.ts';
import {
  all,
  allNamespaces,
  dryRun,
  fieldSelector,
  filename,
  ignoreNotFound,
  selector,
  timeout,
} from './flags/definitions.ts';
import { listObjects } from './list.ts';
import { listOptions } from './list-options.ts';
import { readManifests } from './manifests.ts';
import { type ApiResource, objectName, singularName } from './resources.ts';
import { parseSelection } from './selection.ts';
import { until } from './until.ts';

/** An object that is to go. */
interface Doomed {
  readonly resource: ApiResource;
  readonly name: string;
  readonly namespace?: string;
  readonly source?: string;
}

export const deleteObjects: Command = {
  name: 'delete',
  summary: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  usage: 'delete ([-f FILENAME] | TYPE [(NAME | -l label | --all)]) [options]',
  examples: ['kubectl delete pod web', 'kubectl delete -f pod.yaml', 'kubectl delete pods -l app=web'],
  argument: 'object',
  flags: [
    filename,
    selector,
    fieldSelector,
    all,
    allNamespaces,
    ignoreNotFound,
    dryRun,
    { name: 'force', type: 'bool', default: 'false', help: 'Remove the object at once, without waiting for its end.' },
    {
      name: 'grace-period',
      type: 'int',
      default: '-1',
      help: "Seconds that the object gets to end; -1: the object's own.",
    },
    { name: 'now', type: 'bool', default: 'false', help: 'End it now: the same as --grace-period=1.' },
    { name: 'wait', type: 'bool', default: 'true', help: 'Wait until the objects are gone.' },
    {
      name: 'cascade',
      type: 'string',
      default: 'background',
      bare: 'background',
      help: 'What becomes of the dependents: background, foreground or orphan.',
    },
    { name: 'output', short: 'o', type: 'string', default: '', help: "'name', for the names alone." },
    timeout('0s', 'How long to wait; 0s: as long as the grace period needs.'),
  ],
  lacking: ['-i', 'interactive', '-k', 'kustomize', 'raw', '-R', 'recursive'],
  run,
};

async function run(call: Call): Promise<number> {
  const { session, flags } = call;
  const options = deleteOptions(call);
  const dry = dryRunOf(flags);
  if (!['', 'name'].includes(flags.text('output'))) {
    throw new CommandError(`unexpected -o output mode: ${flags.text('output')}. We only support '-o name'`);
  }
  const { doomed, errors } = await targets(call);
  if (options.gracePeriodSeconds === 0) {
    await session.warn(
      'Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.',
    );
  }
  const deleted: (Doomed & { uid?: string })[] = [];
  for (const one of doomed) {
    const { resource, name, namespace, source } = one;
    const at = { name, ...(namespace === undefined ? {} : { namespace }) };
    try {
      const answer =
        dry === 'client' ? await session.client.get(resource, at) : await session.client.delete(resource, at, options);
      await session.out(sentence(one, flags.bool('force'), dry, flags.text('output') === 'name'));
      const uid = uidOf(answer as ApiObject);
      deleted.push({ ...one, ...(uid === undefined ? {} : { uid }) });
    } catch (error) {
      if (flags.bool('ignore-not-found') && isNotFound(error)) continue;
      errors.push(source === undefined ? error : whileDoing(`error when deleting ${JSON.stringify(source)}`, error));
    }
  }
  if (doomed.length === 0 && errors.length === 0) await session.out('No resources found\n');
  if (flags.bool('wait') && dry === 'none') {
    for (const { resource, name, namespace, uid } of deleted) {
      const gone = await until(
        session,
        resource,
        { name, namespace },
        (object) => object === undefined || (uid !== undefined && object.metadata.uid !== uid),
        flags.duration('timeout'),
      );
      if (!gone) errors.push(new CommandError(`timed out waiting for the condition on ${resource.resource}/${name}`));
    }
  }
  throwAll(errors);
  return 0;
}

function deleteOptions({ flags }: Call): OperationOptions {
  const [now, force] = [flags.bool('now'), flags.bool('force')];
  const grace = flags.int('grace-period');
  if (now && grace >= 0) throw new CommandError('--now and --grace-period cannot be specified together');
  if (force && grace > 0)
    throw new CommandError('--force and --grace-period greater than 0 cannot be specified together');
  const cascade = flags.text('cascade');
  const policy = ({ background: 'Background', foreground: 'Foreground', orphan: 'Orphan' } as const)[cascade];
  if (policy === undefined) {
    throw new CommandError(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`);
  }
  // A grace period of 0 kills without asking the kubelet; that takes --force.
  const seconds = now || (grace === 0 && !force) ? 1 : force ? 0 : grace;
  return {
    propagationPolicy: policy,
    ...(seconds < 0 ? {} : { gracePeriodSeconds: seconds }),
    ...(flags.text('dry-run') === 'server' ? { dryRun: true } : {}),
  };
}

async function targets({ session, flags, args }: Call): Promise<{ doomed: Doomed[]; errors: unknown[] }> {
  const everything = flags.bool('all');
  const selecting = flags.text('selector') !== '' || flags.text('field-selector') !== '';
  if (everything && flags.text('selector') !== '') {
    throw new CommandError("setting 'all' parameter but found a non empty selector. ");
  }
  if (flags.list('filename').length > 0) {
    if (args.length > 0)
      throw new CommandError(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      );
    const { objects, errors } = await readManifests(session, flags.list('filename'));
    return { doomed: [...objects], errors: [...errors] };
  }
  if (args.length === 0) {
    throw new CommandError(
      "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
    );
  }
  const doomed: Doomed[] = [];
  const errors: unknown[] = [];
  for (const { resource, names } of parseSelection(session, args, 'delete')) {
    const scope = flags.bool('all-namespaces') ? {} : session.scope(resource);
    if (names !== undefined) {
      if (selecting) throw new CommandError('name cannot be provided when a selector is specified');
      doomed.push(...names.map((name) => ({ resource, name, ...scope })));
      continue;
    }
    if (!everything && !selecting) throw new CommandError('resource(s) were provided, but no name was specified');
    try {
      const items = await listObjects(session, resource, scope, listOptions(flags));
      doomed.push(
        ...items.map(({ metadata: { name, namespace } }) => ({
          resource,
          name,
          ...(namespace === undefined ? {} : { namespace }),
        })),
      );
    } catch (error) {
      errors.push(error);
    }
  }
  return { doomed, errors };
}

/** The object's, or that of the Status which the server answers once it is gone. */
function uidOf(answer: ApiObject): string | undefined {
  return answer.metadata?.uid ?? (answer as unknown as { details?: { uid?: string } }).details?.uid;
}

function sentence({ resource, name, namespace }: Doomed, force: boolean, dry: DryRun, short: boolean): string {
  if (short) return `${objectName(resource, name)}\n`;
  const from = namespace === undefined ? '' : ` from ${namespace} namespace`;
  const suffix = dry === 'none' ? '' : dry === 'server' ? ' (server dry run)' : ' (dry run)';
  return `${singularName(resource)} ${JSON.stringify(name)} ${force ? 'force deleted' : 'deleted'}${from}${suffix}\n`;
}
