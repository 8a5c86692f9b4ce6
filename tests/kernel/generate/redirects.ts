import { Chance, type Draft, type Port, step } from './draft.ts';
import { frame, send } from './packets.ts';

/** Percent of the networks with a bridge whose router tells of shorter ways, and of the others. */
const WITH_BRIDGE = 50;
const WITHOUT = 12;
const PROBES = 6;
/** Behind one of the pods; and nobody's. */
const BEHIND = '10.97.0.1';
const NOBODYS = '10.97.0.77';

/**
 * Routers that send redirects, hosts that take them or don't. `pods`: on a bridge whose first address the router is;
 * what is behind one of them the others reach by the router, until it tells them of the shorter way.
 */
export function redirects(
  whole: Draft,
  seed: string,
  onBridge: { gateway: Port; pods: readonly Port[] } | undefined,
): void {
  const chance = new Chance(`${seed} redirects`);
  if (!chance.percent(onBridge === undefined ? WITHOUT : WITH_BRIDGE)) return;
  const set = (node: string, setting: string) => step(whole, node, `sysctl -w net.ipv4.conf.${setting}`);
  if (onBridge === undefined) {
    const { node, device } = chance.of(whole.ports);
    set(node, `${chance.of(['all', device])}.send_redirects=1`);
    return;
  }
  const { gateway, pods } = onBridge;
  const { node } = gateway;
  set(node, `${chance.of(['all', 'br0'])}.send_redirects=1`);
  if (chance.percent(30)) set(node, 'all.shared_media=0');
  if (chance.percent(30)) set(node, 'br0.shared_media=0');
  const behind = chance.of(pods);
  step(whole, behind.node, `ip addr add ${BEHIND}/32 dev lo`);
  step(whole, node, `ip route add 10.97.0.0/24 via ${behind.address} dev br0`);
  for (const pod of pods.filter((one) => one !== behind)) {
    if (chance.percent(60)) {
      set(pod.node, `${chance.of(['all', 'eth0'])}.accept_redirects=${chance.of([0, 1])}`);
    }
    if (chance.percent(25)) set(pod.node, 'all.shared_media=0');
    if (chance.percent(25)) set(pod.node, 'eth0.shared_media=0');
    if (chance.percent(25)) set(pod.node, 'all.secure_redirects=0');
    if (chance.percent(25)) set(pod.node, 'eth0.secure_redirects=0');
    if (chance.percent(25)) step(whole, pod.node, `ip route add 10.96.0.0/24 via ${behind.address}`);
    // A router whose MAC address isn't known is taken by the second redirect only, which comes when time allows.
    step(whole, pod.node, `ip neigh add ${behind.address} lladdr ${behind.mac} dev eth0`);
    for (const to of [BEHIND, NOBODYS]) whole.questions.push({ in: pod.node, run: `ip route get ${to}` });
    whole.questions.push({ in: pod.node, run: 'ip route show cache' });
  }
  for (const run of [`ip route get ${BEHIND} from ${chance.of(pods).address} iif br0`]) {
    whole.questions.push({ in: node, run });
  }
  const targets = [BEHIND, BEHIND, NOBODYS].map((address) => ({ node: behind.node, address }));
  for (let n = PROBES; n > 0; n--) {
    const from: Draft = { ...whole, chance, ports: pods.filter((one) => one !== behind) };
    const others: Draft = { ...from, ports: targets.map((target) => ({ ...behind, ...target })), extra: [] };
    if (chance.percent(35)) frame(from, others);
    else send(from, others);
  }
}
