import { formatIp } from '../../packet/address.ts';
import { type MaskedAddress, maskText } from '../iptables/kind.ts';
import type { Action, AddressMatch, InterfaceMatch, Rule, RuleSpec } from '../iptables/rule.ts';
import { NftError, source } from '../nftables/parse/location.ts';
import { Parser } from '../nftables/parse/parser.ts';
import { scan } from '../nftables/parse/scanner.ts';
import { Rule as NftRule } from '../nftables/rule.ts';
import type { Statement } from '../nftables/statement/statement.ts';
import { parseRule } from '../nftables/statement/statements.ts';
import type { Devices } from '../nftables/type/datatype.ts';
import type { Context } from '../nftables/typing.ts';

const NOWHERE = { source: source(undefined, ''), line: 1, from: 1, to: 1 };

/** A rule of iptables as nft sees it: as the expressions that iptables-nft has put into nf_tables. */
export function seenByNft(rule: Rule, devices: Devices): NftRule {
  const { spec } = rule;
  const context = contextOf(devices);
  const statements = headTexts(spec).flatMap((text) => read(text, context));
  for (const { extension, values } of spec.matches) {
    const native = extension.native(values, spec);
    if (native !== undefined) statements.push(...native.flatMap((text) => read(text, context)));
    else statements.push(foreign(extension.translate(values, spec) ?? `xt match ${extension.name}`));
  }
  statements.push(counter(rule), ...actionStatements(spec));
  const seen = new NftRule(statements, undefined, 'ip');
  seen.handle = rule.handle;
  return seen;
}

function contextOf(devices: Devices): Context {
  return {
    family: 'ip',
    devices,
    set: () => undefined,
    makeSet: () => {
      throw new TypeError('iptables has no sets of nf_tables');
    },
    network: undefined,
    transport: undefined,
    transportAt: undefined,
  };
}

/** What nft reads is printed in all its styles; what its grammar has no words for stands as it is. */
function read(text: string, context: Context): readonly Statement[] {
  try {
    return parseRule(new Parser(scan(source(undefined, `${text}\n`)))).check(context);
  } catch (error) {
    if (!(error instanceof NftError)) throw error;
    return [{ ...plain(text), match: { headers: [text.split(' ', 1)[0] ?? ''] } }];
  }
}

function plain(text: string): Statement {
  return { print: () => text, compile: notHere, at: NOWHERE };
}

function foreign(text: string): Statement {
  return { ...plain(text), foreign: true };
}

/** Packets meet these rules in iptables' own evaluation. */
function notHere(): never {
  throw new TypeError('a rule of iptables is only shown here');
}

function counter(rule: Rule): Statement {
  return {
    ...plain(''),
    print: ({ stateless }) => (stateless === true ? 'counter' : `counter packets ${rule.packets} bytes ${rule.bytes}`),
  };
}

function actionStatements({ action, ...head }: RuleSpec): readonly Statement[] {
  if (action.kind !== 'target') return actionWords(action).map(plain);
  const { extension, values } = action.use;
  const native = extension.native(values, head);
  if (native !== undefined) return native.map(plain);
  return [foreign(extension.translate(values, head)?.trimEnd() ?? `xt target ${extension.name}`)];
}

function actionWords(action: Exclude<Action, { readonly kind: 'target' }>): readonly string[] {
  if (action.kind === 'none') return [];
  return [action.kind === 'verdict' ? action.verdict.toLowerCase() : `${action.kind} ${action.chain}`];
}

/** What all rules have, in the order in which iptables-nft asks it (nft_ipv4_add). */
function headTexts(spec: RuleSpec): readonly string[] {
  const texts = [...interfaceText('iifname', spec.in), ...interfaceText('oifname', spec.out)];
  if (spec.protocol !== 0) texts.push(`meta l4proto ${spec.protocolInverted ? '!= ' : ''}${spec.protocol}`);
  texts.push(...addressText('ip saddr', spec.source), ...addressText('ip daddr', spec.destination));
  if (spec.fragment) texts.push(`ip frag-off & 0x1fff ${spec.fragmentInverted ? '==' : '!='} 0`);
  return texts;
}

function interfaceText(field: string, { name, inverted }: InterfaceMatch): readonly string[] {
  if (name === '' || (name === '+' && !inverted)) return [];
  // No device can have this name: `! -i +` matches nothing.
  if (name === '+') return [`${field} "INVAL/D"`];
  return [`${field} ${inverted ? '!= ' : ''}"${name.replace(/\+$/, '*')}"`];
}

function addressText(field: string, { address, mask, inverted }: AddressMatch): readonly string[] {
  if (mask === 0 && address === 0 && !inverted) return [];
  const length = maskText(mask);
  if (length.includes('.')) return [`${field} & ${length} ${inverted ? '!=' : '=='} ${formatIp(address)}`];
  return [`${field} ${inverted ? '!= ' : ''}${prefixText({ address, mask })}`];
}

function prefixText({ address, mask }: MaskedAddress): string {
  return mask === 0xffffffff ? formatIp(address) : `${formatIp(address)}/${maskText(mask)}`;
}
