import type { Clock } from '../../simulation/clock.ts';
import { LinuxError } from '../errno.ts';
import type { ProcessGroup, Reader, Tty, Writer } from '../process/process.ts';
import { LineDiscipline } from './discipline.ts';

export interface TerminalOptions {
  readonly clock: Clock;
  readonly columns?: number;
  readonly rows?: number;
  /** Characters of output that may be shown but not yet acknowledged by `ack`; absent: writers never wait. */
  readonly window?: number;
}

/** Characters that may be typed ahead; more are dropped. */
const TYPE_AHEAD = 1024 * 1024;

/**
 * A terminal (a pty): on one side whoever types and looks (`input`, `onOutput`, `resize`), on the other the processes
 * (`streams`). A new terminal is cooked.
 */
export class TerminalDevice implements Tty {
  foreground: ProcessGroup | undefined;
  readonly reader: Reader;
  readonly writer: Writer;
  readonly #clock: Clock;
  readonly #window: number;
  readonly #discipline: LineDiscipline;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  /** Input that waits to be read; `undefined` is an end of file. */
  readonly #queue: (string | undefined)[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #listeners = new Set<(text: string) => void>();
  #columns: number;
  #rows: number;
  #mode: 'raw' | 'cooked' = 'cooked';
  #queued = 0;
  #unseen = 0;
  #early = '';
  #closed = false;
  #afterReturn = false;

  constructor(options: TerminalOptions) {
    this.#clock = options.clock;
    this.#columns = options.columns ?? 80;
    this.#rows = options.rows ?? 24;
    this.#window = options.window ?? Number.POSITIVE_INFINITY;
    this.#discipline = new LineDiscipline({
      echo: (text) => this.#show(text),
      line: (text) => this.#push(text),
      endOfFile: () => this.#push(undefined),
      interrupt: () => {
        this.#queue.length = 0;
        this.#queued = 0;
        this.foreground?.kill('INT');
      },
    });
    this.reader = { read: (signal) => this.#read(signal), tty: this };
    this.writer = { write: (data, signal) => this.#write(data, signal), tty: this };
  }

  get columns(): number {
    return this.#columns;
  }

  get rows(): number {
    return this.#rows;
  }

  get mode(): 'raw' | 'cooked' {
    return this.#mode;
  }

  /** What a `SpawnSpec` needs to run a process on this terminal. */
  get streams(): { readonly stdin: Reader; readonly stdout: Writer; readonly stderr: Writer; readonly tty: Tty } {
    return { stdin: this.reader, stdout: this.writer, stderr: this.writer, tty: this };
  }

  setMode(mode: 'raw' | 'cooked'): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    if (mode === 'raw') {
      const typed = this.#discipline.take();
      if (typed !== '') this.#push(typed);
    }
  }

  /** Keys that were pressed or text that was pasted. */
  input(text: string): void {
    if (this.#closed) return;
    this.#clock.woke();
    if (this.#mode === 'cooked') this.#discipline.input(text);
    else this.#push(text);
  }

  /** Calls back with output as it comes, and with what came before anybody listened. @returns how to stop */
  onOutput(listener: (text: string) => void): () => void {
    this.#listeners.add(listener);
    const early = this.#early;
    this.#early = '';
    if (early !== '') listener(early);
    return () => this.#listeners.delete(listener);
  }

  /** So many characters of output have been shown. */
  ack(length: number): void {
    this.#unseen = Math.max(0, this.#unseen - length);
    this.#wake();
  }

  resize(columns: number, rows: number): void {
    if (columns === this.#columns && rows === this.#rows) return;
    this.#columns = Math.max(1, columns);
    this.#rows = Math.max(1, rows);
    this.#clock.woke();
    this.foreground?.kill('WINCH');
  }

  /** The terminal goes away: readers see the end, writers EIO, the foreground job gets SIGHUP. */
  hangUp(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.foreground?.kill('HUP');
    this.#wake();
  }

  async #read(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#queue.length > 0) {
        const text = this.#queue.shift();
        this.#queued -= text?.length ?? 0;
        return text === undefined ? undefined : this.#encoder.encode(text);
      }
      if (this.#closed) return undefined;
      await this.#change(signal);
    }
  }

  async #write(data: Uint8Array | string, signal?: AbortSignal): Promise<void> {
    if (this.#closed) throw new LinuxError('EIO');
    this.#show(typeof data === 'string' ? data : this.#decoder.decode(data, { stream: true }));
    while (this.#unseen > this.#window) {
      await this.#change(signal);
      if (this.#closed) throw new LinuxError('EIO');
    }
  }

  /** A newline goes to the start of the next line (ONLCR). */
  #show(text: string): void {
    if (text === '') return;
    let shown = text.replace(/\r?\n/g, '\r\n');
    if (this.#afterReturn && text.startsWith('\n')) shown = shown.slice(1);
    this.#afterReturn = text.endsWith('\r');
    if (this.#listeners.size === 0) {
      this.#early = (this.#early + shown).slice(-TYPE_AHEAD);
      return;
    }
    this.#unseen += shown.length;
    for (const listener of this.#listeners) listener(shown);
  }

  #push(text: string | undefined): void {
    if (this.#queued + (text?.length ?? 0) > TYPE_AHEAD) return;
    this.#queue.push(text);
    this.#queued += text?.length ?? 0;
    this.#wake();
  }

  /** Until something was typed, shown or closed. */
  #change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const abort = () => {
        this.#waiting.delete(wake);
        this.#clock.woke();
        reject(signal?.reason);
      };
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(wake);
    });
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    this.#clock.woke();
    for (const wake of waiting) wake();
  }
}
