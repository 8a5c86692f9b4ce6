import { batch, signal } from '@preact/signals';
import type { CompanionCommand } from '../../companion/wire.ts';
import type { FileContent, LabProgress, LabState } from '../../labs/session/protocol.ts';
import { Keeper } from './keep.ts';
import { newsBetween } from './news.ts';
import type { PortEvent, SessionPort } from './port.ts';

export type TargetName = 'page' | 'kind';

/** What the whole page shows of the session. */
export type Phase =
  /** Before the engine's first word. */
  | 'looking'
  | 'starting'
  | 'ready'
  | 'resetting'
  | 'failed'
  | 'stopped'
  /** Another tab has it. */
  | 'elsewhere'
  /** The companion wants its code. */
  | 'code'
  /** The companion has gone. */
  | 'closed';

/** What a terminal does with the engine's output. */
export interface TerminalSink {
  write(data: string, shown: () => void): void;
  /** Shows this instead of all that it has shown. */
  replay(data: string): void;
}

/** The page's side of a session: the engine's events as signals, the learner's acts as commands. */
export class LabSession {
  readonly lab: string;
  readonly keeper: Keeper;
  readonly target = signal<TargetName>('page');
  readonly phase = signal<Phase>('looking');
  readonly message = signal('');
  readonly state = signal<LabState | undefined>(undefined);
  readonly atPrompt = signal(false);
  readonly paused = signal(false);
  readonly shellEnded = signal(false);
  readonly error = signal<{ readonly message: string; readonly hint?: string } | undefined>(undefined);
  readonly files = signal<readonly { readonly path: string; readonly size: number }[]>([]);
  /** The text that the editor was asked to show, by `vi` or by its own request. */
  readonly opened = signal<FileContent | undefined>(undefined);
  /** The file that has come to be downloaded. */
  readonly fetched = signal<{ readonly path: string; readonly base64: string } | undefined>(undefined);
  /** Said to screen readers, politely. */
  readonly announced = signal('');
  readonly trouble = signal<string | undefined>(undefined);
  /** Counts `vi FILE` and its like, so that the page turns to its editor. */
  readonly editRequests = signal(0);

  #port: SessionPort | undefined;
  #sink: TerminalSink | undefined;
  #early = '';
  #size = { columns: 80, rows: 24 };
  #pausedByHand = false;
  /** Whether this engine was ready once and has its shell. */
  #begun = false;
  /** Whether this engine's shell has said anything. */
  #heard = false;

  constructor(lab: string, keeper: Keeper = new Keeper(lab)) {
    this.lab = lab;
    this.keeper = keeper;
    this.trouble.value = keeper.trouble;
  }

  /** Begins on this engine; the one before is left. */
  connect(target: TargetName, port: SessionPort): void {
    this.#port?.close();
    this.#port = port;
    batch(() => {
      this.target.value = target;
      this.phase.value = 'looking';
      this.message.value = '';
      this.state.value = undefined;
      this.atPrompt.value = false;
      this.error.value = undefined;
    });
    this.#early = '';
    this.#begun = false;
    this.#heard = false;
    this.#sink?.replay('');
    port.onEvent((event) => batch(() => this.#event(event)));
    this.keeper.readAgain();
    const progress = target === 'page' ? this.keeper.kept.progress : undefined;
    port.send({ type: 'start', lab: this.lab, ...(progress === undefined ? {} : { progress }) });
  }

  /** Leaves the engine, and says why. */
  leave(phase: Phase, message = ''): void {
    this.#port?.close();
    this.#port = undefined;
    batch(() => {
      this.phase.value = phase;
      this.message.value = message;
      this.atPrompt.value = false;
    });
  }

  send(command: CompanionCommand): void {
    this.#port?.send(command);
  }

  /** Runs a command as a click does, or only types it. @returns why not, where the terminal isn't free. */
  type(command: string, run: boolean): string | undefined {
    if (this.phase.value !== 'ready') return 'The cluster is not ready yet.';
    if (!this.atPrompt.value) return 'The terminal is busy. Wait for its prompt, or stop what runs with Ctrl-C.';
    this.send({ type: 'terminal.command', command, run });
    return undefined;
  }

  attach(sink: TerminalSink): void {
    this.#sink = sink;
    if (this.#early !== '') this.#output(this.#early);
    this.#early = '';
  }

  /** The terminal's size, in characters. */
  resize(columns: number, rows: number): void {
    if (columns === this.#size.columns && rows === this.#size.rows) return;
    this.#size = { columns, rows };
    this.send({ type: 'terminal.resize', columns, rows });
  }

  openShell(): void {
    this.shellEnded.value = false;
    this.send({ type: 'terminal.open', ...this.#size });
  }

  /** A cluster that is as the learner left it has its shell already: its output follows at once. */
  #firstShell(): void {
    const port = this.#port;
    if (this.target.value !== 'page' || this.keeper.kept.progress?.replay === undefined) {
      this.openShell();
      return;
    }
    setTimeout(() => {
      if (this.#port !== port) return;
      if (this.#heard) this.send({ type: 'terminal.resize', ...this.#size });
      else this.openShell();
    }, 100);
  }

  /** Stops and continues virtual time. A hidden page pauses too, but does not count as the learner's wish. */
  pause(paused: boolean, byHand: boolean): void {
    if (this.target.value !== 'page') return;
    if (byHand) this.#pausedByHand = paused;
    const wanted = paused || this.#pausedByHand;
    if (wanted === this.paused.value) return;
    this.paused.value = wanted;
    this.send({ type: 'pause', paused: wanted });
  }

  announce(text: string): void {
    this.announced.value = text;
  }

  #event(event: PortEvent): void {
    switch (event.type) {
      case 'cluster': {
        this.phase.value = event.phase;
        this.message.value = event.message;
        if (event.phase === 'failed' || event.phase === 'stopped') this.#begun = false;
        if (event.phase === 'ready' && !this.#begun) {
          this.#begun = true;
          this.announce('The cluster is ready.');
          this.#firstShell();
          this.send({ type: 'file.list' });
        }
        break;
      }
      case 'lab': {
        const news = newsBetween(this.state.value, event.state);
        this.state.value = event.state;
        if (news !== '') this.announce(news);
        break;
      }
      case 'terminal.output':
        this.#output(event.data);
        break;
      case 'terminal.replay':
        this.#sink?.replay(event.data);
        break;
      case 'terminal.prompt':
        this.atPrompt.value = event.ready;
        if (event.ready) this.send({ type: 'file.list' });
        break;
      case 'terminal.exit':
        this.atPrompt.value = false;
        this.shellEnded.value = true;
        break;
      case 'file.list':
        this.files.value = event.files;
        break;
      case 'file.content':
        this.opened.value = event;
        break;
      case 'file.bytes':
        this.fetched.value = event;
        break;
      case 'file.edit':
        this.opened.value = event;
        this.editRequests.value += 1;
        break;
      case 'progress':
        this.#keep(event.progress);
        break;
      case 'role':
        if (event.role === 'reader') this.phase.value = 'elsewhere';
        else if (this.phase.value === 'elsewhere') this.phase.value = 'ready';
        break;
      case 'error':
        this.error.value = { message: event.message, ...(event.hint === undefined ? {} : { hint: event.hint }) };
        break;
      case 'closed':
        this.phase.value = 'closed';
        this.message.value = event.message;
        this.atPrompt.value = false;
        break;
    }
  }

  #output(data: string): void {
    this.#heard = true;
    if (this.#sink === undefined) this.#early += data;
    else this.#sink.write(data, () => this.send({ type: 'terminal.ack', length: data.length }));
  }

  #keep(progress: LabProgress): void {
    if (this.target.value !== 'page') return;
    this.keeper.keepProgress(progress);
    this.trouble.value = this.keeper.trouble;
  }
}
