import { Chance, type Draft, type Port, step } from './draft.ts';

/** Percent of the namespaces that have rules, and of those that have settings of this kind. */
const WITH_RULES = 35;
const WITH_SETTINGS = 35;
const TABLES = ['100', '101', '200'];
const REFUSING = ['blackhole', 'unreachable', 'prohibit'];

/** Routing by rules (ip-rule(8)) with tables of their own, marks that they look at, and settings of devices. */
export function policy(whole: Draft, seed: string): void {
  // Its own chance: networks stay what they were without this part.
  const to = { ...whole, chance: new Chance(`${seed} policy`) };
  for (const node of to.nodes) {
    const own = to.ports.filter((port) => port.node === node);
    if (own.length === 0) continue;
    if (to.chance.percent(WITH_RULES)) rules(to, node, own);
    if (to.chance.percent(WITH_SETTINGS)) settings(to, node, own);
    if (to.chance.percent(20)) multipath(to, node, own);
  }
}

function rules(to: Draft, node: string, own: readonly Port[]): void {
  const { chance, questions } = to;
  const tables = TABLES.filter(() => chance.percent(50));
  for (const table of tables) {
    const add = (route: string) => step(to, node, `ip route add ${route} table ${table}`);
    const out = chance.of(own);
    if (chance.percent(70)) add(`default via ${out.peer().address} dev ${out.device}`);
    if (chance.percent(40)) {
      const other = chance.of(own);
      add(`${chance.of(to.subnets).prefix} via ${other.peer().address} dev ${other.device} metric 7`);
    }
    if (chance.percent(25)) add(`${chance.of([...REFUSING, 'throw'])} ${chance.of(to.ports).address}`);
  }
  for (let n = chance.between(1, 3); n > 0; n--) {
    const words = [selector(to, own)];
    if (chance.percent(20)) words.push(selector(to, own, words));
    if (chance.percent(70)) words.push(`priority ${chance.of([10, 50, 100, 1000, 32000]) + n}`);
    if (tables.length === 0 || chance.percent(10)) words.push(chance.of([...REFUSING, 'lookup main']));
    else words.push(`lookup ${chance.of(tables)}`);
    step(to, node, `ip rule add ${words.filter((word) => word !== '').join(' ')}`);
  }
  // iptables' tables are in `nft list ruleset` too, which is not modelled.
  if (chance.percent(60) && !questions.some(({ in: at, run }) => at === node && run.startsWith('nft '))) {
    const [source, mark] = [chance.of(to.subnets).prefix, chance.of(['0x1', '0x3', '0x2/0xf'])];
    const chain = chance.of(['PREROUTING', 'OUTPUT']);
    step(to, node, `iptables -t mangle -A ${chain} -s ${source} -j MARK --set-mark ${mark}`);
  }
  questions.push({ in: node, run: 'ip rule' });
  for (const table of tables) questions.push({ in: node, run: `ip route show table ${table}` });
  questions.push({ in: node, run: `ip route get ${chance.of(to.ports).address} mark ${chance.between(1, 3)}` });
  questions.push({ in: node, run: `ip route get ${chance.of(to.ports).address} from ${chance.of(own).address}` });
}

/** What a rule looks at; of another kind than those in `others`. */
function selector({ chance, subnets, ports }: Draft, own: readonly Port[], others: readonly string[] = []): string {
  const all = [
    () => `from ${chance.percent(50) ? chance.of(subnets).prefix : chance.of(ports).address}`,
    () => `to ${chance.percent(50) ? chance.of(subnets).prefix : chance.of(ports).address}`,
    () => `fwmark ${chance.of(['0x1', '0x1/0x1', '0x2/0xf', '0x3'])}`,
    () => `iif ${chance.of([chance.of(own).device, 'lo'])}`,
    () => `oif ${chance.of(own).device}`,
    () => `tos ${chance.of(['0x10', '0x08'])}`,
    () => `ipproto ${chance.of(['udp', 'tcp', 'icmp'])}`,
    () => `ipproto udp dport ${chance.of(['53', '7000-7001'])}`,
    () => 'not from 10.0.1.0/24',
  ].filter((kind) => !others.some((other) => other.split(' ')[0] === kind().split(' ')[0]));
  return chance.of(all)();
}

function settings(to: Draft, node: string, own: readonly Port[]): void {
  const { chance } = to;
  for (let n = chance.between(1, 3); n > 0; n--) {
    const [name, values] = chance.of(SETTINGS);
    const where = chance.percent(30) ? 'all' : chance.of(own).device;
    step(to, node, `sysctl -w net.ipv4.conf.${where}.${name}=${chance.of(values)}`);
  }
}

const SETTINGS: readonly (readonly [name: string, values: readonly number[]])[] = [
  ['rp_filter', [1, 1, 2]],
  ['rp_filter', [1, 2]],
  ['src_valid_mark', [1]],
  ['arp_ignore', [0, 1, 2, 8]],
  ['arp_announce', [1, 2]],
  ['proxy_arp', [1]],
  ['accept_local', [1]],
  ['forwarding', [0, 1]],
];

/** Which way a flow takes is decided by a hash with a seed of the kernel's own, so all ways of a route are one. */
function multipath(to: Draft, node: string, own: readonly Port[]): void {
  const { chance } = to;
  const out = chance.of(own);
  const way = () => `nexthop via ${out.peer().address} dev ${out.device} weight ${chance.between(1, 4)}`;
  step(to, node, `ip route append ${chance.of(to.subnets).prefix} metric 5 ${way()} ${way()}`);
  // No probe has this destination: two ways are read only.
  const other = chance.of(own);
  const [a, b] = [out, other].map((port) => `nexthop via ${port.peer().address} dev ${port.device}`);
  step(to, node, `ip route add 10.98.0.0/16 ${a} weight ${chance.between(1, 9)} ${b} weight ${chance.between(1, 9)}`);
}
