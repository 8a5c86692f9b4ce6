import type { ApiObject } from '../../kubernetes/api/operation.ts';
import type { Call } from '../command.ts';
import { dryRunOf, sentence } from '../dry-run.ts';
import { usageError } from '../errors.ts';
import { dryRun, fieldManager, output, showManagedFields } from '../flags/definitions.ts';
import { lackingPrinting } from '../flags/lacking.ts';
import { parseFormat } from '../output/format.ts';
import { ObjectPrinter } from '../output/object-printer.ts';
import { resourceOf } from '../resources.ts';

/** Flags of every `kubectl create KIND`. */
export const createFlags = [dryRun, output, fieldManager('kubectl-create'), showManagedFields];
export const lackingCreate = [...lackingPrinting, 'save-config', 'validate'];

/** The one NAME that `kubectl create KIND` takes. */
export function oneName({ args, dash }: Call, path: string): string {
  const names = dash === undefined ? args : args.slice(0, dash);
  const [name] = names;
  if (name === undefined || names.length !== 1)
    throw usageError(path, `exactly one NAME is required, got ${names.length}`);
  return name;
}

/** Sends a generated object, or only prints it, and says so. */
export async function createGenerated(
  { session, flags }: Call,
  object: ApiObject,
  explain: (error: unknown) => unknown = (error) => error,
): Promise<number> {
  const dry = dryRunOf(flags);
  const printer = new ObjectPrinter(
    session,
    parseFormat(flags.text('output'), false),
    flags.bool('show-managed-fields'),
  );
  const resource = session.mapper.forKind(object.apiVersion, object.kind);
  let created = object;
  if (resource.namespaced && session.namespaceGiven) {
    created = { ...object, metadata: { ...object.metadata, namespace: session.namespace } };
  }
  if (dry !== 'client') {
    try {
      created = await session.request({
        verb: 'create',
        ...resourceOf(resource),
        ...session.scope(resource),
        body: created,
        options: {
          fieldManager: flags.text('field-manager'),
          fieldValidation: 'Strict',
          ...(dry === 'server' ? { dryRun: true } : {}),
        },
      });
    } catch (error) {
      throw explain(error);
    }
  }
  await printer.print({ resource, object: created }, sentence('created', dry));
  return 0;
}
