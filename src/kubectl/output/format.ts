import { CommandError, unsupported } from '../errors.ts';
import { JsonPath, JsonPathError } from '../jsonpath/jsonpath.ts';
import { type CustomColumn, parseCustomColumns } from './custom-columns.ts';

/** What `-o` asks for. */
export type OutputFormat =
  | { readonly kind: 'table'; readonly wide: boolean }
  | { readonly kind: 'json' | 'yaml' | 'name' }
  | { readonly kind: 'jsonpath'; readonly template: string; readonly path: JsonPath }
  | { readonly kind: 'custom-columns'; readonly columns: readonly CustomColumn[] };

const refused = [
  'go-template',
  'go-template-file',
  'template',
  'templatefile',
  'jsonpath-as-json',
  'jsonpath-file',
  'custom-columns-file',
  'kyaml',
];
const allowed = [
  'custom-columns',
  'custom-columns-file',
  'go-template',
  'go-template-file',
  'json',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'kyaml',
  'name',
  'template',
  'templatefile',
  'yaml',
];

/**
 * @param tables whether the verb prints tables (`get`): then `wide` and `custom-columns` are formats too.
 * @throws CommandError for what isn't one, or what the page lacks.
 */
export function parseFormat(text: string, tables: boolean): OutputFormat {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const argument = equals < 0 ? '' : text.slice(equals + 1);
  if (text === '') return { kind: 'table', wide: false };
  if (text === 'wide' && tables) return { kind: 'table', wide: true };
  if (text === 'json' || text === 'yaml' || text === 'name') return { kind: text };
  if (name === 'jsonpath') {
    if (argument === '') throw new CommandError('template format specified but no template given');
    return { kind: 'jsonpath', template: argument, path: parsePath(argument) };
  }
  if (name === 'custom-columns' && tables) return { kind: 'custom-columns', columns: parseCustomColumns(argument) };
  if (refused.includes(name) && (tables || !name.startsWith('custom'))) throw unsupported(`output format ${name}`);
  const formats = tables ? [...allowed, 'wide'].sort() : allowed.filter((one) => !one.startsWith('custom-'));
  throw new CommandError(
    `unable to match a printer suitable for the output format ${JSON.stringify(text)}, allowed formats are: ${formats.join(',')}`,
  );
}

function parsePath(template: string): JsonPath {
  try {
    return new JsonPath(template);
  } catch (error) {
    if (error instanceof JsonPathError) throw new CommandError(`error parsing jsonpath ${template}, ${error.message}`);
    throw error;
  }
}
