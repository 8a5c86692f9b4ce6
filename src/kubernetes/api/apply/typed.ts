import type { Field, Scalar, StructType, Type } from '../../schema/schema.ts';
import { isMap, type JsonMap } from '../draft.ts';
import { unexpected } from '../failure.ts';
import { stepText } from './conflict.ts';
import { itemStep, shapeOf } from './shape.ts';

/**
 * Server-side apply reads its configuration against the schema first, and refuses what isn't in it
 * whatever the field validation says. Throws the server's own list of what is wrong.
 */
export function checkTyped(config: JsonMap, type: StructType, name: string, kind: string): void {
  const problems: string[] = [];
  check(config, type, undefined, '', problems);
  if (problems.length === 0) return;
  const { namespace } = isMap(config.metadata) ? config.metadata : {};
  const list = problems.length === 1 ? problems[0] : `errors:\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
  throw unexpected(
    `failed to create typed patch object (${String(namespace ?? '')}/${name}; ${String(config.apiVersion)}, Kind=${kind}): ${list}`,
  );
}

function check(
  value: unknown,
  type: Type,
  field: Field | undefined,
  path: string,
  problems: string[],
  inMap = false,
): void {
  if (value === null || value === undefined) return;
  const wrong = (expected: string) => problems.push(`${path}: expected ${expected}, got ${shown(value, inMap)}`);
  switch (type.is) {
    case 'scalar':
      checkScalar(value, type.scalar, wrong, () =>
        problems.push(`${path}: expected numeric (int or float), got ${typeof value}`),
      );
      return;
    case 'map':
      if (!isMap(value)) return void wrong('map');
      for (const key of Object.keys(value).sort())
        check(value[key], type.of, undefined, `${path}.${key}`, problems, true);
      return;
    case 'struct':
      if (!isMap(value)) return void wrong('map');
      for (const key of Object.keys(value).sort()) {
        const known = type.fields.get(key);
        if (known === undefined) {
          problems.push(`${path}.${key}: field not declared in schema`);
          // The server looks no further into this struct.
          return;
        }
        check(value[key], known.type, known, `${path}.${key}`, problems);
      }
      return;
    case 'list': {
      if (!Array.isArray(value)) return void wrong('list');
      const keyed = shapeOf(type, field) === 'keyed';
      const seen = new Set<string>();
      for (const [index, item] of value.entries()) {
        const step = keyed ? stepText(itemStep(item, type.of, field?.keys ?? [])) : `[${index}]`;
        if (keyed && seen.has(step)) problems.push(`${path}: duplicate entries for key ${step}`);
        seen.add(step);
        check(item, type.of, undefined, `${path}${step}`, problems);
      }
    }
  }
}

function checkScalar(value: unknown, scalar: Scalar, wrong: (expected: string) => void, notNumber: () => void): void {
  switch (scalar) {
    case 'int32':
    case 'int64':
    case 'double':
      if (typeof value !== 'number') notNumber();
      break;
    case 'bool':
      if (typeof value !== 'boolean') wrong('boolean');
      break;
    case 'string':
    case 'bytes':
    case 'time':
    case 'microTime':
      if (typeof value !== 'string') wrong('string');
      break;
    case 'quantity':
    case 'intOrString':
    case 'any':
      break;
  }
}

/** The server prints its wrapper of the value, one in structs and another in maps. */
function shown(value: unknown, inMap: boolean): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (!inMap) return `&{${text}}`;
  return `&value.valueUnstructured{Value:${typeof value === 'string' ? JSON.stringify(value) : text}}`;
}
