import type { ApiObject } from '../kubernetes/api/operation.ts';
import { ApiError } from '../kubernetes/client/client.ts';
import { lastAppliedAnnotation, modifiedConfiguration, withLastApplied } from './apply/last-applied.ts';
import { threeWayPatch } from './apply/three-way.ts';
import type { Call, Command } from './command.ts';
import { type DryRun, dryRunOf, sentence } from './dry-run.ts';
import { CommandError, isNotFound, throwAll, usageError, whileDoing } from './errors.ts';
import { dryRun, fieldManager, filename, output, showManagedFields } from './flags/definitions.ts';
import { lackingFiles, lackingPrinting } from './flags/lacking.ts';
import { type Manifest, readManifests } from './manifests.ts';
import { parseFormat } from './output/format.ts';
import { formatValue, type Printable, printResult, withoutManagedFields } from './output/print.ts';
import { resourceOf } from './resources.ts';

export const apply: Command = {
  name: 'apply',
  summary: 'Apply a configuration to a resource by file name or stdin',
  usage: 'apply -f FILENAME [options]',
  examples: [
    'kubectl apply -f pod.yaml',
    'kubectl apply -f manifests/ --dry-run=server',
    'cat pod.yaml | kubectl apply -f -',
  ],
  argument: 'none',
  flags: [
    filename,
    dryRun,
    output,
    fieldManager('kubectl-client-side-apply'),
    showManagedFields,
    {
      name: 'server-side',
      type: 'bool',
      default: 'false',
      help: 'Let the server merge, and remember who owns which field.',
    },
    {
      name: 'force-conflicts',
      type: 'bool',
      default: 'false',
      help: 'With --server-side: take fields over from other managers.',
    },
  ],
  lacking: [
    ...lackingPrinting,
    ...lackingFiles,
    'all',
    'cascade',
    'force',
    'grace-period',
    'openapi-patch',
    'overwrite',
    'prune',
    'prune-allowlist',
    '-l',
    'selector',
    'subresource',
    'timeout',
    'validate',
    'wait',
  ],
  lackingSubcommands: ['edit-last-applied', 'set-last-applied', 'view-last-applied'],
  subcommands: [],
  run,
};

type Outcome = Printable & { readonly done: string };

async function run(call: Call): Promise<number> {
  const { session, args, flags } = call;
  const files = flags.list('filename');
  if (args.length > 0) throw usageError('apply', `Unexpected args: [${args.join(' ')}]`);
  if (files.length === 0) throw new CommandError('must specify one of -f and -k');
  const dry = dryRunOf(flags);
  const serverSide = flags.bool('server-side');
  if (serverSide && dry === 'client') {
    throw new CommandError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  }
  if (flags.bool('force-conflicts') && !serverSide)
    throw new CommandError('--force-conflicts only works with --server-side');
  const format = parseFormat(flags.text('output'), false);
  const manifests = await readManifests(session, files);
  const errors = [...manifests.errors];
  const outcomes: Outcome[] = [];
  for (const manifest of manifests.objects) {
    try {
      const outcome = serverSide ? await applyOnServer(call, manifest, dry) : await applyHere(call, manifest, dry);
      outcomes.push(outcome);
      if (format.kind === 'table' || format.kind === 'name') await printResult(session, format, outcome, outcome.done);
    } catch (error) {
      errors.push(error);
    }
  }
  if (manifests.objects.length === 0 && errors.length === 0) throw new CommandError('no objects passed to apply');
  if (format.kind !== 'table' && format.kind !== 'name' && outcomes.length > 0) {
    const [first] = outcomes;
    if (outcomes.length === 1 && first !== undefined) {
      await printResult(session, format, first, first.done, { managedFields: flags.bool('show-managed-fields') });
    } else {
      const managed = flags.bool('show-managed-fields');
      const items = outcomes.map(({ object }) => (managed ? object : withoutManagedFields(object)));
      await session.out(formatValue(format, { apiVersion: 'v1', items, kind: 'List', metadata: {} }));
    }
  }
  throwAll(errors);
  return 0;
}

/** Client-side apply: what was applied last stands in an annotation, the client computes the patch. */
async function applyHere({ session, flags }: Call, manifest: Manifest, dry: DryRun): Promise<Outcome> {
  const { resource, object, name, namespace, source } = manifest;
  const at = namespace === undefined ? {} : { namespace };
  const options = {
    fieldManager: flags.text('field-manager'),
    fieldValidation: 'Strict' as const,
    ...(dry === 'server' ? { dryRun: true } : {}),
  };
  if (name === '') {
    throw new CommandError(
      `error when retrieving current configuration of:\n${identity(manifest)}\nfrom server for: ${JSON.stringify(source)}: resource name may not be empty`,
    );
  }
  let current: ApiObject;
  try {
    current = await session.client.get(resource, { ...at, name });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const body = withLastApplied(object);
    if (dry === 'client') return { resource, object: body, done: sentence('created', dry) };
    try {
      const created = await session.request({ verb: 'create', ...resourceOf(resource), ...at, body, options });
      return { resource, object: created, done: sentence('created', dry) };
    } catch (failure) {
      throw whileDoing(`error when creating ${JSON.stringify(source)}`, failure);
    }
  }
  const annotation = current.metadata.annotations?.[lastAppliedAnnotation];
  if (annotation === undefined) {
    await session.warn(
      `resource ${resource.resource}/${name} is missing the ${lastAppliedAnnotation} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.`,
    );
  }
  const original = annotation === undefined ? {} : modifiedConfiguration(annotation);
  const body = threeWayPatch(resource, object.kind, original, withLastApplied(object), current);
  if (body === undefined) return { resource, object: current, done: sentence('unchanged', dry) };
  if (dry === 'client') return { resource, object: current, done: sentence('configured', dry) };
  try {
    const patched = await session.request({
      verb: 'patch',
      ...resourceOf(resource),
      ...at,
      name,
      body,
      patchType: 'strategic',
      options,
    });
    return { resource, object: patched, done: sentence('configured', dry) };
  } catch (error) {
    throw whileDoing(
      `error when applying patch:\n${JSON.stringify(body)}\nto:\n${identity(manifest)}\nfor: ${JSON.stringify(source)}`,
      whileDoing(`error when patching ${JSON.stringify(source)}`, error),
    );
  }
}

async function applyOnServer({ session, flags }: Call, manifest: Manifest, dry: DryRun): Promise<Outcome> {
  const { resource, object, name, namespace, source } = manifest;
  try {
    const applied = await session.request({
      verb: 'patch',
      ...resourceOf(resource),
      ...(namespace === undefined ? {} : { namespace }),
      name,
      body: object,
      patchType: 'apply',
      options: {
        fieldManager: flags.given('field-manager') ? flags.text('field-manager') : 'kubectl',
        fieldValidation: 'Strict',
        force: flags.bool('force-conflicts'),
        ...(dry === 'server' ? { dryRun: true } : {}),
      },
    });
    return { resource, object: applied, done: sentence('serverside-applied', dry) };
  } catch (error) {
    if (error instanceof ApiError && error.status.reason === 'Conflict') {
      throw new CommandError(
        `${error.message}\nAnother manager owns the fields above. Either take them over (--force-conflicts), or leave them out of\nthe manifest, or write the values that they have, which shares them.`,
      );
    }
    throw whileDoing(`error when patching ${JSON.stringify(source)}`, error);
  }
}

/** How kubectl's longer errors name an object. */
function identity({ resource, object, name, namespace }: Manifest): string {
  const of = `${resource.group}/${resource.version}`;
  return `Resource: "${of}, Resource=${resource.resource}", GroupVersionKind: "${of}, Kind=${object.kind}"\nName: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(namespace ?? '')}`;
}
