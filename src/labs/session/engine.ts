import { clusterSpec, nodeVariables } from '../spec/cluster.ts';
import type { Lab } from '../spec/lab.ts';
import { type Target, TargetError } from '../target.ts';
import type { EngineClock } from './clock.ts';
import { base64, fileContent } from './file.ts';
import { Judge } from './judge.ts';
import type { LabProgress, LabState, SessionCommand, SessionEvent } from './protocol.ts';
import { Setup } from './setup.ts';
import { type StepRecord, Steps } from './steps.ts';
import { SessionTerminal } from './terminal.ts';
import { Turns } from './turns.ts';

export interface EngineOptions {
  readonly target: Target;
  readonly lab: Lab;
  readonly clock: EngineClock;
  readonly emit: (event: SessionEvent) => void;
  /** Milliseconds after which probes and commands of the open step run again unasked (kind: 2000; page: absent). */
  readonly pollEvery?: number;
}

/** How long a solution may run, and how long its step may then take to be passed, in milliseconds. */
const SOLUTION_LIMIT = 120_000;
const PASS_LIMIT = 60_000;

/**
 * Runs one lab on one target, for a page or a command line. Long commands (start, reset, goto, a solution that is
 * run) come one after the other, and a new start, reset or goto cancels the one before; all others are at once.
 */
export class LabEngine {
  readonly #options: EngineOptions;
  readonly #steps: Steps;
  readonly #setup: Setup;
  readonly #terminal: SessionTerminal;
  readonly #nodes: Readonly<Record<string, string>>;
  #judge: Judge | undefined;
  readonly #turns: Turns;
  /** Ends the judge of the session. */
  #session = new AbortController();
  #created = false;
  /** How the page wants its terminal; it is opened as soon as there is a cluster, and again with a new one. */
  #wanted: Extract<SessionCommand, { type: 'terminal.open' }> | undefined;
  /** Steps that were done on an earlier cluster, while their solutions bring this one there. */
  #owed: readonly string[] = [];
  #lastState = '';
  #lastError = '';

  constructor(options: EngineOptions) {
    this.#options = options;
    const { target, lab, clock } = options;
    this.#nodes = nodeVariables(clusterSpec(lab));
    this.#steps = new Steps(lab, target.kind);
    this.#setup = new Setup(target, lab, clock, this.#nodes);
    this.#terminal = new SessionTerminal(target, options.emit, () => this.#judge?.acted());
    this.#turns = new Turns(clock);
    target.serve({ answer: (text) => this.answer(text), edit: (path) => void this.#edit(path) });
  }

  get state(): LabState {
    return this.#steps.state();
  }

  get progress(): LabProgress {
    const progress = this.#steps.progress();
    return { ...progress, done: [...new Set([...progress.done, ...this.#owed])] };
  }

  /** Resolves when the command is done, its checks included. It never rejects: failures are `error` events. */
  async handle(command: SessionCommand): Promise<void> {
    try {
      await this.#handle(command);
    } catch (error) {
      this.#tell(error);
    }
    this.#options.clock.woke();
  }

  /** Answers the open step's question: what `hop answer` prints. */
  async answer(text: string): Promise<{ readonly right: boolean; readonly message: string }> {
    const record = this.#steps.open;
    const judge = this.#judge;
    if (record === undefined) return { right: false, message: 'All steps are done: nothing is asked any more.' };
    const check = record.step.checks.find((each) => 'answer' in each);
    if (check === undefined || judge === undefined) {
      return { right: false, message: `The step "${record.step.title}" asks no question.` };
    }
    record.answer = text;
    judge.acted();
    try {
      const { state } = await judge.evaluate(check, record);
      const right = state === 'passing';
      return { right, message: right ? 'That is right.' : `That is not it. The question: ${check.answer.ask}` };
    } catch (error) {
      return { right: false, message: reason(error) };
    }
  }

  async #handle(command: SessionCommand): Promise<void> {
    const { target, emit, lab } = this.#options;
    switch (command.type) {
      case 'start':
        if (command.lab !== lab.id) throw new Error(`this session runs the lab "${lab.id}", not "${command.lab}"`);
        this.#owed = [];
        return this.#turns.takeOver((signal) => this.#start(command.progress, signal));
      case 'reset':
        return this.#again([]);
      case 'goto': {
        const wanted = this.#steps.records.indexOf(this.#steps.find(command.step));
        return this.#again(this.#steps.records.slice(0, wanted));
      }
      case 'solution': {
        const record = this.#steps.find(command.step);
        record.solutionShown = true;
        this.#changed();
        if (command.run) await this.#turns.follow((signal) => this.#solve(record, signal));
        return;
      }
      case 'hint': {
        const record = this.#steps.find(command.step);
        record.hints = Math.min(record.hints + 1, record.step.hints.length);
        this.#changed();
        return this.#keep();
      }
      case 'answer':
        if (this.#steps.open?.step.id !== command.step) throw new Error(`the step "${command.step}" is not open`);
        await this.answer(command.text);
        return;
      case 'check': {
        // Whoever asks for a verdict is told that there is no answer yet.
        const { open } = this.#steps;
        if (open !== undefined) open.answer ??= '';
        this.#judge?.acted();
        return this.#judge?.settled();
      }
      case 'stop':
        this.#turns.cancel(new Error('stopped'));
        this.#session.abort(new Error('stopped'));
        this.#terminal.close();
        return emit({ type: 'cluster', phase: 'stopped', message: 'Stopped' });
      case 'file.list':
        return emit({ type: 'file.list', files: await target.folder.list() });
      case 'file.read':
        return emit({ type: 'file.content', ...fileContent(command.path, await target.folder.read(command.path)) });
      case 'file.fetch': {
        const { path } = command;
        return emit({ type: 'file.bytes', path, base64: base64(await target.folder.read(path)) });
      }
      case 'file.write':
        return target.folder.write(command.path, command.text);
      case 'pause':
        throw new Error('only a simulated cluster can be paused');
      case 'terminal.open':
        this.#wanted = command;
        if (this.#created) await this.#terminal.handle(command);
        return;
      default:
        return this.#terminal.handle(command);
    }
  }

  async #start(progress: LabProgress | undefined, signal: AbortSignal): Promise<void> {
    const kept = progress ?? this.#steps.progress();
    try {
      await this.#create(signal);
      const found = await this.#setup.found(signal);
      if (progress !== undefined && found === 'ready') {
        this.#steps.restore(kept);
        return this.#ready();
      }
      if (found !== 'none') await this.#renew(signal);
      this.#steps.restore(kept);
      this.#owed = kept.done;
      const passed = this.#steps.records.filter(({ done }) => done);
      await this.#remake(passed, signal);
      this.#owed = [];
    } catch (error) {
      if (signal.aborted) throw error;
      const message = reason(error);
      this.#options.emit({ type: 'cluster', phase: 'failed', message });
      throw error;
    }
  }

  #again(passed: readonly StepRecord[]): Promise<void> {
    this.#owed = [];
    return this.#turns.takeOver(async (signal) => {
      if (this.#created) await this.#renew(signal);
      else await this.#create(signal);
      await this.#remake(passed, signal);
    });
  }

  /** A lab that changes its nodes gets another cluster, for there is no way back to the old one's state. */
  async #renew(signal: AbortSignal): Promise<void> {
    const { target, lab } = this.#options;
    if (!lab.changesNode) return;
    this.#session.abort(new Error('set up anew'));
    this.#created = false;
    this.#terminal.close();
    await target.destroy(signal);
    await this.#create(signal);
  }

  async #create(signal: AbortSignal): Promise<void> {
    const { target, lab, emit } = this.#options;
    const progress = (message: string) => emit({ type: 'cluster', phase: 'starting', message });
    progress('Starting the cluster');
    await target.create(clusterSpec(lab), progress, signal);
    this.#created = true;
    if (this.#wanted !== undefined) await this.#terminal.handle(this.#wanted);
  }

  /** Sets the lab up anew, and passes these steps by their solutions. */
  async #remake(passed: readonly StepRecord[], signal: AbortSignal): Promise<void> {
    const { emit } = this.#options;
    const before = this.#steps.progress();
    this.#session.abort(new Error('set up anew'));
    this.#judge = undefined;
    this.#steps.clear();
    this.#changed();
    const progress = (message: string) => emit({ type: 'cluster', phase: 'resetting', message });
    let missing: readonly string[];
    try {
      missing = await this.#setup.make(progress, signal);
    } catch (error) {
      this.#steps.restore(before);
      throw error;
    }
    this.#ready();
    if (missing.length > 0) {
      const hint = 'Look at it with kubectl describe, or reset the lab.';
      emit({ type: 'error', message: `${missing.join(', ')}: not running yet`, hint });
    }
    for (const record of passed) {
      await this.#solve(record, signal);
      if (!record.done) break;
    }
    this.#settle();
    this.#keep();
  }

  /** What a learner had done stays done, even where it can't be done for them again. */
  #settle(): void {
    const owed = this.#steps.records.filter(({ step, done }) => !done && this.#owed.includes(step.id));
    if (owed.length === 0) return;
    for (const record of owed) record.done = true;
    this.#judge?.request();
    this.#changed();
  }

  #ready(): void {
    const { target, clock, emit } = this.#options;
    const cluster = clusterSpec(this.#options.lab).name;
    this.#session.abort(new Error('begun anew'));
    this.#session = new AbortController();
    emit({ type: 'cluster', phase: 'ready', message: 'The cluster is ready', nodes: Object.values(this.#nodes) });
    this.#judge = new Judge(
      {
        target,
        clock,
        steps: this.#steps,
        cluster,
        nodes: this.#nodes,
        changed: (done) => {
          this.#lastError = '';
          this.#changed();
          if (done !== undefined) this.#keep();
        },
        failed: (error) => this.#tell(error),
        pollEvery: this.#options.pollEvery,
      },
      this.#session.signal,
    );
  }

  /** Runs a step's solution and waits until the step is passed. */
  async #solve(record: StepRecord, signal: AbortSignal): Promise<void> {
    const { target, clock, emit } = this.#options;
    await this.#judge?.settled();
    this.#judge?.acted();
    const result = await target.run(record.step.solution, { timeoutMs: SOLUTION_LIMIT, signal });
    this.#judge?.acted();
    const end = clock.now() + PASS_LIMIT;
    while (!record.done && clock.now() < end && this.#steps.open === record) await clock.sleep(100, signal);
    if (record.done) return;
    const open = this.#steps.open;
    const said = `${result.stdout}${result.stderr}`.trim();
    const message = `The solution of "${record.step.title}" did not pass it.`;
    const before = open !== undefined && open !== record ? `The step "${open.step.title}" before it is open.` : said;
    emit({ type: 'error', message, ...(before === '' ? {} : { hint: before }) });
  }

  async #edit(path: string): Promise<void> {
    const { target, emit } = this.#options;
    try {
      const bytes = await target.folder.read(path).catch((error: unknown) => {
        if (error instanceof TargetError && error.code === 'notFound') return new Uint8Array(0);
        throw error;
      });
      emit({ type: 'file.edit', ...fileContent(path, bytes) });
    } catch (error) {
      this.#tell(error);
    }
  }

  #changed(): void {
    const state = this.#steps.state();
    const text = JSON.stringify(state);
    if (text === this.#lastState) return;
    this.#lastState = text;
    this.#options.emit({ type: 'lab', state });
  }

  #keep(): void {
    this.#options.emit({ type: 'progress', progress: this.progress });
  }

  /** Tells of a failure once, until something works again. */
  #tell(error: unknown): void {
    const message = reason(error);
    if (message === this.#lastError) return;
    this.#lastError = message;
    this.#options.emit({ type: 'error', message });
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
