import { Chance, type Draft, type Port, step } from './draft.ts';
import { frame, send } from './packets.ts';

/** Percent of the networks that have a bridge. */
const WITH_BRIDGE = 30;
/** More probes, of those on the bridge. */
const PROBES = 8;
const NOBODY = '02:00:00:00:0b:77';

/** A bridge in one of the namespaces, with an address of its own, and namespaces on its ports, as a node has its pods. */
export function bridge(
  whole: Draft,
  seed: string,
): { readonly gateway: Port; readonly pods: readonly Port[] } | undefined {
  const chance = new Chance(`${seed} bridge`);
  if (!chance.percent(WITH_BRIDGE)) return undefined;
  const node = chance.of(whole.nodes);
  const gateway: Port = { node, device: 'br0', mac: '02:00:00:00:0b:fe', address: '10.20.0.254', peer: () => gateway };
  const pods = Array.from({ length: chance.between(2, 3) }, (_, i): Port => {
    const [mac, address] = [`02:00:00:00:0b:0${i + 1}`, `10.20.0.${i + 1}`];
    // Frames go to the bridge's own address, to another pod, or to nobody.
    const peer = () => (chance.percent(10) ? { ...gateway, mac: NOBODY } : chance.of([gateway, ...pods]));
    return { node: `hopk-p${i + 1}`, device: 'eth0', mac, address, peer };
  });
  step(whole, node, `ip link add br0 address ${gateway.mac} type bridge`);
  step(whole, node, `ip addr add ${gateway.address}/24 dev br0`);
  step(whole, node, 'ip link set br0 up');
  if (chance.percent(20)) step(whole, node, 'sysctl -w net.bridge.bridge-nf-call-iptables=0');
  for (const [i, pod] of pods.entries()) {
    const ends = `ip link add v${i} address 02:00:00:00:0a:0${i + 1} type veth`;
    step(whole, node, `${ends} peer name eth0 address ${pod.mac} netns ${pod.node}`);
    step(whole, node, `ip link set v${i} master br0`);
    step(whole, node, `ip link set v${i} up`);
    if (chance.percent(35)) step(whole, node, `bridge link set dev v${i} ${chance.of(SETTINGS)}`);
    step(whole, pod.node, 'ip link set lo up');
    step(whole, pod.node, 'ip link set eth0 up');
    step(whole, pod.node, `ip addr add ${pod.address}/24 dev eth0`);
    if (chance.percent(85)) step(whole, pod.node, `ip route add default via ${gateway.address}`);
  }
  if (chance.percent(25))
    step(whole, node, `bridge fdb add ${NOBODY} dev v0 master ${chance.of(['static', 'dynamic'])}`);
  rules({ ...whole, chance }, node, [gateway, ...pods]);
  const ports = [...pods, ...pods, gateway];
  for (let n = PROBES; n > 0; n--) {
    const to: Draft = { ...whole, chance, ports: chance.percent(75) ? ports : [...whole.ports, ...pods] };
    if (chance.percent(65)) frame({ ...to, ports: pods }, to);
    else send({ ...to, ports }, to);
  }
  whole.nodes.push(...pods.map((pod) => pod.node));
  for (const run of ['bridge fdb', 'bridge link']) whole.questions.push({ in: node, run });
  return { gateway, pods };
}

/** Rules about what the bridge carries, and NAT that sends it elsewhere. */
function rules(to: Draft, node: string, ends: readonly Port[]): void {
  const { chance, questions } = to;
  if (chance.percent(50)) return;
  const add = (rule: string) => step(to, node, `iptables ${rule}`);
  const physdev = () => `-m physdev --physdev-in v${chance.below(2)}`;
  const match = () => chance.of([`-s ${chance.of(ends).address}`, '-i br0', physdev(), '-p udp', '-p tcp']);
  const port = () => chance.of([7000, 7001, 53]);
  if (chance.percent(40)) add(`-A FORWARD ${physdev()} -j ${chance.of(['ACCEPT', 'DROP', 'REJECT'])}`);
  if (chance.percent(30)) add(`-A FORWARD -m physdev --physdev-is-bridged -p icmp`);
  if (chance.percent(30)) add(`-A FORWARD -m physdev --physdev-is-bridged --physdev-out v1 ${match()}`);
  if (chance.percent(30)) add(`-A INPUT ${match()}`);
  if (chance.percent(60)) add(`-t nat -A PREROUTING ${match()} -j DNAT --to-destination ${chance.of(ends).address}`);
  if (chance.percent(30)) {
    const what = chance.of([`DNAT --to-destination ${chance.of(to.ports).address}`, `REDIRECT --to-ports ${port()}`]);
    add(`-t nat -A PREROUTING -p udp --dport ${port()} -j ${what}`);
  }
  if (chance.percent(40)) {
    const snat = chance.of(['MASQUERADE', `SNAT --to-source ${chance.of(ends).address}`]);
    add(`-t nat -A POSTROUTING ${chance.of(['-m physdev --physdev-is-bridged', '-o br0', '-p icmp'])} -j ${snat}`);
  }
  questions.push({ in: node, run: 'iptables-save -c' });
}

const SETTINGS = ['hairpin on', 'hairpin on', 'learning off', 'flood off', 'isolated on'];
