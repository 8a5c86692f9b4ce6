import type { Task } from './task.ts';

/** A pid namespace: its processes have pids of their own, from 1, beside those that its parents know them by. */
export class PidNamespace {
  readonly parent: PidNamespace | undefined;
  readonly tasks = new Map<number, Task>();
  #next = 1;

  constructor(parent?: PidNamespace) {
    this.parent = parent;
  }

  /** Gives `task` a pid here and in every namespace above. */
  enter(task: Task): void {
    const pid = this.#next++;
    this.tasks.set(pid, task);
    task.pids.set(this, pid);
    this.parent?.enter(task);
  }

  leave(task: Task): void {
    const pid = task.pids.get(this);
    if (pid !== undefined) this.tasks.delete(pid);
    this.parent?.leave(task);
  }
}

/** The processes of one job, in all pid namespaces. */
export class Group {
  readonly id: number;
  readonly members = new Set<Task>();

  constructor(id: number) {
    this.id = id;
  }

  kill(signal: Parameters<Task['kill']>[0]): void {
    for (const task of [...this.members]) task.kill(signal);
  }
}
