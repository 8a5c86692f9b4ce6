/** `a=1,b=2`, in the order of the keys, as labels are printed. */
export function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(map ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(',') || '<none>';
}

/** The addresses of a load balancer, each once and in order. */
export function addressesOf(ingress: readonly { readonly ip?: string; readonly hostname?: string }[]): string[] {
  return [...new Set(ingress.flatMap(({ ip, hostname }) => (ip ? [ip] : hostname ? [hostname] : [])))].sort();
}

/** The first three of a list, and how many more there are. */
export function firstThree(list: readonly string[]): string {
  const shown = list.slice(0, 3).join(',');
  return list.length > 3 ? `${shown} + ${list.length - 3} more...` : shown;
}
