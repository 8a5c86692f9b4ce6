/** `eth0`, or `eth+` for all that begin so; an absent device has an empty name. */
export function nameMatches(pattern: string, name = ''): boolean {
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
