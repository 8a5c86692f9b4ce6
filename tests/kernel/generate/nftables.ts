import { type Draft, step } from './draft.ts';
import { CLIENT_PORTS, TCP_PORTS, UDP_PORTS } from './ports.ts';

/** Rules in nft's own text, for some of the namespaces that have none of iptables'. */
export function nftables(to: Draft): void {
  const taken = new Set(to.steps.filter(({ run }) => run === 'iptables-restore').map((each) => each.in));
  for (const node of to.nodes) {
    if (taken.has(node) || !to.chance.percent(55)) continue;
    const text = tableText(to, node);
    step(to, node, 'nft -f -', text);
    to.questions.push({ in: node, run: 'nft list ruleset' });
    // With -a nft 1.0.6 prints a dependency of `reject` that it leaves out else.
    if (to.chance.percent(30) && !text.includes('reject with'))
      to.questions.push({ in: node, run: 'nft -a list ruleset' });
  }
}

type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
const HOOKS: readonly Hook[] = ['prerouting', 'input', 'forward', 'output', 'postrouting'];

function tableText(to: Draft, node: string): string {
  const { chance } = to;
  const family = chance.of(['ip', 'inet']);
  const hooks = HOOKS.filter(() => chance.percent(60));
  const own = Array.from({ length: chance.below(3) }, (_, i) => `c${i}`);
  const chains = own.map((name, i) => chain(name, '', rules(to, node, undefined, own.slice(i + 1))));
  for (const hook of hooks) {
    const priority = chance.of(['filter', 'mangle', 'raw', '10']);
    const policy = chance.percent(10) && hook !== 'prerouting' ? 'drop' : 'accept';
    const head = `type filter hook ${hook} priority ${priority}; policy ${policy};`;
    chains.push(chain(`on_${hook}`, head, rules(to, node, hook, own)));
  }
  if (chance.percent(50)) chains.push(...natChains(to, node, family));
  const text = `table ${family} t {\n${sets(to)}${chains.join('')}}\n`;
  return family === 'ip' ? text.replaceAll('icmpx', 'icmp') : text;
}

function chain(name: string, head: string, lines: readonly string[]): string {
  return `  chain ${name} {\n${[head, ...lines]
    .filter((line) => line !== '')
    .map((line) => `    ${line}\n`)
    .join('')}  }\n`;
}

/** Sets and maps that rules may name: all tables have the same ones. */
function sets({ chance, ports, subnets }: Draft): string {
  const some = <T>(items: readonly T[]) => [...new Set(items.filter(() => chance.percent(50)))];
  const list = (items: readonly string[]) => (items.length === 0 ? '' : `    elements = { ${items.join(', ')} }\n`);
  const addresses = some(ports.map(({ address }) => address));
  const prefixes = some(subnets.map(({ prefix }) => prefix));
  const services = some(TCP_PORTS).map((port) => `tcp . ${port}`);
  return [
    `  set hosts {\n    type ipv4_addr\n${list(addresses)}  }\n`,
    `  set nets {\n    type ipv4_addr\n    flags interval\n${list(prefixes)}  }\n`,
    `  set services {\n    type inet_proto . inet_service\n${list([...services, 'udp . 53'])}  }\n`,
    `  map marks {\n    type inet_service : mark\n    elements = { 53 : 0x1, 80 : 0x2 }\n  }\n`,
  ].join('');
}

function rules(to: Draft, node: string, hook: Hook | undefined, jumps: readonly string[]): string[] {
  const { chance } = to;
  return Array.from({ length: chance.between(0, 4) }, () => {
    const protocol = chance.of(PROTOCOLS);
    const words = Array.from({ length: chance.between(0, 3) }, () => match(to, node, hook, protocol));
    merged(words);
    if (chance.percent(50)) words.push('counter');
    words.push(...statement(to, hook, jumps));
    if (words.length === 0) words.push('counter');
    if (chance.percent(10)) words.push(`comment "${chance.of(['a comment', 'word'])}"`);
    return words.join(' ');
  });
}

/** Fields side by side that nft 1.0.6 draws together when it lists a rule (stmt_reduce); ours lists them where they stood. */
const MERGED = [
  ['ip ttl', 'ip protocol'],
  ['udp sport', 'udp dport'],
  // `ip ttl < 3 ip length > 1000` is listed as `ip length != 3-1000`, which says something else.
  ['ip ttl <', 'ip length >'],
] as const;

/** Leaves out the second of two such fields. */
function merged(words: string[]): void {
  for (const pair of MERGED) {
    const places = words.flatMap((word, i) => (pair.some((field) => word.startsWith(field)) ? [i] : []));
    for (const place of places.slice(1).reverse()) words.splice(place, 1);
  }
}

/** A rule speaks of one protocol: what nft says of conflicts is compared elsewhere (tests/differential/nft.test.ts). */
type Protocol = 'tcp' | 'udp' | 'icmp' | 'any';
const PROTOCOLS: readonly Protocol[] = ['tcp', 'tcp', 'udp', 'icmp', 'any', 'any'];

function match(to: Draft, node: string, hook: Hook | undefined, protocol: Protocol): string {
  const { chance, ports, subnets } = to;
  const address = () => chance.of(ports).address;
  const own = ports.filter((port) => port.node === node).map((port) => port.device);
  const device = () => chance.of([...own, 'lo']);
  const not = () => (chance.percent(20) ? '!= ' : '');
  const all: (() => string)[] = [
    () => `ip saddr ${not()}${address()}`,
    () => `ip daddr ${not()}${chance.of(subnets).prefix}`,
    () => `ip daddr { ${address()}, ${chance.of(subnets).prefix.replace(/\.0\//, '.128/').replace(/\/\d+/, '/26')} }`,
    () => `ip saddr ${not()}@hosts`,
    () => `ip daddr @nets`,
    () => `ct state ${chance.of(['new', 'established', 'established,related', 'invalid', '!= new'])}`,
    () => `ct state ${chance.of(['{ new, established }', 'vmap { invalid : drop, established : accept }'])}`,
    () => `ct direction ${chance.of(['original', 'reply'])}`,
    () => `ct status ${chance.of(['dnat', 'snat', 'assured'])}`,
    () => `meta mark ${not()}${chance.of(['0x1', '0x2'])}`,
    () => `ct mark 0x00000001`,
    () => `ip ttl ${chance.of(['64', '< 3', '!= 1'])}`,
    () => `ip dscp ${chance.of(['ef', '!= cs0', 'af11'])}`,
    () => `ip length ${chance.of(['< 100', '100-1000', '> 1000'])}`,
    () => `fib daddr type ${chance.of(['local', 'unicast', 'broadcast', '{ local, broadcast }'])}`,
  ];
  const special: Readonly<Record<Protocol, readonly (() => string)[]>> = {
    tcp: [
      () => `tcp dport ${not()}${chance.of(TCP_PORTS)}`,
      () => `tcp dport { ${chance.of(TCP_PORTS)}, 1000-9000 }`,
      () => `tcp flags ${chance.of(['syn', '& (syn | ack) == syn', 'syn / syn,rst,ack,fin', '! rst'])}`,
    ],
    udp: [() => `udp dport ${chance.of(UDP_PORTS)}`, () => `udp sport ${chance.of(CLIENT_PORTS)}`],
    icmp: [() => `icmp type ${chance.of(['echo-request', 'echo-reply', '{ echo-request, destination-unreachable }'])}`],
    any: [
      () => 'meta l4proto . th dport @services',
      () => `meta l4proto ${chance.of(['tcp', 'udp', '{ tcp, udp }'])}`,
      () => `ip protocol ${chance.of(['tcp', 'udp', '!= icmp'])}`,
      () => `meta l4proto { tcp, udp } th dport ${chance.of(['< 1024', '80-443', '>= 5353'])}`,
    ],
  };
  all.push(...special[protocol], ...special[protocol]);
  if (hook === undefined || hook !== 'output')
    all.push(() => `iifname ${chance.of([`"${device()}"`, `!= "lo"`, `"e*"`])}`);
  if (hook === 'output' || hook === 'postrouting' || hook === 'forward') all.push(() => `oifname "${device()}"`);
  return chance.of(all)();
}

function statement(to: Draft, hook: Hook | undefined, jumps: readonly string[]): string[] {
  const { chance } = to;
  const draw = chance.below(100);
  if (draw < 25 && jumps.length > 0) return [`${chance.of(['jump', 'jump', 'goto'])} ${chance.of(jumps)}`];
  if (draw < 40) return ['accept'];
  if (draw < 52) return ['drop'];
  if (draw < 60 && hook === undefined) return ['return'];
  if (draw < 70 && (hook === 'input' || hook === 'forward' || hook === 'output')) {
    return [`reject${chance.of(['', ' with icmpx host-unreachable', ' with icmpx admin-prohibited'])}`];
  }
  if (draw < 78) return [`meta mark set ${chance.of(['0x00000001', 'mark | 0x2', 'mark and 0x1'])}`];
  if (draw < 82) return ['ct mark set meta mark'];
  if (draw < 86) return ['meta mark set ct mark'];
  if (draw < 90) return [`limit rate ${chance.of(['1/hour', 'over 2/day'])} burst ${chance.between(1, 4)} packets`];
  return [];
}

function natChains(to: Draft, node: string, family: string): string[] {
  const { chance, ports } = to;
  const kind = family === 'inet' ? ' ip' : '';
  const address = () => chance.of(ports).address;
  const before = chance.of(['prerouting', 'output'] as const);
  const dnat = Array.from({ length: chance.between(0, 2) }, () => {
    const protocol = chance.of(['tcp', 'udp'] as const);
    const words = [match(to, node, before, protocol)];
    const all =
      protocol === 'tcp'
        ? [
            () => `dnat${kind} to ${address()}`,
            () => `tcp dport ${chance.of(TCP_PORTS)} dnat${kind} to ${address()}:${chance.of(TCP_PORTS)}`,
            () => `tcp dport 80 dnat${kind} to ip daddr map { ${address()} : ${address()} }`,
          ]
        : [
            () => `udp dport ${chance.of(UDP_PORTS)} redirect to :${chance.of(UDP_PORTS)}`,
            () => `dnat${kind} to ${address()}`,
          ];
    words.push(chance.of(all)());
    return words.join(' ');
  });
  const snat = Array.from({ length: chance.between(0, 2) }, () => {
    const words = [match(to, node, 'postrouting', chance.of(PROTOCOLS))];
    words.push(chance.percent(60) ? 'masquerade' : `snat${kind} to ${address()}`);
    return words.join(' ');
  });
  const priority = before === 'prerouting' ? 'dstnat' : '-100';
  return [
    chain('nat_before', `type nat hook ${before} priority ${priority}; policy accept;`, dnat),
    chain('nat_after', 'type nat hook postrouting priority srcnat; policy accept;', snat),
  ];
}
