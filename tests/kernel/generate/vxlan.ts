import { Chance, type Draft, type Port, step } from './draft.ts';
import { frame, send } from './packets.ts';

/** Percent of the networks that have a VXLAN. */
const WITH_VXLAN = 35;
/** More probes, of those on the VXLAN. */
const PROBES = 8;
const ZERO = '00:00:00:00:00:00';
const NOBODY = '02:00:00:00:0f:77';

/** What both ends should agree on, and one end of a VXLAN. */
interface End extends Port {
  /** Where the VXLAN's own packets come from and go to. */
  readonly under: Port;
  readonly there: Port;
  readonly vni: number;
  readonly dstport: number;
}

/** A VXLAN between two of the namespaces: routed as Flannel does, or a port of a bridge at either end. */
export function vxlan(whole: Draft, seed: string): void {
  // Its own chance: networks stay what they were without this part.
  const chance = new Chance(`${seed} vxlan`);
  if (!chance.percent(WITH_VXLAN)) return;
  const to = { ...whole, chance };
  const bridged = chance.percent(35);
  const under = ways(to);
  const dstport = chance.of([4789, 8472]);
  const ends: End[] = under.map((port, i) => ({
    node: port.node,
    device: bridged ? 'brv' : 'vx1',
    mac: `02:00:00:00:0f:0${i + 1}`,
    address: bridged ? `10.30.0.${i + 1}` : `10.30.${i + 1}.1`,
    // Frames go to the other end, or to nobody.
    peer: () => ({ ...(ends[1 - i] as Port), ...(chance.percent(10) && { mac: NOBODY }) }),
    under: port,
    there: under[1 - i] as Port,
    vni: i === 1 && chance.percent(7) ? 8 : 7,
    dstport: i === 1 && chance.percent(7) ? 4789 + 8472 - dstport : dstport,
  }));
  const pods: Port[] = [];
  for (const [i, end] of ends.entries()) {
    device(to, end);
    if (bridged) pods.push(...bridge(to, end, i, ends));
    else routed(to, end, ends[1 - i] as End);
    entries(to, end, ends[1 - i] as End);
    rules(to, end);
    for (const run of ['bridge fdb', 'ip -d link show vx1']) whole.questions.push({ in: end.node, run });
  }
  const on = [...ends, ...pods];
  for (let n = PROBES; n > 0; n--) {
    const others: Draft = { ...to, ports: chance.percent(80) ? on : [...whole.ports, ...on] };
    if (chance.percent(50)) frame({ ...to, ports: pods.length > 0 && chance.percent(50) ? pods : ends }, others);
    else send({ ...to, ports: chance.percent(75) ? on : whole.ports }, others);
  }
  whole.nodes.push(...pods.map((pod) => pod.node));
}

/** Two ports in different namespaces: the ends of a link mostly. */
function ways({ chance, subnets, ports }: Draft): readonly [Port, Port] {
  const one = chance.of(chance.of(subnets).ports);
  const others = ports.filter(({ node }) => node !== one.node);
  return [one, chance.percent(75) || others.length === 0 ? one.peer() : chance.of(others)];
}

function device(to: Draft, { node, device, mac, under, there, vni, dstport }: End): void {
  const { chance } = to;
  // A bridge has the address; its port another.
  const own = device === 'vx1' ? mac : mac.replace(':0f:', ':0e:');
  const words = [`ip link add vx1 address ${own} type vxlan id ${vni} dstport ${dstport}`];
  if (chance.percent(80)) words.push(`local ${under.address}`);
  if (chance.percent(60)) words.push(`dev ${under.device}`);
  if (chance.percent(65)) words.push('nolearning');
  if (chance.percent(25)) words.push(`remote ${there.address}`);
  if (chance.percent(25)) words.push(`ttl ${chance.of(['3', '64', 'inherit'])}`);
  if (chance.percent(20)) words.push(`tos ${chance.of(['0x10', 'inherit'])}`);
  if (chance.percent(35)) words.push(`df ${chance.of(['set', 'unset', 'inherit'])}`);
  step(to, node, words.join(' '));
  if (chance.percent(35)) step(to, node, `ip link set vx1 mtu ${chance.of([1450, 1400, 1500, 1450])}`);
  step(to, node, 'ip link set vx1 up');
}

/** As flanneld does (pkg/backend/vxlan): what is at the other end is told, nothing is asked for. */
function routed(to: Draft, { node, address }: End, other: End): void {
  const { chance } = to;
  step(to, node, `ip addr add ${address}/32 dev vx1`);
  step(to, node, `ip route add ${other.address.replace(/1$/, '0')}/24 via ${other.address} dev vx1 onlink`);
  if (chance.percent(85)) {
    step(to, node, `ip neigh add ${other.address} lladdr ${other.mac} dev vx1 nud permanent`);
  }
}

/** Its port is the VXLAN, another one leads to a pod. */
function bridge(to: Draft, { node, mac, address }: End, i: number, ends: readonly Port[]): readonly Port[] {
  const { chance } = to;
  step(to, node, `ip link add brv address ${mac} type bridge`);
  step(to, node, `ip addr add ${address}/24 dev brv`);
  step(to, node, 'ip link set vx1 master brv');
  step(to, node, 'ip link set brv up');
  if (chance.percent(20)) step(to, node, `bridge link set dev vx1 ${chance.of(['learning off', 'hairpin on'])}`);
  // NAT of bridged packets is generate/bridge.ts's.
  step(to, node, 'sysctl -w net.bridge.bridge-nf-call-iptables=0');
  if (chance.percent(40)) return [];
  const pod: Port = {
    node: `hopk-q${i + 1}`,
    device: 'eth0',
    mac: `02:00:00:00:0f:1${i + 1}`,
    address: `10.30.0.1${i + 1}`,
    peer: () => chance.of(ends),
  };
  step(to, node, `ip link add q0 type veth peer name eth0 address ${pod.mac} netns ${pod.node}`);
  step(to, node, 'ip link set q0 address 02:00:00:00:0e:11 master brv');
  step(to, node, 'ip link set q0 up');
  step(to, pod.node, 'ip link set lo up');
  step(to, pod.node, `ip link set eth0 up${chance.percent(50) ? ' mtu 1450' : ''}`);
  step(to, pod.node, `ip addr add ${pod.address}/24 dev eth0`);
  if (chance.percent(70)) step(to, pod.node, `ip route add default via ${address}`);
  return [pod];
}

/** Static entries of the VXLAN's table. */
function entries(to: Draft, { node, there }: End, other: End): void {
  const { chance } = to;
  const add = (how: string, mac: string, more = '') =>
    step(to, node, `bridge fdb ${how} ${mac} dev vx1 dst ${there.address}${more}`);
  if (chance.percent(75)) add('add', other.mac, chance.of([' self permanent', ' self permanent', ' static', '']));
  // Two copies of a frame for one namespace come in together, and whether conntrack confirms one before it sees the other
  // is chance: the all-zero entry names each namespace once.
  const given = to.steps.some(({ in: at, run }) => at === node && /type vxlan .* remote /.test(run));
  const others = to.ports.filter((port) => port.node !== there.node);
  if (!given && chance.percent(45)) add('append', ZERO);
  if (chance.percent(15)) step(to, node, `bridge fdb append ${ZERO} dev vx1 dst ${chance.of(others).address}`);
  if (chance.percent(10)) add('add', NOBODY, chance.of([' vni 9', ` via ${chance.of(to.ports).device}`, ' port 7000']));
}

/** Rules that see the packets outside and those inside. */
function rules(to: Draft, { node, dstport }: End): void {
  const { chance, questions } = to;
  if (chance.percent(50)) return;
  const target = () => chance.of(['ACCEPT', 'ACCEPT', 'ACCEPT', 'DROP', 'MARK --set-mark 0x1']);
  const rule = (chain: string, match: string) => {
    const what = target();
    const table = what.startsWith('MARK') ? 'mangle' : 'filter';
    step(to, node, `iptables -t ${table} -A ${chain} ${match} -j ${what}`);
  };
  // iptables' tables are in `nft list ruleset` too, which is not modelled.
  if (questions.some(({ in: at, run }) => at === node && run.startsWith('nft '))) return;
  if (chance.percent(40)) rule('OUTPUT', `-p udp --dport ${dstport}`);
  if (chance.percent(40)) rule('INPUT', `-p udp --dport ${dstport}`);
  if (chance.percent(30)) rule(chance.of(['INPUT', 'FORWARD']), '-i vx1');
  if (chance.percent(30)) rule(chance.of(['OUTPUT', 'FORWARD']), '-o vx1');
  if (chance.percent(30)) step(to, node, 'iptables -t nat -A POSTROUTING -o vx1 -j MASQUERADE');
  if (chance.percent(20)) step(to, node, `iptables -t raw -A OUTPUT -p udp --dport ${dstport} -j NOTRACK`);
  questions.push({ in: node, run: 'iptables-save -c' });
}
