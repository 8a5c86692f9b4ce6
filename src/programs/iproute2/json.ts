import { Decimal } from '../../linux/device/kind.ts';

/** What `ip -j` prints; members that are undefined are left out. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | Decimal
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

export function compact(value: JsonValue): string {
  if (value instanceof Decimal) return value.text;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(compact).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${compact(member as JsonValue)}`).join(',')}}`;
}

const INDENT = '    ';

/** iproute2's own layout of `ip -j -p`: each array and object is one level, members of objects have lines of their own. */
export function pretty(value: JsonValue, level = 0): string {
  if (value === null || value instanceof Decimal || typeof value !== 'object') return compact(value);
  if (isList(value)) {
    if (value.length === 0) return '[ ]';
    return `[ ${value.map((item) => pretty(item, level + 1)).join(',')} ]`;
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const inner = INDENT.repeat(level + 1);
  const lines = members.map(
    ([key, member]) => `${inner}${JSON.stringify(key)}: ${pretty(member as JsonValue, level + 1)}`,
  );
  return `{\n${lines.join(',\n')}\n${INDENT.repeat(level)}}`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
