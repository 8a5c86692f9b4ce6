import { type Draft, type Port, step } from './draft.ts';

/** Routes to most of the subnets, most of them right; some missing, some wrong, some that refuse. */
export function routes(to: Draft): void {
  const { chance, nodes, ports } = to;
  for (const node of nodes) {
    const own = ports.filter((port) => port.node === node);
    if (own.length === 0) continue;
    for (const { prefix, at } of targets(to, node)) {
      const right = nextHop(to, node, at);
      const draw = chance.below(100);
      if (draw < 78 && right !== undefined) route(to, node, prefix, right);
      else if (draw < 86) route(to, node, prefix, chance.of(own));
      else if (draw < 92) step(to, node, `ip route add ${chance.of(REFUSING)} ${prefix}`);
    }
    if (chance.percent(30)) route(to, node, 'default', chance.of(own));
    if (chance.percent(15)) {
      const target = chance.of(ports).address;
      step(to, node, `ip route add ${chance.of(REFUSING)} ${target}/${chance.of([32, 31])}`);
    }
  }
}

const REFUSING = ['blackhole', 'unreachable', 'prohibit'];

/** The prefixes that are not a node's own, and who has them. */
function targets({ chance, subnets, extra }: Draft, node: string) {
  const others = subnets
    .map(({ prefix, ports }) => ({ prefix, at: ports.map((port) => port.node) }))
    .filter(({ at }) => !at.includes(node));
  const addresses = extra
    .filter((each) => each.node !== node)
    .map((each) => ({
      prefix: chance.percent(50) ? each.address : `${each.address.replace(/\.1$/, '.0')}/24`,
      at: [each.node],
    }));
  return [...others, ...addresses];
}

function route(to: Draft, node: string, prefix: string, out: Port): void {
  const { chance, extra } = to;
  const words = [`ip route ${chance.of(['add', 'add', 'add', 'replace', 'append'])} ${prefix}`];
  if (chance.percent(95)) words.push(`via ${out.peer().address}`);
  words.push(`dev ${out.device}`);
  if (chance.percent(20)) words.push(`metric ${chance.of([50, 100, 1024])}`);
  if (chance.percent(10) && words.some((word) => word.startsWith('via'))) words.push('onlink');
  const source = extra.find((address) => address.node === node);
  if (source !== undefined && chance.percent(30)) words.push(`src ${source.address}`);
  step(to, node, words.join(' '));
}

/** The way with the fewest links. */
function nextHop({ ports }: Draft, from: string, goals: readonly string[]): Port | undefined {
  const first = new Map<string, Port>();
  const queue = [from];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    if (node !== from && goals.includes(node)) return first.get(node);
    for (const port of ports.filter((each) => each.node === node)) {
      const there = port.peer().node;
      if (there === from || first.has(there)) continue;
      first.set(there, first.get(node) ?? port);
      queue.push(there);
    }
  }
  return undefined;
}
