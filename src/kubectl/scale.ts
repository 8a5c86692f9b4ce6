import type { Call, Command } from './command.ts';
import { dryRunOf, sentence } from './dry-run.ts';
import { CommandError, throwAll } from './errors.ts';
import { all, dryRun, filename, output, selector } from './flags/definitions.ts';
import { lackingFiles, lackingPrinting } from './flags/lacking.ts';
import { parseFormat } from './output/format.ts';
import { ObjectPrinter } from './output/object-printer.ts';
import { resourceOf } from './resources.ts';
import { namedObjects } from './targets.ts';

export const scale: Command = {
  name: 'scale',
  summary: 'Set a new size for a deployment or replica set',
  usage: 'scale [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME) [options]',
  examples: ['kubectl scale deployment/web --replicas=3'],
  argument: 'object',
  flags: [
    { name: 'replicas', type: 'int', default: '0', required: true, help: 'How many pods there should be.' },
    { name: 'current-replicas', type: 'int', default: '-1', help: 'Scale only if there are so many now.' },
    all,
    selector,
    filename,
    dryRun,
    output,
  ],
  lacking: [...lackingPrinting, ...lackingFiles, 'resource-version', 'show-managed-fields', 'timeout'],
  run,
};

async function run(call: Call): Promise<number> {
  const { session, flags } = call;
  const replicas = flags.int('replicas');
  if (replicas < 0) {
    throw new CommandError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  }
  const dry = dryRunOf(flags);
  const printer = new ObjectPrinter(session, parseFormat(flags.text('output'), false), false);
  const { targets, errors } = await namedObjects(call, 'scale');
  for (const { resource, name, namespace, object } of targets) {
    try {
      const current = (object.spec as { replicas?: number } | undefined)?.replicas;
      const expected = flags.int('current-replicas');
      if (expected >= 0 && current !== expected) {
        throw new CommandError(`Expected replicas to be ${expected}, was ${current ?? 0}`);
      }
      const scaled =
        dry === 'client'
          ? object
          : await session.request({
              verb: 'patch',
              ...resourceOf(resource),
              ...(namespace === undefined ? {} : { namespace }),
              name,
              subresource: 'scale',
              body: { spec: { replicas } },
              patchType: 'merge',
              options: { fieldManager: 'kubectl-scale', ...(dry === 'server' ? { dryRun: true } : {}) },
            });
      const shown =
        dry === 'none' ? await session.client.get(resource, { name, ...session.scope(resource, namespace) }) : scaled;
      await printer.print({ resource, object: shown }, sentence('scaled', dry));
    } catch (error) {
      errors.push(error);
    }
  }
  if (targets.length === 0 && errors.length === 0) throw new CommandError('no objects passed to scale');
  throwAll(errors);
  return 0;
}
