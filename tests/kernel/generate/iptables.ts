import { type Chance, type Draft, step } from './draft.ts';
import { CLIENT_PORTS, TCP_PORTS, UDP_PORTS } from './ports.ts';

/** Rules in iptables' own text, for some of the namespaces. */
export function iptables(to: Draft): void {
  for (const node of to.nodes) {
    if (!to.chance.percent(55)) continue;
    const tables = TABLES.filter(() => to.chance.percent(45));
    if (tables.length === 0) continue;
    step(to, node, 'iptables-restore', tables.map((table) => tableText(to, node, table)).join(''));
    to.questions.push({ in: node, run: 'iptables-save -c' });
    if (to.chance.percent(50)) {
      to.questions.push({ in: node, run: `iptables -t ${to.chance.of(tables)} -L -n -v --line-numbers` });
    }
    if (to.chance.percent(30)) to.questions.push({ in: node, run: `iptables -t ${to.chance.of(tables)} -S` });
  }
  for (const node of to.nodes) to.questions.push({ in: node, run: 'conntrack -L' });
}

type Table = 'raw' | 'mangle' | 'nat' | 'filter';
const TABLES: readonly Table[] = ['raw', 'mangle', 'nat', 'filter'];
const CHAINS: Readonly<Record<Table, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
};

function tableText(to: Draft, node: string, table: Table): string {
  const { chance } = to;
  const policies = CHAINS[table].map((chain) => {
    const policy = table === 'filter' && chance.percent(10) ? 'DROP' : 'ACCEPT';
    return `:${chain} ${policy} [0:0]`;
  });
  // A chain may jump to one of a higher number alone: a circle would be refused.
  const own = Array.from({ length: chance.below(4) }, (_, i) => `C${i}`);
  const rules: string[] = [];
  for (const [i, chain] of own.entries()) {
    for (let n = chance.between(0, 3); n > 0; n--) {
      const from = chance.of(CHAINS[table]);
      rules.push(`-A ${chain} ${ruleText(to, node, table, from, own.slice(i + 1), true)}`);
    }
  }
  for (const chain of CHAINS[table]) {
    for (let n = chance.between(0, 3); n > 0; n--) {
      rules.push(`-A ${chain} ${ruleText(to, node, table, chain, own, false)}`);
    }
  }
  return `${[`*${table}`, ...policies, ...own.map((chain) => `:${chain} - [0:0]`), ...rules, 'COMMIT'].join('\n')}\n`;
}

function ruleText(
  to: Draft,
  node: string,
  table: Table,
  chain: string,
  jumps: readonly string[],
  inner: boolean,
): string {
  const { chance } = to;
  const words: string[] = [];
  const protocol = chance.percent(55) ? chance.of(['tcp', 'udp', 'icmp']) : undefined;
  if (chance.percent(35)) words.push(`${not(chance)}-s ${prefix(to)}`);
  if (chance.percent(35)) words.push(`${not(chance)}-d ${prefix(to)}`);
  if (chance.percent(20) && !inner) words.push(...device(to, node, chain));
  if (protocol !== undefined) words.push(`-p ${protocol}`);
  if (protocol !== undefined && chance.percent(60)) words.push(ports(chance, protocol));
  for (let n = chance.below(3); n > 0; n--) words.push(match(to, table, inner ? undefined : chain));
  words.push(target(to, table, chain, protocol, jumps, inner));
  return words.filter((word) => word !== '').join(' ');
}

function not(chance: Chance): string {
  return chance.percent(15) ? '! ' : '';
}

function prefix({ chance, subnets, ports, extra }: Draft): string {
  if (chance.percent(50)) return chance.of(subnets).prefix;
  if (extra.length > 0 && chance.percent(20)) return `${chance.of(extra).address}/32`;
  return chance.percent(20) ? '10.0.0.0/16' : `${chance.of(ports).address}/32`;
}

function device({ chance, ports }: Draft, node: string, chain: string): string[] {
  const own = ports.filter((port) => port.node === node);
  if (own.length === 0) return [];
  const option = ['OUTPUT', 'POSTROUTING'].includes(chain)
    ? '-o'
    : chain === 'FORWARD'
      ? chance.of(['-i', '-o'])
      : '-i';
  return [`${not(chance)}${option} ${chance.of([chance.of(own).device, 'e+', 'lo'])}`];
}

function ports(chance: Chance, protocol: string): string {
  if (protocol === 'icmp') return `-m icmp --icmp-type ${chance.of(['8', '0', '3', '3/1', '11'])}`;
  const known = protocol === 'tcp' ? TCP_PORTS : UDP_PORTS;
  const draw = chance.below(protocol === 'tcp' ? 6 : 4);
  switch (draw) {
    case 0:
      return `-m ${protocol} --sport ${chance.of(CLIENT_PORTS)}`;
    case 1:
      return `-m ${protocol} --dport ${not(chance) === '' ? '' : ''}${chance.of(known)}`;
    case 2:
      return `-m multiport ${not(chance)}--dports ${chance.of(known)},${chance.of(known)}:9000`;
    case 3:
      return `-m ${protocol} --sport 1024:3000 --dport ${chance.of(['0:1023', '1:443', '1024:65535'])}`;
    case 4:
      return `-m tcp ${not(chance)}--tcp-flags ${chance.of(['FIN,SYN,RST,ACK SYN', 'SYN,ACK ACK', 'RST RST'])}`;
    default:
      return `-m tcp --dport ${chance.of(known)} --tcp-flags FIN,SYN,RST,ACK SYN`;
  }
}

function match(to: Draft, table: Table, chain: string | undefined): string {
  const { chance } = to;
  const all: (() => string)[] = [
    () =>
      `-m conntrack --ctstate ${chance.of(['NEW', 'ESTABLISHED', 'RELATED,ESTABLISHED', 'INVALID', 'NEW,UNTRACKED'])}`,
    () => `-m conntrack ${not(chance)}--ctstate ${chance.of(['NEW', 'DNAT', 'SNAT', 'ESTABLISHED'])}`,
    () => `-m conntrack --ctorigdst ${prefix(to)}`,
    () => `-m conntrack --ctdir ${chance.of(['ORIGINAL', 'REPLY'])}`,
    () => `-m state --state ${chance.of(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID'])}`,
    () => `-m mark ${not(chance)}--mark ${chance.of(['0x1', '0x4000/0x4000', '0x0/0xff'])}`,
    () => `-m connmark --mark ${chance.of(['0x1', '0x2/0xf'])}`,
    () => `-m addrtype ${not(chance)}--dst-type ${chance.of(['LOCAL', 'UNICAST', 'BROADCAST'])}`,
    () => `-m addrtype --src-type ${chance.of(['LOCAL', 'UNICAST'])}`,
    () => `-m comment --comment ${chance.of(['"a comment"', 'word', '"x/y:z"'])}`,
    () => `-m statistic --mode nth --every ${chance.between(2, 3)} --packet ${chance.below(2)}`,
    () => `-m limit --limit ${chance.of(['1/hour', '2/day'])} --limit-burst ${chance.between(1, 4)}`,
  ];
  if (chain === 'PREROUTING' && (table === 'raw' || table === 'mangle')) all.push(() => '-m rpfilter');
  return chance.of(all)();
}

const REJECTIONS = [
  'icmp-port-unreachable',
  'icmp-net-unreachable',
  'icmp-host-unreachable',
  'icmp-proto-unreachable',
  'icmp-net-prohibited',
  'icmp-host-prohibited',
  'icmp-admin-prohibited',
];

function target(
  to: Draft,
  table: Table,
  chain: string,
  protocol: string | undefined,
  jumps: readonly string[],
  inner: boolean,
): string {
  const { chance } = to;
  if (jumps.length > 0 && chance.percent(35)) return `${chance.of(['-j', '-j', '-g'])} ${chance.of(jumps)}`;
  if (inner && chance.percent(20)) return '-j RETURN';
  if (chance.percent(8)) return '';
  switch (table) {
    case 'raw':
      return chance.of(['-j NOTRACK', '-j ACCEPT', '-j DROP', '-j CT --notrack']);
    case 'mangle':
      return chance.of([
        '-j MARK --set-xmark 0x1/0xffffffff',
        '-j MARK --or-mark 0x4000',
        '-j MARK --set-mark 0x2/0xf',
        '-j CONNMARK --save-mark',
        '-j CONNMARK --restore-mark',
        '-j CONNMARK --set-xmark 0x2/0xf',
        '-j ACCEPT',
      ]);
    case 'filter':
      if (chance.percent(30)) {
        const reset = protocol === 'tcp' && chance.percent(40);
        return `-j REJECT --reject-with ${reset ? 'tcp-reset' : chance.of(REJECTIONS)}`;
      }
      return chance.of(['-j ACCEPT', '-j ACCEPT', '-j DROP']);
    case 'nat':
      return inner ? '-j RETURN' : nat(to, chain, protocol);
  }
}

function nat(to: Draft, chain: string, protocol: string | undefined): string {
  const { chance, ports } = to;
  const withPorts = protocol === 'tcp' || protocol === 'udp';
  const port = withPorts && chance.percent(50) ? `:${chance.of(protocol === 'tcp' ? TCP_PORTS : UDP_PORTS)}` : '';
  const address = chance.of(ports).address;
  switch (chain) {
    case 'POSTROUTING':
      return chance.percent(60) ? '-j MASQUERADE' : `-j SNAT --to-source ${address}`;
    case 'INPUT':
      return `-j SNAT --to-source ${address}`;
    default:
      if (port !== '' && chance.percent(30)) return `-j REDIRECT --to-ports ${port.slice(1)}`;
      return `-j DNAT --to-destination ${address}${port}`;
  }
}
