import { describe, expect, test } from 'vitest';
import type { LabEngine } from '../../src/labs/session/engine.ts';
import type { StepState } from '../../src/labs/session/protocol.ts';
import { clusterSpec, nodeVariables } from '../../src/labs/spec/cluster.ts';
import type { Lab, Step } from '../../src/labs/spec/lab.ts';
import { fillIn } from '../../src/labs/spec/text.ts';
import type { Target } from '../../src/labs/target.ts';

/** A lab's session on some target, in a test. */
export interface LabSession {
  readonly engine: LabEngine;
  readonly target: Target;
  /** What the engine's `error` events said; a test empties it. */
  readonly errors: string[];
  /** Awaits something while the cluster's time passes. */
  wait<T>(work: Promise<T>): Promise<T>;
  /** Lets so many milliseconds of the cluster's time pass. */
  pass(milliseconds: number): Promise<void>;
}

/** How long a wrong way may take to fail for its reason, and a solution to pass, in milliseconds of the cluster. */
const LIMIT = 60_000;

/**
 * A lab both ways, on one target: unsolved fails every step, each solution passes exactly its step, each wrong way
 * fails for its reason, a step that is gone to again is unsolved again, and all that twice. `open` starts the session
 * once; vitest's own time limit is the caller's.
 */
export function bothWays(lab: Lab, open: () => Promise<LabSession>): void {
  let session: Promise<LabSession> | undefined;
  const opened = () => {
    session ??= open();
    return session;
  };
  describe(`the lab ${lab.id}`, () => {
    for (const [i, step] of lab.steps.entries()) {
      test(`${step.id}: unsolved fails, its solution passes it alone, twice`, async () => {
        const run = new Run(lab, await opened());
        for (let round = 0; round < 2; round++) {
          await run.goTo(step);
          await run.isUnsolved(i);
          await run.solve(step);
          await run.isSolved(i);
        }
      });
      for (const wrong of step.wrong ?? []) {
        test(`${step.id}: a wrong way fails, ${wrong.fails}: ${wrong.run.trim()}`, async () => {
          const run = new Run(lab, await opened());
          await run.goTo(step);
          await run.failsFor(i, wrong.run, wrong.fails);
        });
      }
    }
  });
}

class Run {
  readonly #lab: Lab;
  readonly #session: LabSession;
  readonly #nodes: Readonly<Record<string, string>>;

  constructor(lab: Lab, session: LabSession) {
    this.#lab = lab;
    this.#session = session;
    this.#nodes = nodeVariables(clusterSpec(lab));
  }

  async goTo({ id }: Step): Promise<void> {
    const { engine, errors, wait } = this.#session;
    errors.length = 0;
    await wait(engine.handle({ type: 'goto', step: id }));
    expect(errors).toEqual([]);
    expect(engine.state.current).toBe(id);
  }

  async isUnsolved(index: number): Promise<void> {
    const state = await this.#checked(index);
    expect(state.state, `the step "${state.id}", before anything was done for it`).toBe('open');
    expect(state.checks.map((check) => check.state)).toContain('failing');
  }

  async solve({ solution }: Step): Promise<void> {
    const { target, wait } = this.#session;
    const result = await wait(target.run(solution, { timeoutMs: LIMIT }));
    expect(result, `the solution printed ${result.stdout}${result.stderr}`).toMatchObject({ code: 0 });
  }

  /** The step is done within the limit, and the next one is not. */
  async isSolved(index: number): Promise<void> {
    const { pass, engine } = this.#session;
    let state = await this.#checked(index);
    for (let waited = 0; state.state !== 'done' && waited < LIMIT; waited += 500) {
      await pass(500);
      state = await this.#checked(index);
    }
    expect(state, JSON.stringify(state.checks, null, 2)).toMatchObject({ state: 'done', holds: true });
    const next = this.#lab.steps[index + 1];
    if (next === undefined) expect(engine.state.current).toBeUndefined();
    else await this.isUnsolved(index + 1);
  }

  /** Some check fails with these words, and the step is not done, now and a while later. */
  async failsFor(index: number, script: string, words: string): Promise<void> {
    const { target, wait, pass } = this.#session;
    await wait(target.run(script, { timeoutMs: LIMIT }));
    const reason = fillIn(words, this.#nodes);
    let said = '';
    for (let waited = 0; !said.includes(reason) && waited < LIMIT; waited += 500) {
      const { state, checks } = await this.#checked(index);
      expect(state).toBe('open');
      const failing = checks.filter((check) => check.state === 'failing');
      said = failing.map(({ expected, found, because }) => [expected, found, because].join('\n')).join('\n');
      await pass(500);
    }
    expect(said).toContain(reason);
    // A question's reason is the same before it is answered: where nothing else is judged, a wrong one must be given.
    const asksOnly = this.#lab.steps[index]?.checks.every((check) => 'answer' in check);
    if (asksOnly) expect(said).not.toContain('no answer yet');
    await pass(2000);
    expect((await this.#checked(index)).state).toBe('open');
  }

  async #checked(index: number): Promise<StepState> {
    const { engine, wait } = this.#session;
    await wait(engine.handle({ type: 'check' }));
    const state = engine.state.steps[index];
    if (state === undefined) throw new Error(`the lab has no step ${index}`);
    return state;
  }
}
