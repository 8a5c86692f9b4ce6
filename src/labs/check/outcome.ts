import type { KindName, Target } from '../target.ts';

/** What a check has to go by. */
export interface CheckContext {
  readonly target: Target;
  /** The cluster's name: `node/worker` is its `NAME-worker`. */
  readonly cluster: string;
  /** Nodes' names and what was captured: `{WORKER: 'hop-lab-worker', address: '10.244.1.5'}`. */
  readonly variables: Readonly<Record<string, string>>;
  /** What the learner answered in this step. */
  readonly answer?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Outcome {
  readonly state: 'passing' | 'failing';
  /** What would pass, in words; an `answer` never tells. */
  readonly expected?: string;
  readonly found?: string;
  /** A command that shows the learner what the check saw. */
  readonly lookAt?: string;
}

/** One kind of check; `C` is what its part of the lab file holds. */
export interface CheckKindModule<C> {
  /** What it looks at, in words; names are filled in by the caller. */
  describe(check: C): string;
  /** Rejects only when the target fails (`TargetError` other than `notFound`) or `signal` aborts. */
  evaluate(check: C, context: CheckContext): Promise<Outcome>;
  /** Kinds of objects whose changes may change the outcome. */
  watches(check: C): readonly KindName[];
  /** Whether it sends traffic or starts processes: such checks run again for the open step only. */
  readonly acts: boolean;
}

export const POD: KindName = { apiVersion: 'v1', kind: 'Pod' };
