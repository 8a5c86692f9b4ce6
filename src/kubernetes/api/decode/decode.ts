import type { Field, Scalar, StructType, Type } from '../../schema/schema.ts';
import { isMap, type JsonMap } from '../draft.ts';
import { checkedAs } from './checked.ts';
import { jsonType } from './json-type.ts';
import { scalarProblem } from './scalar.ts';

/** A value that isn't of its field's type; the message is the JSON decoder's. */
export class DecodeError extends Error {
  /** What the converter of strategic patches says instead. */
  readonly restoring: string;

  constructor(message: string, restoring = message) {
    super(message);
    this.restoring = restoring;
  }
}

export interface Decoded {
  readonly object: JsonMap;
  /** `unknown field "spec.x"`, in the order met. */
  readonly unknown: readonly string[];
}

/**
 * A writable copy of `body` with the fields of `type` alone: nulls and unknown fields are left out.
 * Parts that came out of the store are taken as they are. Throws `DecodeError` on a wrong type.
 */
export function decode(body: JsonMap, type: StructType): Decoded {
  const decoder = new Decoder();
  const object = decoder.struct(body, type, '', '');
  return { object, unknown: decoder.unknown };
}

class Decoder {
  readonly unknown: string[] = [];

  struct(body: JsonMap, type: StructType, path: string, goPath: string): JsonMap {
    const object: JsonMap = {};
    for (const name of Object.keys(body)) {
      const value = body[name];
      const field = type.fields.get(name);
      const at = path === '' ? name : `${path}.${name}`;
      if (field === undefined) {
        if (value !== undefined) this.unknown.push(`unknown field "${at}"`);
        continue;
      }
      if (value === undefined || value === null) continue;
      // Empty lists and maps are left out, as the server's own encoding does, but for the few that are always written.
      if (isEmpty(value) && isOmitted(field, type)) continue;
      const goField = goPath === '' ? name : `${goPath}.${name}`;
      object[name] = this.value(value, field.type, at, { struct: goName(type), path: goField });
    }
    return object;
  }

  value(value: unknown, type: Type, path: string, go: GoField): unknown {
    if (typeof value === 'object' && value !== null && checkedAs(value) === type) return value;
    switch (type.is) {
      case 'scalar':
        return this.scalar(value, type.scalar, go);
      case 'list':
        if (!Array.isArray(value)) throw mismatch(value, type, go);
        return value.map((item, index) =>
          item === null || item === undefined ? empty(type.of) : this.value(item, type.of, `${path}[${index}]`, go),
        );
      case 'map': {
        if (!isMap(value)) throw mismatch(value, type, go);
        const map: JsonMap = {};
        for (const key of Object.keys(value)) {
          const item = value[key];
          if (item === undefined) continue;
          map[key] = item === null ? empty(type.of) : this.value(item, type.of, `${path}.${key}`, go);
        }
        return map;
      }
      case 'struct':
        if (!isMap(value)) throw mismatch(value, type, go);
        return this.struct(value, type, path, go.path);
    }
  }

  scalar(value: unknown, scalar: Scalar, go: GoField): unknown {
    if (scalar === 'any') return copy(value);
    const problem = scalarProblem(value, scalar);
    if (problem === 'type') throw mismatch(value, { is: 'scalar', scalar }, go);
    if (problem !== undefined) throw new DecodeError(problem);
    // Quantities are written as text, whatever they came as.
    return scalar === 'quantity' ? String(value) : value;
  }
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function isOmitted({ name, type }: Field, owner: StructType): boolean {
  // An empty `managedFields` is an order to forget them.
  return (type.is === 'list' || type.is === 'map') && !owner.required.includes(name) && name !== 'managedFields';
}

interface GoField {
  readonly struct: string;
  readonly path: string;
}

function empty(type: Type): unknown {
  if (type.is === 'list') return [];
  if (type.is !== 'scalar') return {};
  if (type.scalar === 'bool') return false;
  return type.scalar.startsWith('int') ? 0 : '';
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => copy(item));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.keys(value).map((key) => [key, copy(value[key])]));
}

/** Names the types as the server's Go decoder does: `cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container`. */
function mismatch(value: unknown, type: Type, go: GoField): DecodeError {
  const number = typeof value === 'number' && type.is === 'scalar' && type.scalar.startsWith('int') ? ` ${value}` : '';
  const into = `Go struct field ${go.struct}.${go.path} of type ${goType(type)}`;
  return new DecodeError(`json: cannot unmarshal ${jsonType(value)}${number} into ${into}`, restoring(value, type));
}

function restoring(value: unknown, type: Type): string {
  const from = jsonType(value) === 'number' ? 'int64' : jsonType(value);
  switch (type.is) {
    case 'list':
      return `cannot restore slice from ${from}`;
    case 'map':
      return `cannot restore map from ${from}`;
    case 'struct':
      return `cannot restore struct from: ${from}`;
    case 'scalar':
      return type.scalar === 'string'
        ? `cannot convert ${from} to string`
        : `unrecognized type: ${goScalars[type.scalar]}`;
  }
}

function goName(type: StructType): string {
  return type.name.slice(type.name.lastIndexOf('.') + 1);
}

function goType(type: Type): string {
  switch (type.is) {
    case 'list':
      return `[]${goType(type.of)}`;
    case 'map':
      return `map[string]${goType(type.of)}`;
    case 'struct':
      return type.name.split('.').slice(-2).join('.');
    case 'scalar':
      return goScalars[type.scalar];
  }
}

const goScalars: Readonly<Record<Scalar, string>> = {
  string: 'string',
  bool: 'bool',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  bytes: '[]uint8',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  quantity: 'resource.Quantity',
  intOrString: 'intstr.IntOrString',
  any: 'runtime.RawExtension',
};
