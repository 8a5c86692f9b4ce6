import { formatIp } from '../../packet/address.ts';
import type { Match, RuleHead, Target, Use } from './extension.ts';
import { type MaskedAddress, maskText } from './kind.ts';
import { protocolName } from './names.ts';

export interface AddressMatch extends MaskedAddress {
  readonly inverted: boolean;
}

/** `eth0`, or `eth+` for all that begin so; an empty name is any. */
export interface InterfaceMatch {
  readonly name: string;
  readonly inverted: boolean;
}

/** What a rule does with a packet that it matches. */
export type Action =
  | { readonly kind: 'none' }
  | { readonly kind: 'verdict'; readonly verdict: 'ACCEPT' | 'DROP' | 'RETURN' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'target'; readonly use: Use<Target> };

/** A rule as it is written. Never changed. */
export interface RuleSpec extends RuleHead {
  readonly source: AddressMatch;
  readonly destination: AddressMatch;
  readonly in: InterfaceMatch;
  readonly out: InterfaceMatch;
  /** `-f`: second and further fragments. */
  readonly fragment: boolean;
  readonly fragmentInverted: boolean;
  readonly matches: readonly Use<Match>[];
  readonly action: Action;
}

/** A rule in a chain, with what it has counted. */
export class Rule {
  readonly spec: RuleSpec;
  packets: number;
  bytes: number;
  /** Its number in nf_tables; 0: it is not there yet. */
  handle: number;
  /** What the evaluation has made of it; it lives as long as the rule, as the kernel's rule data does. */
  compiled: unknown = undefined;
  #text: string | undefined;

  constructor(spec: RuleSpec, packets = 0, bytes = 0, handle = 0) {
    this.spec = spec;
    this.packets = packets;
    this.bytes = bytes;
    this.handle = handle;
  }

  /** As `iptables -S` writes it, without `-A CHAIN`. */
  get text(): string {
    this.#text ??= ruleText(this.spec);
    return this.#text;
  }
}

/** The chain that a rule leads to. */
export function chainOf({ action }: RuleSpec): string | undefined {
  return action.kind === 'jump' || action.kind === 'goto' ? action.chain : undefined;
}

/** ` -s 10.0.0.0/8 -p tcp ... -j ACCEPT`: with the blank before it. */
export function ruleText(spec: RuleSpec): string {
  let text = addressText('s', spec.source) + addressText('d', spec.destination);
  text += interfaceText('i', spec.in) + interfaceText('o', spec.out);
  if (spec.protocol !== 0) {
    text += `${spec.protocolInverted ? ' !' : ''} -p ${protocolName(spec.protocol) ?? spec.protocol}`;
  }
  if (spec.fragment) text += `${spec.fragmentInverted ? ' !' : ''} -f`;
  for (const { extension, values } of spec.matches) text += ` -m ${extension.name}${extension.save(values)}`;
  return text + actionText(spec.action);
}

function actionText(action: Action): string {
  switch (action.kind) {
    case 'none':
      return '';
    case 'verdict':
      return ` -j ${action.verdict}`;
    case 'jump':
      return ` -j ${action.chain}`;
    case 'goto':
      return ` -g ${action.chain}`;
    case 'target':
      return ` -j ${action.use.extension.name}${action.use.extension.save(action.use.values)}`;
  }
}

function addressText(letter: string, { address, mask, inverted }: AddressMatch): string {
  if (mask === 0 && !inverted && address === 0) return '';
  return `${inverted ? ' !' : ''} -${letter} ${formatIp(address)}/${maskText(mask)}`;
}

function interfaceText(letter: string, { name, inverted }: InterfaceMatch): string {
  if (name === '' || (name === '+' && !inverted)) return '';
  return `${inverted ? ' !' : ''} -${letter} ${name}`;
}
