import type { Plan } from '../plan.ts';
import { bridge } from './bridge.ts';
import { chances } from './chances.ts';
import { type Draft, draft } from './draft.ts';
import { fragments } from './fragments.ts';
import { iptables } from './iptables.ts';
import { links } from './links.ts';
import { nftables } from './nftables.ts';
import { packets } from './packets.ts';
import { policy } from './policy.ts';
import { redirects } from './redirects.ts';
import { routes } from './routes.ts';
import { sets } from './sets.ts';
import { vxlan } from './vxlan.ts';

/** One seed, one network with `count` packets. */
export function generate(seed: string, count: number): Plan {
  const chance = chances(seed);
  if (chance !== undefined) return chance;
  const to = draft(seed);
  links(to);
  routes(to);
  iptables(to);
  nftables(to);
  policy(to, seed);
  sets(to, seed);
  packets(to, count);
  fragments(to, seed);
  redirects(to, seed, bridge(to, seed));
  vxlan(to, seed);
  ask(to);
  const { nodes: namespaces, steps, listeners, probes, questions } = to;
  return { seed, namespaces, steps, listeners, probes, questions };
}

const QUESTIONS = ['ip addr', 'ip -s link', 'ip route', 'ip route show table local', 'ip neigh'];

function ask({ chance, nodes, ports, questions }: Draft): void {
  for (const node of nodes) {
    for (const run of QUESTIONS) questions.push({ in: node, run });
    for (let i = 0; i < 2; i++) questions.push({ in: node, run: `ip route get ${chance.of(ports).address}` });
  }
}
