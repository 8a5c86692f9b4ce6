import type { Timer } from '../../simulation/clock.ts';
import { acts, describe, evaluate, type Outcome, watches } from '../check/check.ts';
import { fieldOf, kubectlGet, lookUp } from '../check/field.ts';
import type { CheckContext } from '../check/outcome.ts';
import type { Check } from '../spec/lab.ts';
import type { KindName, KubeObject, Target } from '../target.ts';
import type { EngineClock } from './clock.ts';
import type { CheckState } from './protocol.ts';
import type { StepRecord, Steps } from './steps.ts';

export interface JudgeOptions {
  readonly target: Target;
  readonly clock: EngineClock;
  readonly steps: Steps;
  readonly cluster: string;
  /** Nodes' names, as `$WORKER`. */
  readonly nodes: Readonly<Record<string, string>>;
  /** Called whenever a mark may have changed; `done` names a step that has just been passed. */
  readonly changed: (done?: StepRecord) => void;
  /** A failure of the target; judging goes on at the next occasion. */
  readonly failed: (error: unknown) => void;
  /** Milliseconds after which probes and commands of the open step run again unasked; absent: never. */
  readonly pollEvery?: number | undefined;
}

/** How long all checks of a step must hold together, in milliseconds. */
const HOLD = 1000;
/** How soon a value that is to be captured is looked for again, in milliseconds. */
const RETRY = 500;
/** How long it may be on its way, in milliseconds, before the learner is told that it is not there. */
const PATIENCE = 3000;

/**
 * Judges the open step, and watches over the objects of those that are done. It runs checks on changes of watched
 * objects and when asked, one round at a time; requests during a round make one more round.
 */
export class Judge {
  readonly #options: JudgeOptions;
  readonly #signal: AbortSignal;
  #wanted = false;
  #round: Promise<void> | undefined;
  /** Since when all checks of the open step hold. */
  #holding: number | undefined;
  /** The uids of objects that are no news. */
  readonly #seen = new Set<string | undefined>();
  #timer: Timer | undefined;
  #opened: StepRecord | undefined;
  /** Since when the open step lacks what it captures, and whether that has been said. */
  #lack: { readonly record: StepRecord; readonly since: number; told: boolean } | undefined;
  #polling = false;

  /** Begins at once, and ends when `signal` aborts. */
  constructor(options: JudgeOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    const kinds = options.steps.records.flatMap(({ step }) => step.checks.flatMap(watches));
    const unique = new Map(kinds.map((kind): [string, KindName] => [`${kind.apiVersion}/${kind.kind}`, kind]));
    void this.#watch([...unique.values()]);
    this.request();
  }

  /** Asks for a round of checks. */
  request(): void {
    if (this.#signal.aborted) return;
    this.#wanted = true;
    this.#round ??= this.#rounds();
    // A timer may have called: virtual time must wait for what follows.
    this.#options.clock.woke();
  }

  /** Notes that the learner has done something, and checks. */
  acted(): void {
    const { open } = this.#options.steps;
    if (open !== undefined) open.acted = true;
    this.request();
  }

  /** Resolves when every check that was asked for has its verdict, the second of holding included. */
  async settled(): Promise<void> {
    do await this.#round;
    while (this.#round !== undefined && !this.#signal.aborted);
    const { open } = this.#options.steps;
    while (this.#holding !== undefined && this.#options.steps.open === open && !this.#signal.aborted) {
      await this.#options.clock.sleep(HOLD / 10);
    }
  }

  /** One check, now, beside the rounds. */
  evaluate(check: Check, record: StepRecord): Promise<Outcome> {
    return evaluate(check, this.#context(record));
  }

  async #watch(kinds: readonly KindName[]): Promise<void> {
    const { target, failed } = this.#options;
    try {
      const lists = await Promise.all(
        kinds.map(({ apiVersion, kind }) => target.get({ apiVersion, kind }, this.#signal)),
      );
      for (const { metadata } of lists.flat()) this.#seen.add(metadata.uid);
      if (kinds.length > 0 && !this.#signal.aborted) {
        target.watch(kinds, (event) => this.#onChange(event), this.#signal);
      }
    } catch (error) {
      if (!this.#signal.aborted) failed(error);
    }
  }

  #onChange({ type, object }: { type: string; object: KubeObject }): void {
    // What has an owner was made by a controller; a change of status is nobody's act.
    const { ownerReferences, uid } = object.metadata;
    const own = !(Array.isArray(ownerReferences) && ownerReferences.length > 0);
    const isNew = type === 'ADDED' && !this.#seen.has(uid);
    this.#seen.add(uid);
    if (own && (isNew || type === 'DELETED')) this.acted();
    else this.request();
  }

  async #rounds(): Promise<void> {
    const { failed } = this.#options;
    try {
      while (this.#wanted && !this.#signal.aborted) {
        this.#wanted = false;
        try {
          await this.#checkOnce();
        } catch (error) {
          if (!this.#signal.aborted) failed(error);
        }
      }
    } finally {
      this.#round = undefined;
      this.#options.clock.woke();
    }
    this.#poll();
  }

  async #checkOnce(): Promise<void> {
    const { steps, clock, changed } = this.#options;
    const { open } = steps;
    const done = steps.records.filter((record) => record.done);
    const missing = open === undefined || this.#opened === open ? undefined : await this.#open(open);
    const [holds] = await Promise.all([
      open === undefined || missing !== undefined ? false : this.#judge(open),
      ...done.map((record) => this.#recheck(record)),
    ]);
    if (this.#signal.aborted) return;
    this.#timer?.cancel();
    if (open !== undefined && missing !== undefined) {
      this.#timer = clock.after(RETRY, () => this.request());
      changed();
      this.#say(open, missing);
      return;
    }
    const since = open === undefined || !holds ? undefined : (this.#holding ?? clock.now());
    this.#holding = since;
    if (open !== undefined && since !== undefined) {
      const left = since + HOLD - clock.now();
      if (left > 0) {
        this.#timer = clock.after(left, () => this.request());
        changed();
        return;
      }
      this.#holding = undefined;
      open.done = true;
      open.holds = true;
      changed(open);
      this.#wanted = true;
      return;
    }
    changed();
  }

  /** Keeps what the step captures. @returns the field that has no value, when one has none. */
  async #open(record: StepRecord): Promise<string | undefined> {
    const { steps } = this.#options;
    const kept: Record<string, string> = {};
    for (const [name, text] of Object.entries(record.step.capture ?? {})) {
      const known = steps.captures[name];
      const value = known ?? (await lookUp(text, this.#context(record)))[0];
      if (value === undefined) return text;
      kept[name] = value;
    }
    steps.captures = { ...steps.captures, ...kept };
    this.#opened = record;
    this.#lack = undefined;
    this.#holding = undefined;
    return undefined;
  }

  /** After a while, says that a step can't be judged without `field`, once; its checks say it for as long as it lasts. */
  #say(record: StepRecord, field: string): void {
    const { clock, changed, failed } = this.#options;
    if (this.#lack?.record !== record) this.#lack = { record, since: clock.now(), told: false };
    if (clock.now() - this.#lack.since < PATIENCE) return;
    const context = this.#context(record);
    const lookAt = kubectlGet(fieldOf(field, context).query);
    const outcome: Outcome = {
      state: 'failing',
      expected: `${field}, which the step starts from`,
      found: 'no such value in the cluster',
      lookAt,
    };
    record.checks = record.step.checks.map((check) => checkState(check, outcome, context.variables));
    record.acted = true;
    changed();
    if (this.#lack.told) return;
    this.#lack.told = true;
    failed(
      new Error(
        `The step "${record.step.title}" can't be judged: it starts from ${field}, and the cluster has no such value. ` +
          `Make the object again (look with: ${lookAt}), or bring it back with a reset of the lab or ` +
          `\`goto ${record.step.id}\`.`,
      ),
    );
  }

  /** @returns whether all checks of the step hold. */
  async #judge(record: StepRecord): Promise<boolean> {
    const context = this.#context(record);
    const states = await Promise.all(
      record.step.checks.map(async (check) => checkState(check, await evaluate(check, context), context.variables)),
    );
    if (this.#signal.aborted || record.done) return false;
    record.checks = states;
    return states.every(({ state }) => state === 'passing');
  }

  /** A done step is judged by its objects alone: what was said or sent belongs to its time. */
  async #recheck(record: StepRecord): Promise<boolean> {
    const context = this.#context(record);
    const asserts = record.step.checks.filter((check) => 'assert' in check);
    const outcomes = await Promise.all(asserts.map((check) => evaluate(check, context)));
    record.holds = outcomes.every(({ state }) => state === 'passing');
    return record.holds;
  }

  #context(record: StepRecord): CheckContext {
    const { target, cluster, nodes, steps } = this.#options;
    const variables = { ...nodes, ...steps.captures };
    return { target, cluster, variables, answer: record.answer, signal: this.#signal };
  }

  #poll(): void {
    const { pollEvery, steps, clock } = this.#options;
    if (pollEvery === undefined || this.#polling || !steps.open?.step.checks.some(acts)) return;
    this.#polling = true;
    clock.after(pollEvery, () => {
      this.#polling = false;
      this.request();
    });
  }
}

function checkState(check: Check, outcome: Outcome, variables: CheckContext['variables']): CheckState {
  const { state, expected, found, lookAt } = outcome;
  return {
    state,
    title: describe(check, variables),
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found }),
    because: check.because,
    ...(lookAt === undefined ? {} : { lookAt }),
    ...('answer' in check ? { ask: check.answer.ask } : {}),
  };
}
