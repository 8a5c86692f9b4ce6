/** IPv6 addresses as 128-bit bigints: rules may name them, packets have none yet. */

export function isIpv6(text: string): boolean {
  return parseIpv6(text) !== undefined;
}

export function parseIpv6(text: string): bigint | undefined {
  if (!/^[0-9a-fA-F:]*:[0-9a-fA-F:]*(\d+\.\d+\.\d+\.\d+)?$/.test(text)) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] as string);
  const tail = halves.length === 2 ? groups(halves[1] as string) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail].reduce(
    (all, part) => (all << 16n) | BigInt(part),
    0n,
  );
}

function groups(text: string): number[] | undefined {
  if (text === '') return [];
  const all: number[] = [];
  for (const part of text.split(':')) {
    const dotted = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(part);
    if (dotted !== null) {
      const [a, b, c, d] = dotted.slice(1).map(Number) as [number, number, number, number];
      if (Math.max(a, b, c, d) > 255) return undefined;
      all.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) all.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return all;
}

/** RFC 5952: the longest run of zero groups becomes `::`. */
export function formatIpv6(address: bigint): string {
  const parts: string[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) parts.push(((address >> shift) & 0xffffn).toString(16));
  let best = { from: -1, length: 1 };
  for (let from = 0; from < 8; from++) {
    let length = 0;
    while (from + length < 8 && parts[from + length] === '0') length++;
    if (length > best.length) best = { from, length };
  }
  if (best.from < 0) return parts.join(':');
  return `${parts.slice(0, best.from).join(':')}::${parts.slice(best.from + best.length).join(':')}`;
}
