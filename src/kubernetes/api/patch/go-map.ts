/** A map as Go prints it: `map[spec:map[foo:1]]`. */
export function goMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(' ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${fields.map(([key, item]) => `${key}:${goMap(item)}`).join(' ')}]`;
  }
  return value === null ? '<nil>' : String(value);
}
