import type { Child } from '../../linux/process/process.ts';

/** A background pipeline. */
export interface Job {
  readonly id: number;
  readonly children: readonly Child[];
  readonly source: string;
  /** Its exit status, once all its processes have ended. */
  status?: number;
}

const ENDED_BY: Readonly<Record<string, string>> = {
  HUP: 'Hangup',
  INT: 'Interrupt',
  KILL: 'Killed',
  PIPE: 'Broken pipe',
  TERM: 'Terminated',
};

/** The jobs of one shell. */
export class Jobs {
  readonly #jobs: Job[] = [];

  get all(): readonly Job[] {
    return this.#jobs;
  }

  add(children: readonly Child[], source: string): Job {
    const job: Job = { id: (this.#jobs.at(-1)?.id ?? 0) + 1, children, source };
    this.#jobs.push(job);
    void children.at(-1)?.exit.then((status) => {
      job.status = status;
    });
    return job;
  }

  remove(job: Job): void {
    const at = this.#jobs.indexOf(job);
    if (at >= 0) this.#jobs.splice(at, 1);
  }

  /** What `%1`, `%%`, `%+`, `%-` or `%name` means. */
  find(text: string): Job | undefined {
    const name = text.slice(1);
    if (name === '' || name === '%' || name === '+') return this.#jobs.at(-1);
    if (name === '-') return this.#jobs.at(-2) ?? this.#jobs.at(-1);
    if (/^\d+$/.test(name)) return this.#jobs.find((job) => job.id === Number(name));
    if (name.startsWith('?')) return this.#jobs.findLast((job) => job.source.includes(name.slice(1)));
    return this.#jobs.findLast((job) => job.source.startsWith(name));
  }

  byPid(pid: number): Job | undefined {
    return this.#jobs.find((job) => job.children.some((child) => child.pid === pid));
  }

  /** A line of `jobs`: `[1]+  Running                 sleep 100 &`. */
  describe(job: Job, long = false): string {
    const at = this.#jobs.indexOf(job);
    const mark = at === this.#jobs.length - 1 ? '+' : at === this.#jobs.length - 2 ? '-' : ' ';
    const pid = long ? `${String(job.children.at(-1)?.pid ?? 0).padStart(5)} ` : '';
    const end = job.status === undefined ? ' &' : '';
    return `[${job.id}]${mark}  ${pid}${stateOf(job).padEnd(24)}${job.source}${end}`;
  }

  /** Takes out the jobs that have ended. */
  ended(): readonly { readonly job: Job; readonly line: string }[] {
    const ended = this.#jobs.filter((job) => job.status !== undefined);
    const lines = ended.map((job) => ({ job, line: this.describe(job) }));
    for (const job of ended) this.remove(job);
    return lines;
  }
}

function stateOf(job: Job): string {
  if (job.status === undefined) return 'Running';
  const signal = job.children.at(-1)?.killedBy;
  if (signal !== undefined) return ENDED_BY[signal] ?? signal;
  return job.status === 0 ? 'Done' : `Exit ${job.status}`;
}
