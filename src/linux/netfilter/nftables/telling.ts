import type { IpPacket } from '../../packet/packet.ts';
import type { Passage } from '../passage.ts';
import type { Rule } from './rule.ts';
import type { Runtime } from './runtime.ts';
import type { Chain } from './table.ts';
import type { Verdict } from './verdict.ts';

/** Tells the tap what a rule has decided or changed; a rule that has only looked or counted is not told. */
export function tellRule(
  runtime: Runtime,
  chain: Chain,
  rule: Rule,
  passage: Passage,
  before: IpPacket,
  verdict: Verdict | undefined,
): void {
  const { stack } = runtime;
  if (!stack.tap.active) return;
  if ((verdict === undefined || verdict.kind === 'continue') && rule.changes === undefined) return;
  const { packet } = passage;
  stack.report(passage.hook, before, passage.skb, {
    device: passage.in ?? passage.out,
    table: chain.table.title,
    chain: chain.name,
    rule: rule.text({ stateless: true, devices: runtime.devices }),
    reason: reasonOf(verdict, rule),
    ...verdictOf(verdict),
    ...(packet !== before && { after: packet }),
  });
}

function reasonOf(verdict: Verdict | undefined, rule: Rule): string | undefined {
  switch (verdict?.kind) {
    case undefined:
    case 'continue':
      return rule.changes;
    case 'jump':
    case 'goto':
      return `${verdict.kind === 'jump' ? 'goes into' : 'goes over to'} chain ${verdict.chain.name}`;
    case 'return':
      return 'goes back to the calling chain';
    case 'queue':
      return `a program decides: queue ${verdict.queue}`;
    case 'drop':
      return rule.comment ?? 'a rule drops it';
    case 'reject':
      return rule.comment ?? `a rule refuses it with ${verdict.answer}`;
    default:
      return rule.comment ?? rule.changes;
  }
}

function verdictOf(verdict: Verdict | undefined): { verdict?: 'accept' | 'drop' | 'queue' | 'reject' } {
  switch (verdict?.kind) {
    case 'accept':
    case 'drop':
    case 'queue':
    case 'reject':
      return { verdict: verdict.kind };
    default:
      return {};
  }
}

/** What becomes of a packet that no rule of a base chain has decided about. */
export function tellPolicy({ stack }: Runtime, chain: Chain, passage: Passage): void {
  if (!stack.tap.active) return;
  stack.report(passage.hook, passage.packet, passage.skb, {
    device: passage.in ?? passage.out,
    table: chain.table.title,
    chain: chain.name,
    verdict: 'drop',
    reason: `no rule of chain ${chain.name} accepts it, and its policy is drop`,
  });
}
