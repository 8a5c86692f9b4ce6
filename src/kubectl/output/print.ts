import type { ApiObject } from '../../kubernetes/api/operation.ts';
import { CommandError, PlainError } from '../errors.ts';
import { JsonPathError } from '../jsonpath/jsonpath.ts';
import { goJson, goSource } from '../jsonpath/text.ts';
import { type ApiResource, objectName } from '../resources.ts';
import type { Session } from '../session.ts';
import { writeYaml } from '../yaml/write.ts';
import { layOut } from './columns.ts';
import { customCells } from './custom-columns.ts';
import type { OutputFormat } from './format.ts';

/** An object with the resource that it was asked from. */
export interface Printable {
  readonly resource: ApiResource;
  readonly object: ApiObject;
}

/**
 * Prints objects in any format but tables: a single one as it is, several as a `List`.
 * @param listed the objects came from a list request: then even one of them is printed as a `List`.
 */
export async function printObjects(
  session: Session,
  format: Exclude<OutputFormat, { kind: 'table' }>,
  found: readonly Printable[],
  listed: boolean,
  options: { managedFields?: boolean; headers?: boolean } = {},
): Promise<void> {
  if (format.kind === 'name') {
    for (const { resource, object } of found) await session.out(`${objectName(resource, object.metadata.name)}\n`);
    return;
  }
  const hides = (format.kind === 'json' || format.kind === 'yaml') && !options.managedFields;
  const objects = found.map(({ object }) => (hides ? withoutManagedFields(object) : object));
  if (format.kind === 'custom-columns') {
    const rows = objects.map((object) => customCells(format.columns, object));
    const header = format.columns.map((column) => column.header);
    await session.out(layOut(options.headers === false ? rows : [header, ...rows]));
    return;
  }
  const value =
    listed || objects.length !== 1
      ? { apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } }
      : objects[0];
  await session.out(formatValue(format, value));
}

/** One value as JSON, YAML or through a JSONPath template. */
export function formatValue(format: OutputFormat, value: unknown): string {
  if (format.kind === 'json') return `${goJson(value, '    ')}\n`;
  if (format.kind === 'yaml') return writeYaml(value);
  if (format.kind !== 'jsonpath') throw new Error(`${format.kind} prints no single value`);
  try {
    return format.path.render(value);
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    throw new PlainError(
      `error: error executing jsonpath ${JSON.stringify(format.template)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${format.template}\n\tobject given to jsonpath engine was:\n\t\t${goSource(value)}\n\n`,
    );
  }
}

/** What a verb that changes something prints: its sentence, or the object itself with `-o`. */
export async function printResult(
  session: Session,
  format: OutputFormat,
  result: Printable,
  done: string,
  options: { managedFields?: boolean } = {},
): Promise<void> {
  const { resource, object } = result;
  if (format.kind === 'custom-columns') throw new CommandError('custom-columns is for kubectl get');
  const name = objectName(resource, object.metadata.name || '<unknown>');
  if (format.kind === 'table') await session.out(`${name} ${done}\n`);
  else if (format.kind === 'name') await session.out(`${name}\n`);
  else await session.out(formatValue(format, options.managedFields ? object : withoutManagedFields(object)));
}

/** What JSON and YAML show unless --show-managed-fields is given. */
export function withoutManagedFields(object: ApiObject): ApiObject {
  if (object.metadata?.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
