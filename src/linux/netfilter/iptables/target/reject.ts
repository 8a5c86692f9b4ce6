import { reject as answer, type RejectWith } from '../../reject.ts';
import { type Given, option, target } from '../extension.ts';
import type { Kind } from '../kind.ts';
import { Problem } from '../problem.ts';

/** In the order of libipt_REJECT, which decides what an abbreviation means: name, other name, answer. */
const TYPES: readonly (readonly [name: string, alias: string, answer: RejectWith])[] = [
  ['icmp-net-unreachable', 'net-unreach', 'net'],
  ['icmp-host-unreachable', 'host-unreach', 'host'],
  ['icmp-proto-unreachable', 'proto-unreach', 'protocol'],
  ['icmp-port-unreachable', 'port-unreach', 'port'],
  ['icmp-net-prohibited', 'net-prohib', 'net-prohibited'],
  ['icmp-host-prohibited', 'host-prohib', 'host-prohibited'],
  ['tcp-reset', 'tcp-rst', 'tcp-reset'],
  ['icmp-admin-prohibited', 'admin-prohib', 'admin-prohibited'],
];

const type: Kind<RejectWith> = {
  argument: true,
  parse(value) {
    const lower = value.toLowerCase();
    const found = TYPES.find(([name, alias]) => name.startsWith(lower) || alias.startsWith(lower));
    if (found === undefined) throw new Problem(`unknown reject type "${value}"`);
    return found[2];
  },
  save: (value) => TYPES.find(([, , answered]) => answered === value)?.[0] ?? value,
};

/** nft's name for an answer: `prot-unreachable`. */
function nftType(how: RejectWith): string {
  return type.save(how).replace('icmp-', '').replace('proto-', 'prot-');
}

const DEFAULT: Given<RejectWith> = { value: 'port', inverted: false };

export const reject = target({
  name: 'REJECT',
  summary: 'drops the packet and tells its sender, by an ICMP error or a TCP reset',
  tables: ['filter'],
  hooks: ['input', 'forward', 'output'],
  rejects: true,
  options: { 'reject-with': option(type) },
  settle: ({ 'reject-with': given }) => ({ 'reject-with': given ?? DEFAULT }),
  refused: ({ 'reject-with': given }, head) =>
    given?.value === 'tcp-reset' && (head.protocol !== 6 || head.protocolInverted),
  list: ({ 'reject-with': given }) => `reject-with ${type.save(given?.value ?? 'port')}`,
  translate({ 'reject-with': given }) {
    const how = given?.value ?? 'port';
    if (how === 'port') return 'reject';
    return how === 'tcp-reset' ? 'reject with tcp reset' : `reject with icmp type ${nftType(how)}`;
  },
  compile({ 'reject-with': given }, { stack }) {
    const how = given?.value ?? 'port';
    return (passage) => {
      answer(stack, passage, how);
      return 'drop';
    };
  },
});
