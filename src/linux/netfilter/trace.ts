import type { Stack } from '../ip/stack.ts';
import type { Passage } from './passage.ts';

/** A traced packet (`-j TRACE`, `meta nftrace set 1`) has met a rule, or its base chain's policy. */
export interface TraceStep {
  readonly passage: Passage;
  readonly table: string;
  readonly chain: string;
  /** The rule's number in its chain; 0: the policy. */
  readonly number: number;
  readonly rule: string | undefined;
  readonly policy: 'ACCEPT' | 'DROP';
}

type Listener = (step: TraceStep) => void;

/** Who follows traced packets in one namespace (`xtables-monitor --trace`, `nft monitor trace`). */
class Trace {
  active = false;
  readonly #listeners = new Set<Listener>();

  report(step: TraceStep): void {
    for (const listener of this.#listeners) listener(step);
  }

  /** @returns what ends the listening. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    this.active = true;
    return () => {
      this.#listeners.delete(listener);
      this.active = this.#listeners.size > 0;
    };
  }
}

const traces = new WeakMap<Stack, Trace>();

export function traceOf(stack: Stack): Trace {
  let trace = traces.get(stack);
  if (trace === undefined) traces.set(stack, (trace = new Trace()));
  return trace;
}
