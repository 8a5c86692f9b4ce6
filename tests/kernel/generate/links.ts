import { type Draft, type Port, step } from './draft.ts';

/** Namespaces in a tree of veth pairs, with a few links more that make circles. */
export function links(to: Draft): void {
  const { chance, nodes } = to;
  const count = chance.between(2, 5);
  for (let i = 0; i < count; i++) nodes.push(`hopk-${'abcdefgh'[i]}`);
  for (const node of nodes) step(to, node, 'ip link set lo up');
  for (let i = 1; i < count; i++) veth(to, nodes[chance.below(i)] as string, nodes[i] as string);
  for (let more = chance.below(3); more > 0 && count > 2; more--) {
    const a = chance.below(count);
    veth(to, nodes[a] as string, nodes[(a + chance.between(1, count - 1)) % count] as string);
  }
  for (const node of nodes) {
    if (chance.percent(90)) step(to, node, 'sysctl -w net.ipv4.ip_forward=1');
    if (!chance.percent(40)) continue;
    const address = `192.168.${nodes.indexOf(node)}.1`;
    step(to, node, `ip addr add ${address}/32 dev lo`);
    to.extra.push({ node, address });
  }
}

function veth(to: Draft, a: string, b: string): void {
  const { chance, subnets } = to;
  const number = subnets.length + 1;
  const device = `e${number}`;
  const end = (node: string, i: number): Port => ({
    node,
    device,
    mac: `02:00:00:00:0${number}:0${i + 1}`,
    address: `10.0.${number}.${i + 1}`,
    peer: () => ports[1 - i] as Port,
  });
  const ports = [end(a, 0), end(b, 1)];
  const [first, second] = ports as [Port, Port];
  const peer = `peer name ${device} address ${second.mac} netns ${b}`;
  step(to, a, `ip link add ${device} address ${first.mac} type veth ${peer}`);
  const length = chance.of([24, 24, 24, 30, 25]);
  const mtu = chance.percent(25) ? chance.of([576, 1000, 1280, 1400]) : undefined;
  for (const { node, address } of ports) {
    const small = mtu === undefined || chance.percent(20) ? '' : ` mtu ${mtu}`;
    step(to, node, `ip link set ${device} up${small}`);
    step(to, node, `ip addr add ${address}/${length} dev ${device}`);
  }
  to.ports.push(...ports);
  subnets.push({ prefix: `10.0.${number}.0/${length}`, ports });
}
