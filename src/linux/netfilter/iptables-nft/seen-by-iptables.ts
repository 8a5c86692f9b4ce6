import type { Stack } from '../../ip/stack.ts';
import { priorityOf } from '../iptables/evaluate.ts';
import { parseCommand } from '../iptables/parse.ts';
import { Problem } from '../iptables/problem.ts';
import { Rule } from '../iptables/rule.ts';
import type { Stranger } from '../iptables/stranger.ts';
import { Chain, type Table } from '../iptables/table.ts';
import type { TableName } from '../iptables/table-name.ts';
import { emptyTable } from '../iptables/tables.ts';
import type { Rule as NftRule } from '../nftables/rule.ts';
import type { Chain as NftChain, Table as NftTable } from '../nftables/table.ts';
import type { Style } from '../nftables/type/datatype.ts';
import { baseType } from './base-type.ts';

/** A table that nft has made under a name of iptables', as iptables finds it (nft_is_table_compatible). */
export function seenByIptables(name: TableName, from: NftTable, stack: Stack, style: Style): Stranger {
  const chains = [...from.chains.values()];
  const own = chains.filter((chain) => chain.base === undefined || isBuiltIn(name, chain));
  const incompatible = own.filter((chain) => !chain.rules.every((rule) => isCompatible(rule, style)));
  const table = emptyTable(name);
  const found = {
    table,
    incompatible: new Set(incompatible.map((chain) => chain.name)),
    otherBaseChains: own.length < chains.length,
  };
  try {
    for (const chain of own) if (!incompatible.includes(chain)) addChain(table, chain, stack, style);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const refusal = `table \`${name}' is of nft, and its rules in iptables' form are not modelled in this simulation`;
    return { ...found, refusal };
  }
  return { ...found, refusal: undefined };
}

function isBuiltIn(name: TableName, { name: chain, base }: NftChain): boolean {
  const hook = emptyTable(name).chains.get(chain)?.hook;
  return (
    hook !== undefined &&
    base?.hook === hook &&
    base.type === baseType(name, hook) &&
    base.priority === priorityOf(name, hook)
  );
}

/** nft_is_expr_compatible: expressions that iptables-nft makes, too; what they ask for doesn't matter. */
function isCompatible(rule: NftRule, style: Style): boolean {
  return rule.statements.every((statement) => {
    const text = statement.print(style);
    if (/\b(ct|fib|numgen|rt|socket|ipsec|osf)\b/.test(text.replace(/"[^"]*"/g, ''))) return false;
    if (/^limit rate (?!over)[^ ]+( burst \d+ packets)?$/.test(text)) return true;
    if (/^log\b/.test(text)) return / group \d/.test(text);
    return (
      statement.match !== undefined ||
      /^(accept|drop|return|continue|jump|goto|meta \w+ set|counter(?! name))\b/.test(text) ||
      /^.* vmap /.test(text)
    );
  });
}

function addChain(table: Table, from: NftChain, stack: Stack, style: Style): void {
  const chain = table.chains.get(from.name) ?? new Chain(from.name, undefined);
  chain.exists = true;
  chain.handle = from.handle;
  if (from.base !== undefined) chain.policy = from.base.policy === 'drop' ? 'DROP' : 'ACCEPT';
  table.chains.set(from.name, chain);
  chain.rules = from.rules.map((rule) => asRule(rule, stack, style));
}

/** Throws `Problem` where iptables here has no words for it. */
function asRule(from: NftRule, stack: Stack, style: Style): Rule {
  const words = oneMatchEach(from.statements.flatMap((statement) => asWords(statement.print(style))));
  const asked = [...protocolOf(words), ...words];
  const command = parseCommand(['-A', 'x', ...asked], { stack }, 'iptables', () => undefined);
  if ('answer' in command || command.rules[0] === undefined) throw new Problem('no rule');
  return new Rule(command.rules[0], command.counters.packets, command.counters.bytes, from.handle);
}

/** Ports and flags of one protocol are one match. */
function oneMatchEach(words: readonly string[]): readonly string[] {
  return words.filter((word, i) => {
    const at = word === '-m' ? i : i - 1;
    const name = words[at + 1];
    if (words[at] !== '-m' || (name !== 'tcp' && name !== 'udp')) return true;
    return words.indexOf(name) === at + 1;
  });
}

/** A match of a protocol's ports asks for the protocol itself. */
function protocolOf(words: readonly string[]): readonly string[] {
  if (words.includes('-p')) return [];
  const name = words.find((word) => word === 'tcp' || word === 'udp');
  return name === undefined ? [] : ['-p', name];
}

type Reading = readonly [RegExp, (found: readonly (string | undefined)[]) => readonly string[]];

const not = (sign: string | undefined): readonly string[] => (sign === undefined ? [] : ['!']);

/** One statement of nft's, and iptables' words for it. */
const READINGS: readonly Reading[] = [
  [/^ip ([sd])addr( !=)? ([\d.]+(?:\/\d+)?)$/, ([, end, sign, to]) => [...not(sign), `-${end}`, `${to}`]],
  [
    /^([io])if(?:name)?( !=)? "([^"*]+)(\*)?"$/,
    ([, way, sign, name, all]) => [...not(sign), `-${way}`, `${name}${all === undefined ? '' : '+'}`],
  ],
  [/^(?:meta l4proto|ip protocol)( !=)? ([\w-]+)$/, ([, sign, name]) => [...not(sign), '-p', `${name}`]],
  [
    /^(tcp|udp) ([sd]port)( !=)? (\d+)(?:-(\d+))?$/,
    ([, protocol, field, sign, from, to]) => [
      ...['-m', `${protocol}`, ...not(sign)],
      ...[`--${field}`, to === undefined ? `${from}` : `${from}:${to}`],
    ],
  ],
  [/^(tcp|udp) ([sd]port) <= (\d+)$/, ([, protocol, field, to]) => ['-m', `${protocol}`, `--${field}`, `0:${to}`]],
  [
    /^tcp flags( !=)? ([\w,]+) \/ ([\w,]+)$/,
    ([, sign, set, mask]) => ['-m', 'tcp', ...not(sign), '--tcp-flags', `${mask}`, `${set}`],
  ],
  [/^meta mark( !=)? (0x\w+)$/, ([, sign, value]) => ['-m', 'mark', ...not(sign), '--mark', `${value}`]],
  [
    /^meta mark & (0x\w+) (==|!=) (0x\w+)$/,
    ([, mask, sign, value]) => ['-m', 'mark', ...not(sign === '!=' ? sign : undefined), '--mark', `${value}/${mask}`],
  ],
  [
    /^limit rate (\d+\/\w+)(?: burst (\d+) packets)?$/,
    ([, rate, burst]) => ['-m', 'limit', '--limit', `${rate}`, ...(burst ? ['--limit-burst', burst] : [])],
  ],
  [
    /^log(?: prefix "([^"]*)")? group (\d+)(?: snaplen (\d+))?(?: queue-threshold (\d+))?$/,
    ([, prefix, group, size, threshold]) => [
      ...['-j', 'NFLOG', '--nflog-group', `${group}`],
      ...(prefix === undefined ? [] : ['--nflog-prefix', prefix]),
      ...(size === undefined ? [] : ['--nflog-size', size]),
      ...(threshold === undefined ? [] : ['--nflog-threshold', threshold]),
    ],
  ],
  [/^counter packets (\d+) bytes (\d+)$/, ([, packets, bytes]) => ['-c', `${packets}`, `${bytes}`]],
  [/^(accept|drop|return)$/, ([, verdict]) => ['-j', `${verdict}`.toUpperCase()]],
  [/^jump (\S+)$/, ([, chain]) => ['-j', `${chain}`]],
  [/^goto (\S+)$/, ([, chain]) => ['-g', `${chain}`]],
];

function asWords(text: string): readonly string[] {
  for (const [pattern, words] of READINGS) {
    const found = pattern.exec(text);
    if (found !== null) return words([...found]);
  }
  throw new Problem(`no words for ${text}`);
}
