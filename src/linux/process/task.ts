import type { Clock } from '../../simulation/clock.ts';
import { Deferred } from '../../simulation/deferred.ts';
import type { Random } from '../../simulation/random.ts';
import type { Files } from '../files/files.ts';
import type { Namespace } from '../namespace.ts';
import { ReaderDescriptor, Toll, WriterDescriptor } from './descriptor.ts';
import type { Group, Member, PidNamespace } from './pids.ts';
import {
  type Child,
  type ExecSpec,
  type Process,
  type ProcessEntry,
  type ProgramTable,
  type Reader,
  type Services,
  SignalExit,
  type SignalName,
  type Signals,
  type SpawnSpec,
  type Tty,
  type Writer,
} from './process.ts';

/** What a process inherits from its parent unless its maker says otherwise. */
export interface Surroundings {
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly uid: number;
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
  readonly tty: Tty | undefined;
  readonly netns: Namespace;
  readonly files: Files;
  readonly hostname: string;
  readonly services: Services;
  readonly programs: ProgramTable;
  readonly pidNamespace: PidNamespace;
}

/** What a process asks of the kernel. */
export interface TaskKernel {
  readonly clock: Clock;
  readonly random: Random;
  start(spec: SpawnSpec, parent: Task): Child;
  execute(task: Task): Promise<number>;
}

/** A process as the kernel keeps it: what its program sees (`Process`) and what its parent sees (`Child`). */
export class Task implements Process, Child, Member {
  /** Exec of a `#!` script puts its interpreter in front. */
  argv: readonly string[];
  env: Map<string, string>;
  cwd: string;
  readonly uid: number;
  stdin: ReaderDescriptor;
  stdout: WriterDescriptor;
  stderr: WriterDescriptor;
  readonly tty?: Tty;
  readonly netns: Namespace;
  readonly files: Files;
  readonly hostname: string;
  readonly services: Services;
  readonly programs: ProgramTable;
  readonly pidNamespace: PidNamespace;
  readonly clock: Clock;
  readonly random: Random;
  readonly signals: Signals;
  readonly exit: Promise<number>;
  /** Its pid in each namespace that knows it. */
  readonly pids = new Map<PidNamespace, number>();
  readonly parent: Task | undefined;
  readonly started: number;
  killedBy?: SignalName;
  finished = false;
  readonly group: Group;
  readonly #kernel: TaskKernel;
  readonly #exit: Deferred<number>;
  readonly #controller = new AbortController();
  readonly #toll: Toll;
  readonly #handlers = new Map<SignalName, () => void>();

  constructor(
    kernel: TaskKernel,
    argv: readonly string[],
    around: Surroundings,
    group: (task: Task) => Group,
    parent?: Task,
  ) {
    this.#kernel = kernel;
    this.argv = argv;
    this.parent = parent;
    this.clock = kernel.clock;
    this.env = new Map(around.env);
    this.cwd = around.cwd;
    this.uid = around.uid;
    this.netns = around.netns;
    this.files = around.files;
    this.hostname = around.hostname;
    this.services = around.services;
    this.programs = around.programs;
    this.pidNamespace = around.pidNamespace;
    if (around.tty !== undefined) this.tty = around.tty;
    this.started = kernel.clock.now();
    this.pidNamespace.enter(this);
    this.random = kernel.random.fork(`pid ${this.pid}`);
    this.#exit = new Deferred<number>(kernel.clock);
    this.exit = this.#exit.promise;
    const ended = this.#controller.signal;
    this.signals = {
      ended,
      on: (signal, handler) => {
        if (handler === undefined) this.#handlers.delete(signal);
        else this.#handlers.set(signal, handler);
      },
    };
    this.#toll = new Toll(kernel.clock, ended);
    this.stdin = new ReaderDescriptor(around.stdin, ended, this.#toll);
    this.stdout = this.#writer(around.stdout);
    this.stderr = this.#writer(around.stderr);
    this.group = group(this);
    this.group.members.add(this);
  }

  get pid(): number {
    return this.pids.get(this.pidNamespace) ?? 0;
  }

  get ppid(): number {
    return parentPid(this, this.pid, this.pidNamespace);
  }

  spawn(spec: SpawnSpec): Child {
    this.signals.ended.throwIfAborted();
    return this.#kernel.start(spec, this);
  }

  exec(spec: ExecSpec): Promise<number> {
    const old = [this.stdin, this.stdout, this.stderr];
    this.argv = spec.argv;
    if (spec.env !== undefined) this.env = new Map(spec.env);
    this.cwd = spec.cwd ?? this.cwd;
    this.stdin = new ReaderDescriptor(spec.stdin ?? this.stdin, this.signals.ended, this.#toll);
    this.stdout = this.#writer(spec.stdout ?? this.stdout);
    this.stderr = this.#writer(spec.stderr ?? this.stderr);
    for (const end of old) end.close();
    this.#handlers.clear();
    return this.#kernel.execute(this);
  }

  #writer(end: Writer): WriterDescriptor {
    return new WriterDescriptor(end, this.signals.ended, this.#toll, () => this.kill('PIPE'));
  }

  processes(): readonly ProcessEntry[] {
    return [...this.pidNamespace.tasks].map(([pid, task]) => ({
      pid,
      ppid: parentPid(task, pid, this.pidNamespace),
      uid: task.uid,
      argv: task.argv,
      started: task.started,
      ended: task.signals.ended,
      netns: task.netns,
      tty: task.tty,
      exit: task.exit,
      group: task.group,
      kill: (signal) => task.kill(signal, this.pidNamespace),
    }));
  }

  /** `from`: the pid namespace of the sender, when it is a process. */
  kill(signal: SignalName, from?: PidNamespace): void {
    if (this.finished) return;
    const handler = this.#handlers.get(signal);
    if (handler !== undefined && signal !== 'KILL') {
      this.clock.woke();
      handler();
      return;
    }
    if (signal === 'WINCH') return;
    // pid_namespaces(7): a namespace's init gets only signals that it handles, and KILL only from outside.
    if (this.pid === 1 && (signal !== 'KILL' || from === this.pidNamespace)) return;
    this.finish(new SignalExit(signal).status, signal);
  }

  /** The process is over: its ends are let go, its waits rejected, its status told. */
  finish(status: number, killedBy?: SignalName): void {
    if (this.finished) return;
    this.finished = true;
    if (killedBy !== undefined) this.killedBy = killedBy;
    const init = this.pid === 1;
    this.group.members.delete(this);
    this.pidNamespace.leave(this);
    this.clock.woke();
    this.#controller.abort(new SignalExit(killedBy ?? 'KILL'));
    this.stdin.close();
    this.stdout.close();
    this.stderr.close();
    if (init) for (const task of [...this.pidNamespace.tasks.values()]) task.kill('KILL');
    this.#exit.resolve(status);
  }
}

/** An orphan's parent is the namespace's init; what came into the namespace from outside has none (0). */
function parentPid(task: Member, pid: number, namespace: PidNamespace): number {
  const parent = task.parent?.pids.get(namespace);
  if (parent === undefined || pid === 1) return namespace.parent === undefined && pid !== 1 ? 1 : 0;
  return task.parent?.finished ? 1 : parent;
}
