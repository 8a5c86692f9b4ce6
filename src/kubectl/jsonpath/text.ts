/** How Go prints values: `encoding/json` (keys sorted, `<`, `>` and `&` escaped) and `fmt.Print`. */

/** JSON as Go's `json.Marshal` (or `MarshalIndent`) writes a map: sorted keys, HTML characters escaped. */
export function goJson(value: unknown, indent?: string): string {
  const text = JSON.stringify(sorted(value), null, indent) ?? 'null';
  return text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The value with the keys of all maps in byte order, and without `undefined`. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const map = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.keys(map)
      .filter((key) => map[key] !== undefined)
      .sort()
      .map((key) => [key, sorted(map[key])]),
  );
}

/** `fmt.Sprint`: `map[a:1 b:[x y]]`, `1e+06` for large fractions, `<nil>` inside containers. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return `[${value.map(nested).join(' ')}]`;
  if (typeof value === 'object') {
    const map = value as Readonly<Record<string, unknown>>;
    return `map[${Object.keys(map)
      .sort()
      .map((key) => `${key}:${nested(map[key])}`)
      .join(' ')}]`;
  }
  return String(value);
}

function nested(value: unknown): string {
  return value === null || value === undefined ? '<nil>' : goValue(value);
}

/** The type that Go's decoder gives a JSON value, as `%T` names it. */
export function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

/** `%#v`: the value as Go source. */
export function goSource(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSource).join(', ')}}`;
  if (typeof value === 'object') {
    const map = sorted(value) as Readonly<Record<string, unknown>>;
    const fields = Object.entries(map).map(([key, field]) => `${JSON.stringify(key)}:${goSource(field)}`);
    return `map[string]interface {}{${fields.join(', ')}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
