import { encodeFrame, encodePacket } from '../../../src/linux/packet/encode.ts';
import type { IpPacket, Segment } from '../../../src/linux/packet/packet.ts';
import type { Plan } from '../plan.ts';
import { Chance, type Draft, draft, step } from './draft.ts';
import { address, hex, mac } from './packets.ts';
import { CLIENT_PORTS, TCP_PORTS, UDP_PORTS } from './ports.ts';

/** Percent of the networks in which chance decides. */
const WITH_CHANCE = 8;
/** What one of two packets of a flow meets has a chance of 1/4 at least, so that none is missed but once in 100,000. */
const RUNS = 40;
const [CLIENT, ROUTER, SERVER] = ['hopk-a', 'hopk-b', 'hopk-c'] as const;
const SERVED = [1, 2, 3, 4].map((n) => `10.9.0.${n}`);
const LINKS = [1, 2, 3] as const;

/**
 * A client, a router and a server with two links between these. One thing decides by chance: which way a flow takes
 * (ECMP's hash has a seed that the kernel draws), or a random number in a rule. All neighbours are known, so that what
 * one flow meets doesn't depend on the others.
 */
export function chances(seed: string): Plan | undefined {
  const chance = new Chance(`${seed} chances`);
  if (!chance.percent(WITH_CHANCE)) return undefined;
  const to: Draft = { ...draft(seed), chance };
  to.nodes.push(CLIENT, ROUTER, SERVER);
  links(to);
  const ways = chance.percent(50);
  if (ways) multipath(to);
  else {
    step(to, ROUTER, 'ip route add 10.9.0.0/24 via 10.0.2.2');
    randomRules(to);
  }
  to.listeners.push({ in: SERVER, protocol: 'udp', port: chance.of(UDP_PORTS) });
  to.listeners.push({ in: SERVER, protocol: 'tcp', port: chance.of(TCP_PORTS) });
  for (let n = 6; n > 0; n--) flow(to, n);
  for (const node of to.nodes)
    for (const run of ['ip route', 'ip neigh', 'ip rule']) to.questions.push({ in: node, run });
  const { nodes: namespaces, steps, listeners, probes, questions } = to;
  return { seed, namespaces, steps, listeners, probes, questions, runs: RUNS };
}

function links(to: Draft): void {
  for (const node of to.nodes) {
    step(to, node, 'ip link set lo up');
    step(to, node, 'sysctl -w net.ipv4.ip_forward=1');
  }
  for (const n of LINKS) {
    const [a, b] = n === 1 ? [CLIENT, ROUTER] : [ROUTER, SERVER];
    const macs = [1, 2].map((end) => `02:00:00:00:0${n}:0${end}`);
    step(to, a, `ip link add e${n} address ${macs[0]} type veth peer name e${n} address ${macs[1]} netns ${b}`);
    for (const [end, node] of [a, b].entries()) {
      step(to, node, `ip link set e${n} up`);
      step(to, node, `ip addr add 10.0.${n}.${end + 1}/24 dev e${n}`);
      step(to, node, `ip neigh add 10.0.${n}.${2 - end} lladdr ${macs[1 - end]} dev e${n} nud permanent`);
    }
  }
  for (const served of SERVED) step(to, SERVER, `ip addr add ${served}/32 dev lo`);
  step(to, CLIENT, 'ip route add default via 10.0.1.2');
  step(to, SERVER, 'ip route add 10.0.1.0/24 via 10.0.2.1');
}

function multipath(to: Draft): void {
  const { chance } = to;
  step(to, ROUTER, `sysctl -w net.ipv4.fib_multipath_hash_policy=${chance.below(2)}`);
  const way = (n: number) => `nexthop via 10.0.${n}.2 dev e${n} weight ${chance.of([1, 1, 2, 3])}`;
  step(to, ROUTER, `ip route add 10.9.0.0/24 ${way(2)} ${way(3)}`);
  const rules = chance.below(5);
  if (rules === 0) step(to, ROUTER, 'iptables -t nat -A POSTROUTING -o e2 -j MASQUERADE');
  if (rules <= 1) step(to, ROUTER, 'iptables -t nat -A POSTROUTING -o e3 -j MASQUERADE');
  if (rules === 2) step(to, ROUTER, 'iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP');
  if (rules === 3) step(to, ROUTER, 'iptables -t mangle -A OUTPUT -j MARK --set-mark 0x1');
}

function randomRules(to: Draft): void {
  const { chance } = to;
  const [a, b] = [chance.of(SERVED), chance.of(['10.0.2.2', '10.0.3.2'])];
  const random = `-m statistic --mode random --probability ${chance.of(['0.5', '0.4'])}`;
  const chain = chance.of(['PREROUTING', 'OUTPUT']);
  const hook = chain === 'OUTPUT' ? 'output' : 'prerouting';
  const nft = (text: string) => step(to, ROUTER, 'nft -f -', `table ip t {\n chain c {\n  ${text}\n }\n}\n`);
  switch (chance.below(6)) {
    case 0:
      step(to, ROUTER, `iptables -A FORWARD ${random} -j DROP`);
      return;
    case 1:
      step(to, ROUTER, `iptables -t mangle -A ${chain} ${random} -j MARK --set-mark 0x1`);
      step(to, ROUTER, 'ip route add 10.9.0.0/24 via 10.0.3.2 table 100');
      step(to, ROUTER, 'ip rule add fwmark 0x1 lookup 100');
      return;
    case 2:
      // As kube-proxy chooses an endpoint.
      step(to, ROUTER, `iptables -t nat -A ${chain} -d 10.9.0.0/24 ${random} -j DNAT --to-destination ${a}`);
      step(to, ROUTER, `iptables -t nat -A ${chain} -d 10.9.0.0/24 -j DNAT --to-destination ${b}`);
      return;
    case 3:
      nft(`type filter hook forward priority filter; numgen random mod 2 vmap { 0 : drop, 1 : accept }`);
      return;
    case 4: {
      const map = `numgen random mod 2 map { 0 : ${a}, 1 : ${b} }`;
      nft(`type nat hook ${hook} priority -100; ip daddr 10.9.0.0/24 dnat to ${map}`);
      return;
    }
    default:
      nft(`type filter hook ${hook} priority mangle; meta mark set numgen random mod 2 offset 1`);
      step(to, ROUTER, 'ip route add 10.9.0.0/24 via 10.0.3.2 table 100');
      step(to, ROUTER, 'ip rule add fwmark 0x1 lookup 100');
  }
}

/** One packet twice: the second goes where the first went, or has a chance of its own. */
function flow(to: Draft, number: number): void {
  const { chance } = to;
  const own = chance.percent(30);
  const made = packet(chance, own ? '10.0.1.2' : `10.0.1.${chance.of([1, 1, 77])}`, number);
  const bytes = own
    ? hex(encodePacket(made))
    : hex(encodeFrame({ source: mac('02:00:00:00:01:01'), destination: mac('02:00:00:00:01:02'), payload: made }));
  for (let n = 2; n > 0; n--) {
    const name = `flow ${number}`;
    if (own) to.probes.push({ kind: 'send', in: ROUTER, bytes, flow: name });
    else to.probes.push({ kind: 'frame', in: CLIENT, device: 'e1', bytes, flow: name });
  }
}

/** Each flow has a port, or an identifier, of its own. */
function packet(chance: Chance, source: string, number: number): IpPacket {
  const data = new Uint8Array(chance.below(32)).fill(0x2e);
  const sourcePort = [...CLIENT_PORTS, 5353, 7001][number - 1] ?? 9999;
  const payload: Segment = chance.percent(70)
    ? { protocol: 'udp', sourcePort, destinationPort: chance.of(UDP_PORTS), data }
    : { protocol: 'icmp', type: 'echo-request', identifier: 1000 + number, sequence: 1, data };
  const target = address(chance.of(SERVED));
  return {
    kind: 'ip',
    source: address(source),
    destination: target,
    ttl: 64,
    tos: 0,
    id: number,
    dontFragment: true,
    payload,
  };
}
