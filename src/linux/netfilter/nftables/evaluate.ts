import type { HookVerdict } from '../hook-table.ts';
import type { Passage } from '../passage.ts';
import { reject } from '../reject.ts';
import type { Rule } from './rule.ts';
import type { Runtime } from './runtime.ts';
import type { Chain } from './table.ts';
import { tellPolicy, tellRule } from './telling.ts';
import { type Traced, tracePolicy, traceRule } from './trace.ts';
import { ACCEPT, CONTINUE, DROP, type Verdict } from './verdict.ts';

/** NFT_JUMP_STACK_SIZE: how deep chains may call each other. */
const DEPTH_LIMIT = 16;

/** Walks a packet through a base chain (nft_do_chain). */
export function evaluateChain(runtime: Runtime, base: Chain, passage: Passage): HookVerdict {
  const told = runtime.stack.tap.active || passage.skb.trace;
  const verdict = walk(runtime, base, passage, told);
  switch (verdict.kind) {
    case 'accept':
      return 'accept';
    case 'queue':
      return verdict;
    case 'stolen':
      return 'stolen';
    case 'reject':
      reject(runtime.stack, passage, verdict.answer);
      return 'drop';
    default:
      return 'drop';
  }
}

interface Return {
  readonly chain: Chain;
  readonly next: number;
}

function walk(runtime: Runtime, base: Chain, passage: Passage, told: boolean): Verdict {
  let chain = base;
  let at = 0;
  let returns: Return[] | undefined;
  let trace: Traced | undefined;
  for (;;) {
    const { rules } = chain;
    let verdict: Verdict | undefined;
    for (; at < rules.length; at++) {
      const rule = rules[at] as Rule;
      if (told || passage.skb.trace) {
        trace ??= { runtime, base, begun: false };
        verdict = runTold(runtime, trace, chain, rule, passage);
      } else {
        verdict = run(rule, passage);
        // The rule that asks for a trace is its first.
        if (passage.skb.trace) {
          trace ??= { runtime, base, begun: false };
          traceRule(trace, chain, rule, passage, verdict ?? CONTINUE);
        }
      }
      if (verdict !== undefined) break;
    }
    if (verdict?.kind === 'jump' || verdict?.kind === 'goto') {
      if (verdict.kind === 'jump') {
        returns ??= [];
        if (returns.length >= DEPTH_LIMIT) return DROP;
        returns.push({ chain, next: at + 1 });
      }
      chain = verdict.chain as Chain;
      at = 0;
      continue;
    }
    if (verdict !== undefined && verdict.kind !== 'return') return verdict;
    const back = returns?.pop();
    if (back === undefined) break;
    chain = back.chain;
    at = back.next;
  }
  if (base.base?.policy !== 'drop') {
    if (passage.skb.trace) tracePolicy(trace ?? { runtime, base, begun: false }, passage, 'accept');
    return ACCEPT;
  }
  if (passage.skb.trace) tracePolicy(trace ?? { runtime, base, begun: false }, passage, 'drop');
  if (told) tellPolicy(runtime, base, passage);
  return DROP;
}

/** @returns undefined: on to the next rule. */
function run(rule: Rule, passage: Passage): Verdict | undefined {
  const { steps } = rule;
  for (let i = 0; i < steps.length; i++) {
    const verdict = (steps[i] as Rule['steps'][number])(passage);
    if (verdict !== undefined) return goesOn(verdict) ? undefined : verdict;
  }
  return undefined;
}

/** The same with somebody listening: what the rule has decided or changed is told. */
function runTold(runtime: Runtime, trace: Traced, chain: Chain, rule: Rule, passage: Passage): Verdict | undefined {
  const before = passage.packet;
  for (const step of rule.steps) {
    const verdict = step(passage);
    if (verdict === undefined) continue;
    if (verdict.kind === 'next') return undefined;
    traceRule(trace, chain, rule, passage, verdict);
    tellRule(runtime, chain, rule, passage, before, verdict);
    return goesOn(verdict) ? undefined : verdict;
  }
  traceRule(trace, chain, rule, passage, CONTINUE);
  tellRule(runtime, chain, rule, passage, before, undefined);
  return undefined;
}

function goesOn({ kind }: Verdict): boolean {
  return kind === 'next' || kind === 'continue';
}
