import type { LabEngine } from '../labs/session/engine.ts';
import type { LabProgress, SessionCommand, SessionEvent } from '../labs/session/protocol.ts';
import { OutputTail } from './output.ts';
import type { CompanionCommand, CompanionEvent } from './wire.ts';

/** One connected page. */
export interface Client {
  send(event: CompanionEvent): void;
}

/** What a session needs of an engine. */
export type SessionEngine = Pick<LabEngine, 'handle' | 'answer' | 'state' | 'progress'>;

/**
 * What a reader's page sends without anybody having asked for it: only the writer's pace and size count, and the shell
 * and lab that it would open are running.
 */
const QUIET: ReadonlySet<CompanionCommand['type']> = new Set([
  'start',
  'terminal.open',
  'terminal.ack',
  'terminal.resize',
]);

/**
 * One lab's session and all pages that look at it. The engine outlives its pages: the shell runs on while nobody is
 * connected, and a page that comes back gets the last events and the end of the terminal's output. One page writes at
 * a time; the first to come does, another by `takeover`.
 */
export class Session {
  readonly lab: string;
  readonly #engine: SessionEngine;
  readonly #clients = new Set<Client>();
  readonly #output = new OutputTail();
  /** The last event of each kind that says how things stand. */
  readonly #standing = new Map<SessionEvent['type'], SessionEvent>();
  readonly #listeners = new Set<(event: SessionEvent) => void>();
  #writer: Client | undefined;
  #terminalOpen = false;
  /** Characters that the engine has handed out and nobody has acknowledged. */
  #unshown = 0;

  /** `make` gets where the engine is to send its events. */
  constructor(lab: string, make: (emit: (event: SessionEvent) => void) => SessionEngine) {
    this.lab = lab;
    this.#engine = make((event) => this.#event(event));
  }

  get engine(): SessionEngine {
    return this.#engine;
  }

  /** Sets the lab up, or takes up where `progress` left off. */
  start(progress?: LabProgress): Promise<void> {
    return this.#engine.handle({ type: 'start', lab: this.lab, ...(progress === undefined ? {} : { progress }) });
  }

  /** Hears every event of the engine, until the returned function is called. */
  listen(listener: (event: SessionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Connects a page. Its commands go through the returned door. */
  attach(client: Client): { command(command: CompanionCommand): void; detach(): void } {
    this.#clients.add(client);
    this.#writer ??= client;
    client.send({ type: 'role', role: client === this.#writer ? 'writer' : 'reader' });
    for (const event of this.#standing.values()) client.send(event);
    if (this.#terminalOpen) client.send({ type: 'terminal.replay', data: this.#output.text() });
    return {
      command: (command) => this.#command(client, command),
      detach: () => this.#detach(client),
    };
  }

  #command(client: Client, command: CompanionCommand): void {
    if (command.type === 'takeover') {
      this.#takeOver(client);
    } else if (client === this.#writer) {
      const sent = this.#adapted(command);
      if (sent !== undefined) void this.#engine.handle(sent);
    } else if (!QUIET.has(command.type)) {
      const hint = 'Take over here to go on in this one.';
      client.send({ type: 'error', message: 'Another tab is working on this lab.', hint });
    }
  }

  /** The command for the engine; a page that comes back finds lab and shell running already. */
  #adapted(command: SessionCommand): SessionCommand | undefined {
    switch (command.type) {
      case 'start': {
        const cluster = this.#standing.get('cluster');
        const ended = cluster?.type === 'cluster' && (cluster.phase === 'stopped' || cluster.phase === 'failed');
        return ended ? { type: 'start', lab: this.lab, progress: this.#engine.progress } : undefined;
      }
      case 'terminal.open':
        if (this.#terminalOpen) return { ...command, type: 'terminal.resize' };
        this.#terminalOpen = true;
        this.#output.clear();
        this.#unshown = 0;
        return command;
      case 'terminal.ack':
        this.#unshown = Math.max(0, this.#unshown - command.length);
        return command;
      default:
        return command;
    }
  }

  #event(event: SessionEvent): void {
    for (const listener of this.#listeners) listener(event);
    if (event.type === 'terminal.output') {
      this.#output.add(event.data);
      if (this.#writer === undefined) void this.#engine.handle({ type: 'terminal.ack', length: event.data.length });
      else this.#unshown += event.data.length;
    }
    if (event.type === 'terminal.exit') this.#terminalOpen = false;
    if (event.type === 'cluster' || event.type === 'lab' || event.type === 'terminal.prompt') {
      this.#standing.set(event.type, event);
    }
    for (const client of this.#clients) client.send(event);
  }

  #takeOver(client: Client): void {
    const before = this.#writer;
    if (before === client) return;
    this.#acknowledge();
    this.#writer = client;
    before?.send({ type: 'role', role: 'reader' });
    client.send({ type: 'role', role: 'writer' });
  }

  #detach(client: Client): void {
    this.#clients.delete(client);
    if (client !== this.#writer) return;
    // Nobody is promoted: a page that is being reloaded comes back in a moment, and finds its place free.
    this.#writer = undefined;
    this.#acknowledge();
  }

  /** Nobody will say any more that these were shown; the shell must not wait for it. */
  #acknowledge(): void {
    if (this.#unshown > 0) void this.#engine.handle({ type: 'terminal.ack', length: this.#unshown });
    this.#unshown = 0;
  }
}
