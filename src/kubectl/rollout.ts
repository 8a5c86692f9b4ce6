import type { ApiObject } from '../kubernetes/api/operation.ts';
import type { Deployment } from '../kubernetes/types/apps.ts';
import type { Call, Command } from './command.ts';
import { CommandError, throwAll } from './errors.ts';
import { filename, selector, timeout } from './flags/definitions.ts';
import { lackingFiles } from './flags/lacking.ts';
import { nothingFound } from './output/tables.ts';
import { namedObjects } from './targets.ts';
import { until } from './until.ts';

const status: Command = {
  name: 'status',
  summary: 'Show the status of the rollout',
  usage: 'rollout status (TYPE NAME | TYPE/NAME) [flags] [options]',
  examples: ['kubectl rollout status deployment/web'],
  argument: 'object',
  flags: [
    filename,
    selector,
    { name: 'watch', short: 'w', type: 'bool', default: 'true', help: 'Wait until the rollout is done.' },
    timeout('0s', 'How long to wait; 0s: for ever.'),
  ],
  lacking: [...lackingFiles, 'revision'],
  run,
};

export const rollout: Command = {
  name: 'rollout',
  summary: 'Manage the rollout of a resource',
  usage: 'rollout SUBCOMMAND [options]',
  argument: 'none',
  flags: [],
  lacking: [],
  subcommands: [status],
  lackingSubcommands: ['history', 'pause', 'restart', 'resume', 'undo'],
};

async function run(call: Call): Promise<number> {
  const { session, flags, args } = call;
  if (args.length === 0 && flags.list('filename').length === 0)
    throw new CommandError('required resource not specified');
  const [kind, ...names] = args;
  if (kind !== undefined && names.length === 0 && !kind.includes('/') && flags.text('selector') === '') {
    // As the real one: a kind alone means all of it.
    const { items } = await session.client.list(session.mapper.find(kind), session.scope(session.mapper.find(kind)));
    if (items.length === 0) {
      await session.err(nothingFound([{ resource: session.mapper.find(kind), namespace: session.namespace }]));
      return 0;
    }
    names.push(...items.map(({ metadata }) => metadata.name));
  }
  const { targets, errors } = await namedObjects(call, 'rollout status', kind === undefined ? [] : [kind, ...names]);
  for (const { resource, name, namespace } of targets) {
    if (resource.kind !== 'Deployment') {
      errors.push(new CommandError(`no status viewer has been implemented for ${resource.kind}`));
      continue;
    }
    let said = '';
    const done = await until(
      session,
      resource,
      { name, namespace },
      async (object) => {
        if (object === undefined) throw new CommandError(`object has been deleted`);
        const progress = progressOf(object);
        if (progress.text !== said) await session.out(`${progress.text}\n`);
        said = progress.text;
        return progress.done || !flags.bool('watch');
      },
      flags.duration('timeout'),
    );
    if (!done) errors.push(new CommandError('timed out waiting for the condition'));
  }
  throwAll(errors);
  return 0;
}

/** How far a Deployment's rollout is, in kubectl's words. */
function progressOf(object: ApiObject): { text: string; done: boolean } {
  const { metadata, spec, status: now } = object as unknown as Deployment;
  const name = JSON.stringify(metadata.name);
  const waiting = (what: string) => ({
    text: `Waiting for deployment ${name} rollout to finish: ${what}...`,
    done: false,
  });
  if ((metadata.generation ?? 0) > (now?.observedGeneration ?? 0)) {
    return { text: 'Waiting for deployment spec update to be observed...', done: false };
  }
  const progressing = now?.conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    throw new CommandError(`deployment ${name} exceeded its progress deadline`);
  }
  const [wanted, updated] = [spec.replicas ?? 1, now?.updatedReplicas ?? 0];
  const [total, available] = [now?.replicas ?? 0, now?.availableReplicas ?? 0];
  if (updated < wanted) return waiting(`${updated} out of ${wanted} new replicas have been updated`);
  if (total > updated) return waiting(`${total - updated} old replicas are pending termination`);
  if (available < updated) return waiting(`${available} of ${updated} updated replicas are available`);
  return { text: `deployment ${name} successfully rolled out`, done: true };
}
