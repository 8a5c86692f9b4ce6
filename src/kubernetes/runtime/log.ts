import type { Writer } from '../../linux/process/process.ts';
import type { Clock } from '../../simulation/clock.ts';

/** What is kept of a container's output, in characters; kubelet rotates at 10 MiB, a page can't afford as much. */
const LIMIT = 1024 * 1024;

interface Line {
  readonly time: number;
  text: string;
  /** The process has written the newline. */
  ended: boolean;
}

export interface LogOptions {
  readonly follow?: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly timestamps?: boolean;
  readonly signal?: AbortSignal;
}

/** A container's output, line by line with its time, as the runtime keeps it for `kubectl logs`. */
export class ContainerLog {
  readonly #clock: Clock;
  readonly #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  readonly #open: { stdout?: Line; stderr?: Line } = {};
  readonly #waiting = new Set<() => void>();
  #lines: Line[] = [];
  #dropped = 0;
  #size = 0;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  writer(stream: 'stdout' | 'stderr'): Writer {
    return {
      write: async (data) => {
        this.#append(stream, typeof data === 'string' ? data : this.#decoders[stream].decode(data, { stream: true }));
      },
    };
  }

  /** The container has ended: followers end too. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** All text, for a termination message and for tests. */
  text(): string {
    return this.#lines.map(({ text, ended }) => (ended ? `${text}\n` : text)).join('');
  }

  /** Copies to `out`; with `follow` until the container ends or `signal` aborts. */
  async copy(out: Writer, options: LogOptions): Promise<void> {
    const since = options.sinceSeconds === undefined ? 0 : this.#clock.wall() - options.sinceSeconds * 1000;
    let next = this.#dropped;
    if (options.tailLines !== undefined) next = Math.max(next, this.#dropped + this.#lines.length - options.tailLines);
    for (;;) {
      let text = '';
      next = Math.max(next, this.#dropped);
      for (; next < this.#dropped + this.#lines.length; next++) {
        const line = this.#lines[next - this.#dropped];
        if (line === undefined || line.time < since) continue;
        // A line that is still being written is shown once it has its end.
        if (!line.ended && options.follow && !this.#closed) break;
        const stamp = options.timestamps ? `${new Date(line.time).toISOString().replace('Z', '000000Z')} ` : '';
        text += `${stamp}${line.text}${line.ended ? '\n' : ''}`;
      }
      if (text !== '') await out.write(text, options.signal);
      else if (!options.follow || this.#closed || options.signal?.aborted) return;
      else await this.#change(options.signal);
    }
  }

  #append(stream: 'stdout' | 'stderr', text: string): void {
    const parts = text.split('\n');
    for (const [i, part] of parts.entries()) {
      let line = this.#open[stream];
      if (line === undefined) {
        if (i === parts.length - 1 && part === '') break;
        line = { time: this.#clock.wall(), text: '', ended: false };
        this.#open[stream] = line;
        this.#lines.push(line);
      }
      line.text += part;
      this.#size += part.length + 1;
      if (i < parts.length - 1) {
        line.ended = true;
        delete this.#open[stream];
      }
    }
    while (this.#size > LIMIT && this.#lines.length > 1) {
      this.#size -= (this.#lines.shift()?.text.length ?? 0) + 1;
      this.#dropped++;
    }
    this.#wake();
  }

  #change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        this.#clock.woke();
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
