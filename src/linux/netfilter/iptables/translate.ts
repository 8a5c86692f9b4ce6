import { formatIp } from '../../packet/address.ts';
import type { Command } from './command.ts';
import { maskText } from './kind.ts';
import { comment } from './match/comment.ts';
import { protocolName } from './names.ts';
import type { Action, AddressMatch, InterfaceMatch, RuleSpec } from './rule.ts';

/** How a command translated: its text, and whether all of it could be said in nft's language. */
export interface Translated {
  readonly text: string;
  readonly done: boolean;
}

/** `nft 'add rule ...'` for a command line; a bare line in a file of them. */
export type Form = 'shell' | 'file';

/** One command as iptables-translate says it (iptables/xtables-translate.c). `words`: as it was given. */
export function translateCommand(command: Command, words: readonly string[], form: Form): Translated {
  const prefix = form === 'shell' ? 'nft ' : '';
  const { name, table, chain } = command;
  const line = (text: string): Translated => ({ text: `${prefix}${text}\n`, done: true });
  switch (name) {
    case 'append':
    case 'insert':
      return translateRules(command, words, form);
    case 'list':
      return line(`list table ip ${table}`);
    case 'flush':
      return line(chain === undefined ? `flush table ip ${table}` : `flush chain ip ${table} ${chain}`);
    case 'new-chain':
      return line(`add chain ip ${table} ${chain}`);
    case 'delete-chain':
      // Of all chains at once it has no name to print.
      return line(`delete chain ip ${table} ${chain ?? '(null)'}`);
    default:
      return { text: prefix, done: false };
  }
}

/** Each source address begins a line; the destinations follow it. */
function translateRules({ name, table, chain, rules }: Command, words: readonly string[], form: Form): Translated {
  const prefix = form === 'shell' ? 'nft ' : '';
  const verb = name === 'append' ? 'add' : 'insert';
  let text = '';
  let done = true;
  let source: AddressMatch | undefined;
  for (const spec of rules) {
    if (source === undefined || source.address !== spec.source.address || source.mask !== spec.source.mask) {
      text += prefix;
    }
    source = spec.source;
    const translated = translateRule(spec);
    done = translated !== undefined;
    if (translated === undefined) continue;
    const whole = `${verb} rule ip ${table} ${chain} ${translated}`;
    text += form === 'shell' ? `'${whole}'\n` : `${whole}\n`;
  }
  // What has no translation is told as it was given; reading it has taken the `!` out.
  if (!done) text += `# ${words.map((word) => (word === '!' ? '' : word)).join(' ')} \n`;
  return { text, done: true };
}

/** undefined: one of its matches, or its target, can't be said in nft's language. */
function translateRule(spec: RuleSpec): string | undefined {
  const parts = [...interfaceText('iifname', spec.in), ...interfaceText('oifname', spec.out)];
  if (spec.fragment) parts.push(`ip frag-off & 0x1fff ${spec.fragmentInverted ? '0' : '!= 0'}`);
  parts.push(
    ...protocolText(spec),
    ...addressText('ip saddr', spec.source),
    ...addressText('ip daddr', spec.destination),
  );
  for (const { extension, values } of spec.matches) {
    const text = extension.translate(values, spec);
    if (text === undefined) return undefined;
    parts.push(text);
  }
  const action = actionText(spec.action, spec);
  if (action === undefined) return undefined;
  const notes = spec.matches.filter(({ extension }) => extension === comment);
  const note = notes.at(-1)?.values.comment?.value;
  const text = [...parts, 'counter', action].filter((part) => part !== '').join(' ');
  return (note === undefined ? text : `${text} comment "${note}"`).trimEnd();
}

function actionText(action: Action, head: RuleSpec): string | undefined {
  switch (action.kind) {
    case 'none':
      return '';
    case 'verdict':
      return action.verdict.toLowerCase();
    case 'jump':
    case 'goto':
      return `${action.kind} ${action.chain}`;
    case 'target':
      return action.use.extension.translate(action.use.values, head);
  }
}

function interfaceText(field: string, { name, inverted }: InterfaceMatch): readonly string[] {
  if (name === '' || (name === '+' && !inverted)) return [];
  // No device can have this name: `! -i +` matches nothing.
  if (name === '+') return [`${field} "INVAL/D"`];
  return [`${field} ${inverted ? '!= ' : ''}"${name.replace(/\+$/, '*')}"`];
}

/** A match of the protocol's own says it already. */
function protocolText({ protocol, protocolInverted, matches }: RuleSpec): readonly string[] {
  const name = protocolName(protocol);
  if (protocol === 0 || matches.some(({ extension }) => extension.name === name)) return [];
  return [`ip protocol ${protocolInverted ? '!= ' : ''}${name ?? protocol}`];
}

function addressText(field: string, { address, mask, inverted }: AddressMatch): readonly string[] {
  if (mask === 0 && address === 0 && !inverted) return [];
  const length = maskText(mask);
  if (length.includes('.')) return [`${field} & ${length} ${inverted ? '!=' : '=='} ${formatIp(address)}`];
  return [`${field} ${inverted ? '!= ' : ''}${formatIp(address)}${mask === 0xffffffff ? '' : `/${length}`}`];
}
