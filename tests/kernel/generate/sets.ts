import { Chance, type Draft, step } from './draft.ts';
import { destination } from './packets.ts';
import { CLIENT_PORTS, TCP_PORTS, UDP_PORTS } from './ports.ts';

/** Percent of the networks with sets of ipset, and with lists of recent addresses. */
const WITH_SETS = 30;
const WITH_RECENT = 20;

/** Sets and lists that iptables' rules ask and fill, in namespaces whose rules are not nft's. */
export function sets(whole: Draft, seed: string): void {
  const chance = new Chance(`${seed} sets`);
  const to: Draft = { ...whole, chance };
  const nft = new Set(to.questions.filter(({ run }) => run.startsWith('nft ')).map((each) => each.in));
  const nodes = to.nodes.filter((node) => !nft.has(node));
  if (chance.percent(WITH_SETS)) for (const node of nodes) if (chance.percent(60)) ipset(to, node);
  if (chance.percent(WITH_RECENT)) for (const node of nodes) if (chance.percent(60)) recent(to, node);
}

interface MadeSet {
  readonly name: string;
  readonly type: string;
}

/** How many addresses and ports an element has, which is how often a rule says `src` or `dst`. */
const TYPES = [
  'hash:ip',
  'hash:ip',
  'hash:net',
  'hash:net',
  'hash:ip,port',
  'hash:net,port',
  'hash:ip,port,ip',
  'hash:ip,port,net',
  'bitmap:port',
] as const;

function ipset(to: Draft, node: string): void {
  const { chance, questions } = to;
  const lines: string[] = [];
  const made: MadeSet[] = [];
  for (let i = chance.between(1, 3); i > 0; i--) {
    const set = { name: `s${i}`, type: chance.of(TYPES) };
    made.push(set);
    const timeout = chance.percent(25);
    const netmask = set.type === 'hash:ip' && chance.percent(20);
    const options = [
      set.type === 'bitmap:port' ? ' range 0-10000' : '',
      netmask ? ' netmask 24' : '',
      timeout ? ' timeout 600' : '',
      chance.percent(40) ? ' counters' : '',
      chance.percent(20) ? ' comment' : '',
    ].join('');
    lines.push(`create ${set.name} ${set.type}${options}`);
    const own = new Set<string>();
    for (let n = chance.below(6); n > 0; n--) own.add(element(to, set.type));
    for (const each of own) lines.push(`add -exist ${set.name} ${each}${more(chance, set.type, timeout, options)}`);
  }
  if (chance.percent(35)) {
    const size = chance.percent(50) ? ' size 4' : '';
    lines.push(`create all list:set${size}${chance.percent(40) ? ' counters' : ''}`);
    // Sets of one list are asked in its order, each by as much of the packet as it wants.
    for (const { name } of made) lines.push(`add all ${name}`);
    made.push({ name: 'all', type: 'list:set' });
  }
  step(to, node, 'ipset restore', `${lines.join('\n')}\n`);
  for (let n = chance.between(1, 4); n > 0; n--) rule(to, node, setMatch(chance, chance.of(made)));
  questions.push({ in: node, run: 'ipset save' });
  questions.push({ in: node, run: 'iptables-save -c' });
}

function more(chance: Chance, type: string, timeout: boolean, options: string): string {
  const words: string[] = [];
  if (timeout && chance.percent(40)) words.push(` timeout ${chance.of([0, 100, 3000])}`);
  if (type.includes('net') && chance.percent(25)) words.push(' nomatch');
  if (options.includes('counters') && chance.percent(20)) words.push(' packets 3 bytes 300');
  if (options.includes('comment') && chance.percent(40)) words.push(' comment "a word"');
  return words.join('');
}

function element(to: Draft, type: string): string {
  const { chance, subnets } = to;
  const one = () => destination({ ...to, extra: [] });
  const net = () =>
    chance.of([chance.of(subnets).prefix, '10.0.0.0/16', '0.0.0.0/1', `${one()}/31`, one(), '10.0.1.0/28']);
  const port = () => {
    const known = [...TCP_PORTS, ...CLIENT_PORTS].map((each) => `tcp:${each}`);
    return chance.of([...known, ...UDP_PORTS.map((each) => `udp:${each}`), 'icmp:8/0', 'icmp:0/0', 'udp:7000-7001']);
  };
  switch (type) {
    case 'hash:ip':
      return chance.percent(15) ? '10.0.2.0/29' : one();
    case 'hash:net':
      return net();
    case 'hash:ip,port':
      return `${one()},${port()}`;
    case 'hash:net,port':
      return `${net()},${port()}`;
    case 'hash:ip,port,ip':
      return `${one()},${port()},${one()}`;
    case 'hash:ip,port,net':
      return `${one()},${port()},${net()}`;
    default:
      return String(chance.of([...TCP_PORTS, ...UDP_PORTS, ...CLIENT_PORTS, '5000-6000']));
  }
}

function setMatch(chance: Chance, { name, type }: MadeSet): string {
  const sides = type === 'list:set' ? 3 : type === 'bitmap:port' ? 1 : type.split(',').length;
  const flags = Array.from({ length: chance.percent(85) ? sides : 3 }, () => chance.of(['src', 'dst'])).join(',');
  const words = [`-m set ${chance.percent(20) ? '! ' : ''}--match-set ${name} ${flags}`];
  if (chance.percent(15)) words.push('--return-nomatch');
  words.push(
    chance.of([
      '',
      '',
      '',
      '! --update-counters',
      '--packets-gt 1',
      '--packets-lt 3',
      '! --packets-eq 0',
      '--bytes-gt 100',
    ]),
  );
  return words.join(' ').trim();
}

function recent(to: Draft, node: string): void {
  const { chance, questions } = to;
  for (let n = chance.between(2, 4); n > 0; n--) {
    const mode = chance.of(['set', 'set', 'rcheck', 'update', 'update', 'remove']);
    const words = [`-m recent ${chance.percent(20) ? '! ' : ''}--${mode} --name r`];
    const asks = mode === 'rcheck' || mode === 'update';
    if (asks && chance.percent(40)) words.push('--seconds 600');
    if (asks && words.length > 1 && chance.percent(20)) words.push('--reap');
    if (asks && chance.percent(50)) words.push(`--hitcount ${chance.between(1, 5)}`);
    if (asks && chance.percent(30)) words.push('--rttl');
    if (chance.percent(30)) words.push('--mask 255.255.255.0');
    words.push(chance.of(['--rsource', '--rdest']));
    rule(to, node, words.join(' '));
  }
  questions.push({ in: node, run: 'cat /proc/net/xt_recent/r' });
  questions.push({ in: node, run: 'iptables-save -c' });
}

const PLACES = [
  ['raw', 'PREROUTING'],
  ['mangle', 'PREROUTING'],
  ['mangle', 'POSTROUTING'],
  ['filter', 'INPUT'],
  ['filter', 'FORWARD'],
  ['filter', 'OUTPUT'],
] as const;

function rule(to: Draft, node: string, words: string): void {
  const { chance } = to;
  const [table, chain] = chance.of(PLACES);
  const target = chance.of(['-j ACCEPT', '-j DROP', '', '', '-m comment --comment seen']);
  step(to, node, `iptables -t ${table} -A ${chain} ${words} ${target}`.trim());
}
