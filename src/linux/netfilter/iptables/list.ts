import { formatIp } from '../../packet/address.ts';
import type { ListFormat } from './command.ts';
import { maskText } from './kind.ts';
import { protocolName } from './names.ts';
import type { AddressMatch, InterfaceMatch, Rule, RuleSpec } from './rule.ts';
import type { Chain, Table } from './table.ts';

/** One chain as `iptables -L` prints it; `number` asks for one rule alone, without the head. */
export function listChain(table: Table, chain: Chain, format: ListFormat, number: number): string {
  let text = '';
  if (number === 0) text += headText(table, chain, format);
  for (const [i, rule] of chain.rules.entries()) {
    if (number === 0 || number === i + 1) text += `${lineText(rule, i + 1, format)}\n`;
  }
  return text;
}

function headText(table: Table, chain: Chain, format: ListFormat): string {
  let text = `Chain ${chain.name} (`;
  if (chain.hook === undefined) text += `${table.references(chain.name)} references)\n`;
  else {
    const counted = `${count(chain.packets, format.exact, 0)}packets, ${count(chain.bytes, format.exact, 0)}bytes`;
    text += `policy ${chain.policy}${format.verbose > 0 ? ` ${counted}` : ''})\n`;
  }
  if (format.lineNumbers) text += 'num  ';
  if (format.verbose > 0) text += format.exact ? '    pkts      bytes ' : ' pkts bytes ';
  text += 'target     prot opt';
  if (format.verbose > 0) text += ' in     out    ';
  return `${text} source               destination         \n`;
}

function lineText({ spec, packets, bytes }: Rule, number: number, format: ListFormat): string {
  let text = format.lineNumbers ? `${String(number).padEnd(4)} ` : '';
  if (format.verbose > 0) text += count(packets, format.exact, 5) + count(bytes, format.exact, 5);
  text += `${targetName(spec).padEnd(9)} ${spec.protocolInverted ? '!' : ' '}`;
  const name = format.numeric ? undefined : protocolName(spec.protocol);
  text += `${(name ?? String(spec.protocol)).padEnd(4)} ${fragmentText(spec)} `;
  if (format.verbose > 0) {
    text += ` ${interfaceText(spec.in, format.numeric).padEnd(6)} ${interfaceText(spec.out, format.numeric).padEnd(6)} `;
  }
  for (const address of [spec.source, spec.destination]) {
    text += `${address.inverted ? '!' : ' '}${addressText(address, format.numeric).padEnd(19)} `;
  }
  return text + partsText(spec, format.numeric);
}

/** A rule as `iptables -v -A` tells of it. */
export function verboseText(spec: RuleSpec): string {
  let text = `${targetName(spec)} ${spec.protocolInverted ? '!' : ' '}`;
  text += `${protocolName(spec.protocol) ?? spec.protocol} opt ${fragmentText(spec)} `;
  text += `in ${interfaceText(spec.in, true)} out ${interfaceText(spec.out, true)} `;
  text += `${spec.source.inverted ? '!' : ' '}${addressText(spec.source, true)} `;
  text += `${spec.destination.inverted ? '!' : ' '}-> ${addressText(spec.destination, true)} `;
  return `${text} ${partsText(spec, true)}\n`;
}

function partsText(spec: RuleSpec, numeric: boolean): string {
  const { action, matches } = spec;
  let text = action.kind === 'goto' ? '[goto] ' : '';
  const uses = action.kind === 'target' ? [...matches, action.use] : matches;
  for (const { extension, values } of uses) {
    const part = extension.list(values, numeric, spec);
    if (part !== '') text += ` ${part}`;
  }
  return text;
}

function targetName({ action }: RuleSpec): string {
  switch (action.kind) {
    case 'none':
      return '';
    case 'verdict':
      return action.verdict;
    case 'jump':
    case 'goto':
      return action.chain;
    case 'target':
      return action.use.extension.listedAs;
  }
}

function fragmentText({ fragment, fragmentInverted }: RuleSpec): string {
  return `${fragmentInverted ? '!' : '-'}${fragment ? 'f' : '-'}`;
}

function interfaceText({ name, inverted }: InterfaceMatch, numeric: boolean): string {
  return `${inverted ? '!' : ''}${name === '' || (name === '+' && !inverted) ? (numeric ? '*' : 'any') : name}`;
}

function addressText({ address, mask }: AddressMatch, numeric: boolean): string {
  if (mask === 0 && !numeric) return 'anywhere';
  const name = address === 0x7f000001 && !numeric ? 'localhost' : formatIp(address);
  return mask === 0xffffffff ? name : `${name}/${maskText(mask)}`;
}

/** xtables_print_num: five digits, then thousands, millions and so on, unless `-x` asks for all of it. */
function count(value: number, exact: boolean, width: number): string {
  if (exact) return `${String(value).padStart(width === 0 ? 0 : 8)} `;
  if (value <= 99999) return `${String(value).padStart(width)} `;
  let rest = value;
  for (const unit of ['K', 'M', 'G']) {
    rest = Math.floor((rest + 500) / 1000);
    if (rest <= 9999) return `${String(rest).padStart(width === 0 ? 0 : 4)}${unit} `;
  }
  return `${String(Math.floor((rest + 500) / 1000)).padStart(width === 0 ? 0 : 4)}T `;
}
