import { Pace, type WallClock } from '../../../cluster/pace.ts';
import { type Host, Simulation } from '../../../simulation/simulation.ts';
import { LabEngine } from '../../session/engine.ts';
import type { LabProgress, SessionCommand, SessionEvent } from '../../session/protocol.ts';
import { clusterSpec, nodeNames } from '../../spec/cluster.ts';
import type { Lab } from '../../spec/lab.ts';
import { commandOf, engineVersion, type LogEntry, logged, type Replay, readReplay } from './replay.ts';
import { clustersIn } from './start.ts';
import { PageTarget } from './target.ts';

export interface PageSessionOptions {
  readonly lab: Lab;
  readonly host: Host;
  readonly wall: WallClock;
  readonly emit: (event: SessionEvent) => void;
  /** For a cluster that begins anew. */
  readonly newSeed: () => string;
}

/** Characters that the page may be behind before virtual time waits for it, and of old output that a reload shows again. */
const BEHIND = 256 * 1024;
const KEPT_OUTPUT = 32 * 1024;
/** Real milliseconds between two notes of where the cluster has come to. */
const KEEP_EVERY = 1000;
/** Virtual milliseconds within which a lab has to be set up. */
const START_LIMIT = 1_800_000;

/**
 * A lab in the page: a simulated cluster, the engine that judges on it, and the wall clock that moves both. Every
 * input is logged with its virtual time, so that a reload comes back to the very same cluster by replay.
 */
export class PageSession {
  readonly #options: PageSessionOptions;
  readonly #engineVersion: string;
  readonly #log: LogEntry[] = [];
  #seed = '';
  #simulation: Simulation | undefined;
  #engine: LabEngine | undefined;
  #pace: Pace | undefined;
  /** While the past is told again, its output is collected rather than sent. */
  #replaying = false;
  #output = '';
  #unseen = 0;
  #promptReady = false;
  #paused = false;
  #keeping: { cancel(): void } | undefined;

  constructor(options: PageSessionOptions) {
    this.#options = options;
    this.#engineVersion = engineVersion(JSON.stringify(options.lab));
  }

  /** A command of the page. Never throws: failures are events. */
  async handle(command: SessionCommand): Promise<void> {
    if (command.type === 'start') {
      await this.#start(command.progress);
      return;
    }
    const { type } = command;
    if (type === 'pause') this.#setPaused(command.paused);
    else if (type === 'terminal.ack') {
      this.#unseen = Math.max(0, this.#unseen - command.length);
      this.#move();
    } else if (this.#engine !== undefined && this.#simulation !== undefined) {
      const entry = logged(command);
      if (entry !== undefined) this.#log.push([this.#simulation.now(), entry]);
      void this.#engine.handle(command);
      this.#simulation.woke();
      this.#pace?.kick();
      this.#keepSoon();
    }
  }

  async #start(progress: LabProgress | undefined): Promise<void> {
    this.#pace?.pause();
    const { lab, host, wall, newSeed } = this.#options;
    const replay = readReplay(progress?.replay, lab.id, this.#engineVersion);
    this.#seed = replay?.seed ?? newSeed();
    this.#log.splice(0, this.#log.length, ...(replay?.log ?? []));
    const simulation = new Simulation({ seed: this.#seed, host });
    const target = new PageTarget(clustersIn(simulation));
    const engine = new LabEngine({ target, lab, clock: simulation, emit: (event) => this.#hear(event) });
    this.#simulation = simulation;
    this.#engine = engine;
    this.#pace = new Pace(simulation, wall, (error) => this.#fail(error));
    this.#output = '';
    this.#unseen = 0;
    try {
      this.#replaying = replay !== undefined;
      let started = false;
      const kept = replay === undefined ? progress : undefined;
      void engine.handle({ type: 'start', lab: lab.id, ...(kept !== undefined && { progress: kept }) }).then(() => {
        started = true;
        simulation.woke();
      });
      await simulation.runUntil(() => started, START_LIMIT);
      if (replay !== undefined) await this.#replay(replay, simulation, engine);
    } catch (error) {
      this.#fail(error);
    }
    this.#move();
  }

  async #replay(replay: Replay, simulation: Simulation, engine: LabEngine): Promise<void> {
    const { emit } = this.#options;
    for (const entry of replay.log) {
      await simulation.runTo(Math.max(simulation.now(), entry[0]));
      void engine.handle(commandOf(entry));
    }
    await simulation.runTo(Math.max(simulation.now(), replay.until));
    this.#replaying = false;
    emit({
      type: 'cluster',
      phase: 'ready',
      message: 'The cluster is as you left it',
      nodes: nodeNames(clusterSpec(this.#options.lab)),
    });
    emit({ type: 'lab', state: engine.state });
    if (this.#output !== '') this.#send({ type: 'terminal.output', data: this.#output });
    emit({ type: 'terminal.prompt', ready: this.#promptReady });
    this.#keep();
  }

  #hear(event: SessionEvent): void {
    if (event.type === 'terminal.prompt') {
      this.#promptReady = event.ready;
      // What a finished command did is kept before anybody can reload on it.
      if (event.ready && !this.#replaying) this.#keep();
    }
    if (event.type === 'progress') {
      if (!this.#replaying) this.#keep();
      return;
    }
    if (event.type === 'terminal.output') {
      // The shell never waits for the page: virtual time does, so that a replay is not told apart.
      void this.#engine?.handle({ type: 'terminal.ack', length: event.data.length });
      if (this.#replaying) {
        this.#output = (this.#output + event.data).slice(-KEPT_OUTPUT);
        return;
      }
    }
    if (!this.#replaying) this.#send(event);
  }

  #send(event: SessionEvent): void {
    if (event.type === 'terminal.output') {
      this.#unseen += event.data.length;
      if (this.#unseen > BEHIND) this.#pace?.pause();
    }
    this.#options.emit(event);
  }

  #setPaused(paused: boolean): void {
    this.#paused = paused;
    if (paused) {
      this.#pace?.pause();
      this.#keep();
    } else this.#move();
  }

  #move(): void {
    if (!this.#paused && this.#unseen <= BEHIND) this.#pace?.resume();
  }

  #keepSoon(): void {
    this.#keeping ??= this.#options.wall.after(KEEP_EVERY, () => this.#keep());
  }

  /** Hands the page what it needs to come back here. */
  #keep(): void {
    this.#keeping?.cancel();
    this.#keeping = undefined;
    const { lab, emit } = this.#options;
    if (this.#engine === undefined || this.#simulation === undefined) return;
    const replay: Replay = {
      engine: this.#engineVersion,
      lab: lab.id,
      seed: this.#seed,
      until: this.#simulation.now(),
      log: [...this.#log],
    };
    emit({ type: 'progress', progress: { ...this.#engine.progress, replay } });
  }

  #fail(error: unknown): void {
    this.#replaying = false;
    const message = error instanceof Error ? error.message : String(error);
    const said = `The simulated cluster has stopped: ${message}`;
    this.#options.emit({ type: 'cluster', phase: 'failed', message: said });
    this.#options.emit({
      type: 'error',
      message: said,
      hint: 'Reset the lab to begin with a new cluster; your progress is kept.',
    });
  }
}
