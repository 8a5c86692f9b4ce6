/** Letters that can't spell a word and are hard to mistake: what upstream makes of random names and hashes. */
const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * The `pod-template-hash` of a template. Upstream hashes Go's dump of the struct by 32-bit FNV-1a, which only Go
 * can repeat; here the same function runs over canonical JSON, so hashes look alike but differ from a real cluster's.
 */
export function templateHash(template: unknown, collisionCount = 0): string {
  let hash = 0x811c9dc5;
  const text = canonical(template) + (collisionCount > 0 ? `#${collisionCount}` : '');
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  let encoded = '';
  for (const digit of String(hash >>> 0)) encoded += SAFE_ALPHABET[digit.charCodeAt(0) % SAFE_ALPHABET.length];
  return encoded;
}

/** JSON with sorted keys, so that equal values have equal texts. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}
