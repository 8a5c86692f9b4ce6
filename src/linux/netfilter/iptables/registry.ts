import type { Match, Target } from './extension.ts';
import { addrtype } from './match/addrtype.ts';
import { comment } from './match/comment.ts';
import { connmark } from './match/connmark.ts';
import { conntrack } from './match/conntrack.ts';
import { icmp } from './match/icmp.ts';
import { limit } from './match/limit.ts';
import { mark } from './match/mark.ts';
import { multiport } from './match/multiport.ts';
import { nfacct } from './match/nfacct.ts';
import { owner } from './match/owner.ts';
import { physdev } from './match/physdev.ts';
import { recent } from './match/recent.ts';
import { rpfilter } from './match/rpfilter.ts';
import { sctp } from './match/sctp.ts';
import { set } from './match/set.ts';
import { state } from './match/state.ts';
import { statistic } from './match/statistic.ts';
import { tcp } from './match/tcp.ts';
import { udp } from './match/udp.ts';
import { connmark as connmarkTarget } from './target/connmark.ts';
import { log } from './target/log.ts';
import { mark as markTarget } from './target/mark.ts';
import { dnat, masquerade, redirect, snat } from './target/nat.ts';
import { nflog } from './target/nflog.ts';
import { nfqueue } from './target/nfqueue.ts';
import { ct, notrack } from './target/notrack.ts';
import { checksum, trace } from './target/plain.ts';
import { reject } from './target/reject.ts';

/** Every match that is modelled. A new one is its file and one line here. */
export const matches: readonly Match[] = [
  addrtype,
  comment,
  connmark,
  conntrack,
  icmp,
  limit,
  mark,
  multiport,
  nfacct,
  owner,
  physdev,
  recent,
  rpfilter,
  sctp,
  set,
  state,
  statistic,
  tcp,
  udp,
];

/** Every target that is modelled; ACCEPT, DROP, RETURN and chains need none. */
export const targets: readonly Target[] = [
  checksum,
  connmarkTarget,
  ct,
  dnat,
  log,
  markTarget,
  masquerade,
  nflog,
  nfqueue,
  notrack,
  redirect,
  reject,
  snat,
  trace,
];

/** What Debian's iptables has beside them. */
const OTHER_MATCHES =
  'ah bpf cgroup cluster connbytes connlabel connlimit cpu dccp devgroup dscp ecn esp hashlimit helper ipcomp iprange ipvs length mac osf pkttype policy quota rateest realm socket string tcpmss time tos ttl u32'.split(
    ' ',
  );
const OTHER_TARGETS =
  'AUDIT CLASSIFY CLUSTERIP CONNSECMARK DSCP ECN HMARK IDLETIMER LED NETMAP QUEUE RATEEST SECMARK SET SYNPROXY TCPMSS TCPOPTSTRIP TEE TOS TPROXY TTL ULOG'.split(
    ' ',
  );

const matchByName = new Map(matches.map((one) => [one.name, one]));
const targetByName = new Map(targets.map((one) => [one.name, one]));

export function findMatch(name: string): Match | undefined {
  return matchByName.get(name);
}

export function findTarget(name: string): Target | undefined {
  return targetByName.get(name);
}

/** Of one that the real tool has: what is said instead. */
export function notModelled(kind: 'match' | 'target', name: string): string | undefined {
  const others = kind === 'match' ? OTHER_MATCHES : OTHER_TARGETS;
  return others.includes(name) ? `${kind} \`${name}' is not modelled in this simulation` : undefined;
}
