import type { Call, Command } from './command.ts';
import { dryRunOf, sentence } from './dry-run.ts';
import { CommandError, throwAll } from './errors.ts';
import {
  all,
  allNamespaces,
  dryRun,
  fieldManager,
  fieldSelector,
  filename,
  output,
  selector,
} from './flags/definitions.ts';
import { lackingFiles, lackingPrinting } from './flags/lacking.ts';
import { parseFormat } from './output/format.ts';
import { ObjectPrinter } from './output/object-printer.ts';
import { resourceOf } from './resources.ts';
import { type LiveObject, namedObjects } from './targets.ts';

export const label: Command = {
  name: 'label',
  summary: 'Update the labels on a resource',
  usage: 'label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [options]',
  examples: [
    'kubectl label pod web tier=front',
    'kubectl label pod web tier-',
    'kubectl label --overwrite pods -l app=web tier=back',
  ],
  argument: 'object',
  flags: [
    { name: 'overwrite', type: 'bool', default: 'false', help: 'Change labels that have another value.' },
    { name: 'list', type: 'bool', default: 'false', help: 'Show the labels.' },
    all,
    allNamespaces,
    selector,
    fieldSelector,
    filename,
    dryRun,
    output,
    fieldManager('kubectl-label'),
  ],
  lacking: [...lackingPrinting, ...lackingFiles, 'local', 'resource-version', 'show-managed-fields'],
  run,
};

interface Changes {
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

async function run(call: Call): Promise<number> {
  const { session, flags, args } = call;
  const words = args.filter((arg) => !isChange(arg));
  const changes = parseChanges(args.filter(isChange));
  if (words.length === 0 && flags.list('filename').length === 0) {
    throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  }
  if (changes.set.size + changes.remove.length === 0 && !flags.bool('list')) {
    throw new CommandError('at least one label update is required');
  }
  const dry = dryRunOf(flags);
  const printer = new ObjectPrinter(session, parseFormat(flags.text('output'), false), false);
  const { targets, errors } = await namedObjects(call, 'label', words);
  for (const target of targets) {
    const { resource, name, namespace, object } = target;
    try {
      if (flags.bool('list')) {
        const labels = Object.entries(object.metadata.labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
        for (const [key, value] of labels) await session.out(`${key}=${value}\n`);
        if (changes.set.size + changes.remove.length === 0) continue;
      }
      const { patch, done } = await plan(call, target, changes);
      const patched =
        dry === 'client' || Object.keys(patch).length === 0
          ? object
          : await session.request({
              verb: 'patch',
              ...resourceOf(resource),
              ...(namespace === undefined ? {} : { namespace }),
              name,
              body: { metadata: { labels: patch } },
              patchType: 'merge',
              options: { fieldManager: flags.text('field-manager'), ...(dry === 'server' ? { dryRun: true } : {}) },
            });
      await printer.print({ resource, object: patched }, sentence(done, dry));
    } catch (error) {
      errors.push(error);
    }
  }
  throwAll(errors);
  return 0;
}

/** What to send, and what that is called. */
async function plan(
  { session, flags }: Call,
  { object }: LiveObject,
  changes: Changes,
): Promise<{ patch: Record<string, string | null>; done: string }> {
  const labels = object.metadata.labels ?? {};
  const patch: Record<string, string | null> = {};
  for (const [key, value] of changes.set) {
    const before = labels[key];
    if (before === value) continue;
    if (before !== undefined && !flags.bool('overwrite')) {
      throw new CommandError(`'${key}' already has a value (${before}), and --overwrite is false`);
    }
    patch[key] = value;
  }
  for (const key of changes.remove) {
    if (labels[key] === undefined) await session.out(`label ${JSON.stringify(key)} not found.\n`);
    else patch[key] = null;
  }
  const values = Object.values(patch);
  const done = values.length === 0 ? 'not labeled' : values.every((value) => value === null) ? 'unlabeled' : 'labeled';
  return { patch, done };
}

function isChange(arg: string): boolean {
  return arg.includes('=') || arg.endsWith('-');
}

function parseChanges(args: readonly string[]): Changes {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const arg of args) {
    const equals = arg.indexOf('=');
    if (equals < 0) remove.push(arg.slice(0, -1));
    else set.set(arg.slice(0, equals), arg.slice(equals + 1));
  }
  const both = remove.find((key) => set.has(key));
  if (both !== undefined) throw new CommandError('can not both modify and remove a label in the same command');
  return { set, remove };
}
