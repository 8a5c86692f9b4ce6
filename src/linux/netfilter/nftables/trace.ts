import type { Stack } from '../../ip/stack.ts';
import type { Skb } from '../../packet/skb.ts';
import type { Passage } from '../passage.ts';
import type { Rule } from './rule.ts';
import type { Runtime } from './runtime.ts';
import type { Chain } from './table.ts';
import { describePacket } from './trace-packet.ts';
import type { Style } from './type/datatype.ts';
import { formatVerdict, type Verdict } from './verdict.ts';

/** A line of `nft monitor trace`, for a style of printing. */
type Line = (style: Style) => string;

/** Who follows packets whose `meta nftrace` is set, in one namespace (net/netfilter/nf_tables_trace.c). */
class RuleTrace {
  readonly #listeners = new Set<(line: Line) => void>();
  readonly #ids = new WeakMap<Skb, string>();
  #count = 0;

  get active(): boolean {
    return this.#listeners.size > 0;
  }

  /** @returns what ends the listening. */
  listen(listener: (line: Line) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  report(line: Line): void {
    for (const listener of this.#listeners) listener(line);
  }

  /** Eight digits that a packet keeps on its way through the namespace. */
  idOf(skb: Skb): string {
    let id = this.#ids.get(skb);
    if (id === undefined) {
      // Numbers that follow each other look as different as the kernel's hashes do.
      id = (Math.imul(++this.#count, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
      this.#ids.set(skb, id);
    }
    return id;
  }
}

const traces = new WeakMap<Stack, RuleTrace>();

export function ruleTraceOf(stack: Stack): RuleTrace {
  let trace = traces.get(stack);
  if (trace === undefined) traces.set(stack, (trace = new RuleTrace()));
  return trace;
}

/** One packet's way through one base chain; the packet itself is told once. */
export interface Traced {
  readonly runtime: Runtime;
  readonly base: Chain;
  begun: boolean;
}

/** A rule that has matched to its end, or has decided. */
export function traceRule(traced: Traced, chain: Chain, rule: Rule, passage: Passage, verdict: Verdict): void {
  if (!passage.skb.trace) return;
  tell(traced, chain, passage, (style) => {
    const shown = verdict.kind === 'reject' ? 'drop' : formatVerdict(verdict);
    return `rule ${rule.text(style)} (verdict ${shown})`;
  });
}

export function tracePolicy(traced: Traced, passage: Passage, policy: 'accept' | 'drop'): void {
  const { mark } = passage.skb;
  const shown = mark === 0 ? '' : `meta mark 0x${mark.toString(16).padStart(8, '0')} `;
  tell(traced, traced.base, passage, () => `policy ${policy} ${shown}`);
}

function tell(traced: Traced, chain: Chain, passage: Passage, line: Line): void {
  const trace = ruleTraceOf(traced.runtime.stack);
  if (!trace.active) return;
  const prefix = `trace id ${trace.idOf(passage.skb)} ${chain.table.title} ${chain.name} `;
  if (!traced.begun) {
    traced.begun = true;
    const packet = describePacket(passage, chain.table.family);
    trace.report((style) => `${prefix}packet: ${packet(style)}`);
  }
  trace.report((style) => prefix + line(style));
}
