import type { Scalar } from '../../schema/schema.ts';
import { jsonType } from './json-type.ts';

const quantityPattern = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$';
const quantity = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(m|u|n|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][-+]?[0-9]+)?$/;

/** What is wrong with a value as that scalar: nothing, its JSON type, or a sentence of the type's own decoder. */
export function scalarProblem(value: unknown, scalar: Scalar): 'type' | string | undefined {
  switch (scalar) {
    case 'string':
      return typeof value === 'string' ? undefined : 'type';
    case 'bool':
      return typeof value === 'boolean' ? undefined : 'type';
    case 'double':
      return typeof value === 'number' ? undefined : 'type';
    case 'int32':
      return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31 ? undefined : 'type';
    case 'int64':
      return Number.isInteger(value) ? undefined : 'type';
    case 'bytes':
      if (typeof value !== 'string') return 'type';
      return /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0
        ? undefined
        : `illegal base64 data at input byte ${Math.max(0, value.search(/[^A-Za-z0-9+/]/))}`;
    case 'time':
      return timeProblem(value, '2006-01-02T15:04:05Z07:00', 'time.Time');
    case 'microTime':
      return timeProblem(value, '2006-01-02T15:04:05.000000Z07:00', 'time.Time');
    case 'quantity':
      if (typeof value !== 'string' && typeof value !== 'number')
        return `quantities must match the regular expression '${quantityPattern}'`;
      return quantity.test(String(value))
        ? undefined
        : `quantities must match the regular expression '${quantityPattern}'`;
    case 'intOrString':
      if (typeof value === 'string' || Number.isInteger(value)) return undefined;
      return `json: cannot unmarshal ${jsonType(value)} into Go value of type int32`;
    case 'any':
      return undefined;
  }
}

const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

function timeProblem(value: unknown, layout: string, type: string): string | undefined {
  if (typeof value !== 'string') return `json: cannot unmarshal ${jsonType(value)} into Go value of type ${type}`;
  if (time.test(value) && !Number.isNaN(Date.parse(value))) return undefined;
  return `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(value)} as "2006"`;
}
