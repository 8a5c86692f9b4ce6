import { CommandError } from '../errors.ts';
import { JsonPath, JsonPathError } from '../jsonpath/jsonpath.ts';
import { goValue } from '../jsonpath/text.ts';

export interface CustomColumn {
  readonly header: string;
  readonly path: JsonPath;
}

/** `NAME:.metadata.name,IMAGES:.spec.containers[*].image`. */
export function parseCustomColumns(spec: string): readonly CustomColumn[] {
  if (spec === '') throw new CommandError('custom-columns format specified but no custom columns given');
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0) {
      throw new CommandError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    }
    return { header: part.slice(0, colon), path: new JsonPath(relaxedPath(part.slice(colon + 1))) };
  });
}

/**
 * Where kubectl takes a path rather than a template (columns, `--sort-by`), braces and the leading dot
 * may be left out: `metadata.name`, `.metadata.name`, `{.metadata.name}`.
 */
export function relaxedPath(expression: string): string {
  if (expression === '') return expression;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(expression);
  if (match === null) {
    throw new CommandError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  }
  return `{.${match[1] ?? match[2]}}`;
}

export function customCells(columns: readonly CustomColumn[], object: unknown): readonly string[] {
  return columns.map(({ path }) => {
    try {
      const values = path.find(object).map((value) => (value === null ? '<none>' : goValue(value)));
      return values.length === 0 ? '<none>' : values.join(',');
    } catch (error) {
      if (error instanceof JsonPathError) return '<none>';
      throw error;
    }
  });
}
