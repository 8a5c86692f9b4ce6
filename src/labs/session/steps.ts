import type { Lab, Step } from '../spec/lab.ts';
import type { CheckState, LabProgress, LabState, StepState } from './protocol.ts';

/** How far a learner is with one step. */
export interface StepRecord {
  readonly step: Step;
  done: boolean;
  /** Whether a done step's objects are still as it left them. */
  holds: boolean;
  /** Whether the learner has done anything since the step opened; until then its checks are neutral. */
  acted: boolean;
  checks: readonly CheckState[];
  hints: number;
  solutionShown: boolean;
  answer: string | undefined;
}

/** The record of a lab's steps: what the page shows and what is kept. It decides nothing. */
export class Steps {
  readonly records: readonly StepRecord[];
  captures: Readonly<Record<string, string>> = {};
  readonly #lab: Lab;
  readonly #target: LabState['target'];

  constructor(lab: Lab, target: LabState['target']) {
    this.#lab = lab;
    this.#target = target;
    this.records = lab.steps.map((step) => ({
      step,
      done: false,
      holds: false,
      acted: false,
      checks: [],
      hints: 0,
      solutionShown: false,
      answer: undefined,
    }));
  }

  /** The first step that isn't done. */
  get open(): StepRecord | undefined {
    return this.records.find(({ done }) => !done);
  }

  /** Throws for an id that the lab doesn't have. */
  find(id: string): StepRecord {
    const record = this.records.find(({ step }) => step.id === id);
    if (record !== undefined) return record;
    const ids = this.records.map(({ step }) => step.id).join(', ');
    throw new Error(`the lab "${this.#lab.id}" has no step "${id}": its steps are ${ids}`);
  }

  /** Forgets what was done; hints that were read stay read. */
  clear(): void {
    for (const record of this.records) {
      Object.assign(record, { done: false, holds: false, acted: false, checks: [], answer: undefined });
    }
    this.captures = {};
  }

  state(): LabState {
    const { open } = this;
    return {
      lab: this.#lab.id,
      target: this.#target,
      steps: this.records.map((record) => stepState(record, record === open)),
      ...(open === undefined ? {} : { current: open.step.id }),
    };
  }

  progress(): LabProgress {
    return {
      version: 1,
      lab: this.#lab.id,
      done: this.records.filter(({ done }) => done).map(({ step }) => step.id),
      captures: this.captures,
      hints: Object.fromEntries(this.records.flatMap(({ step, hints }) => (hints > 0 ? [[step.id, hints]] : []))),
    };
  }

  /** Takes over what was kept. Steps that the lab no longer has are passed over. */
  restore(progress: LabProgress): void {
    for (const record of this.records) {
      record.done = progress.done.includes(record.step.id);
      record.holds = record.done;
      record.hints = Math.min(progress.hints[record.step.id] ?? 0, record.step.hints.length);
    }
    this.captures = progress.captures;
  }
}

function stepState(record: StepRecord, open: boolean): StepState {
  const { step, done, holds, acted, hints, solutionShown } = record;
  return {
    id: step.id,
    state: done ? 'done' : open ? 'open' : 'waiting',
    holds,
    // A question that nobody has answered is open, not failed.
    checks: record.checks.map((check) =>
      done || (acted && (check.ask === undefined || record.answer !== undefined)) ? check : neutral(check),
    ),
    hintsShown: step.hints.slice(0, hints),
    hintsLeft: step.hints.length - hints,
    ...(solutionShown ? { solution: step.solution } : {}),
  };
}

/** A check before the learner has done anything: what it looks at, and no verdict. */
function neutral({ title, ask }: CheckState): CheckState {
  return { state: 'neutral', title, ...(ask === undefined ? {} : { ask }) };
}
