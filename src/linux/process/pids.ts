import type { Namespace } from '../namespace.ts';
import type { ProcessGroup, SignalName, Signals, Tty } from './process.ts';

/** What a pid namespace knows of a process (a `Task`). */
export interface Member {
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly uid: number;
  readonly started: number;
  readonly tty?: Tty;
  readonly exit: Promise<number>;
  readonly signals: Signals;
  readonly netns: Namespace;
  readonly group: ProcessGroup;
  readonly finished: boolean;
  readonly parent: Member | undefined;
  /** Its pid in each namespace that knows it. */
  readonly pids: Map<PidNamespace, number>;
  /** `from`: the pid namespace of the sender, when it is a process. */
  kill(signal: SignalName, from?: PidNamespace): void;
  finish(status: number, killedBy?: SignalName): void;
}

/** A pid namespace: its processes have pids of their own, from 1, beside those that its parents know them by. */
export class PidNamespace {
  readonly parent: PidNamespace | undefined;
  readonly tasks = new Map<number, Member>();
  #next = 1;

  constructor(parent?: PidNamespace) {
    this.parent = parent;
  }

  /** Gives `task` a pid here and in every namespace above. */
  enter(task: Member): void {
    const pid = this.#next++;
    this.tasks.set(pid, task);
    task.pids.set(this, pid);
    this.parent?.enter(task);
  }

  leave(task: Member): void {
    const pid = task.pids.get(this);
    if (pid !== undefined) this.tasks.delete(pid);
    this.parent?.leave(task);
  }
}

/** The processes of one job, in all pid namespaces. */
export class Group {
  readonly id: number;
  readonly members = new Set<Member>();

  constructor(id: number) {
    this.id = id;
  }

  kill(signal: SignalName): void {
    for (const task of [...this.members]) task.kill(signal);
  }
}
