import type { Call, Command } from './command.ts';
import { createConfigMap } from './create/configmap.ts';
import { createDeployment } from './create/deployment.ts';
import { createNamespace } from './create/namespace.ts';
import { dryRunOf, sentence } from './dry-run.ts';
import { CommandError, throwAll, usageError, whileDoing } from './errors.ts';
import { dryRun, fieldManager, filename, output, showManagedFields } from './flags/definitions.ts';
import { lackingFiles, lackingPrinting } from './flags/lacking.ts';
import { readManifests } from './manifests.ts';
import { parseFormat } from './output/format.ts';
import { ObjectPrinter } from './output/object-printer.ts';
import { resourceOf } from './resources.ts';

export const create: Command = {
  name: 'create',
  summary: 'Create a resource from a file or from stdin',
  usage: 'create -f FILENAME [options]',
  examples: [
    'kubectl create -f pod.yaml',
    'kubectl create deployment web --image=registry.k8s.io/e2e-test-images/agnhost:2.56',
  ],
  argument: 'none',
  flags: [filename, dryRun, output, fieldManager('kubectl-create'), showManagedFields],
  lacking: [
    ...lackingPrinting,
    ...lackingFiles,
    'edit',
    'raw',
    'save-config',
    '-l',
    'selector',
    'validate',
    'windows-line-endings',
  ],
  subcommands: [createConfigMap, createDeployment, createNamespace],
  lackingSubcommands: [
    'clusterrole',
    'clusterrolebinding',
    'cronjob',
    'ing',
    'ingress',
    'job',
    'pdb',
    'poddisruptionbudget',
    'pc',
    'priorityclass',
    'quota',
    'resourcequota',
    'role',
    'rolebinding',
    'secret',
    'service',
    'serviceaccount',
    'sa',
    'svc',
    'token',
  ],
  run,
};

async function run({ session, args, flags }: Call): Promise<number> {
  if (args.length > 0) throw usageError('create', `Unexpected args: [${args.join(' ')}]`);
  const files = flags.list('filename');
  if (files.length === 0) throw new CommandError('must specify one of -f and -k');
  const dry = dryRunOf(flags);
  const printer = new ObjectPrinter(
    session,
    parseFormat(flags.text('output'), false),
    flags.bool('show-managed-fields'),
  );
  const manifests = await readManifests(session, files);
  const errors = [...manifests.errors];
  for (const { resource, object, namespace, source } of manifests.objects) {
    try {
      const created =
        dry === 'client'
          ? object
          : await session.request({
              verb: 'create',
              ...resourceOf(resource),
              ...(namespace === undefined ? {} : { namespace }),
              body: object,
              options: {
                fieldManager: flags.text('field-manager'),
                fieldValidation: 'Strict',
                ...(dry === 'server' ? { dryRun: true } : {}),
              },
            });
      await printer.print({ resource, object: created }, sentence('created', dry));
    } catch (error) {
      errors.push(whileDoing(`error when creating ${JSON.stringify(source)}`, error));
    }
  }
  if (manifests.objects.length === 0 && errors.length === 0) throw new CommandError('no objects passed to create');
  throwAll(errors);
  return 0;
}
