import type { Clock } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import { LinuxError } from '../errno.ts';
import type { Files } from '../files/files.ts';
import { baseName } from '../files/path.ts';
import { executable, findProgram } from './lookup.ts';
import { Group, PidNamespace } from './pids.ts';
import {
  type NamespaceKind,
  type Program,
  type ProgramTable,
  type Services,
  SignalExit,
  type SpawnSpec,
} from './process.ts';
import { type Surroundings, Task } from './task.ts';

/** A `SpawnSpec` with what only a machine or a container runtime decides (clone(2), chroot(2), sethostname(2)). */
export interface CloneSpec extends SpawnSpec {
  readonly root?: Files;
  readonly hostname?: string;
  readonly pidNamespace?: PidNamespace;
  readonly uid?: number;
  readonly services?: Services;
  readonly programs?: ProgramTable;
}

/** Virtual milliseconds that fork and exec take. */
const START_COST = 0.3;
/** Processes of one machine at a time (EAGAIN beyond), so that a fork bomb ends. */
const PROCESS_LIMIT = 512;
/** Interpreters of interpreters (binfmt_script). */
const SCRIPT_DEPTH = 4;

/** Starts processes and sees them end. */
export class Kernel {
  readonly clock: Clock;
  readonly random: Random;
  readonly root = new PidNamespace();

  constructor(clock: Clock, random: Random) {
    this.clock = clock;
    this.random = random;
  }

  /** Throws EAGAIN when there are too many processes; everything else is told by the child's exit status. */
  start(spec: CloneSpec, from: Task | Surroundings): Task {
    if (this.root.tasks.size >= PROCESS_LIMIT) throw new LinuxError('EAGAIN', 'fork');
    const parent = from instanceof Task ? from : undefined;
    const tty = 'tty' in spec ? spec.tty : from.tty;
    const other = spec.enter === undefined ? undefined : from.pidNamespace.tasks.get(spec.enter.pid);
    const entered = (kind: NamespaceKind) =>
      other instanceof Task && spec.enter?.kinds.has(kind) === true ? other : from;
    const around: Surroundings = {
      env: spec.env ?? from.env,
      cwd: spec.cwd ?? from.cwd,
      uid: spec.uid ?? from.uid,
      stdin: spec.stdin ?? from.stdin,
      stdout: spec.stdout ?? from.stdout,
      stderr: spec.stderr ?? from.stderr,
      tty,
      netns: spec.netns ?? entered('net').netns,
      files: spec.root ?? entered('mnt').files,
      hostname: spec.hostname ?? entered('uts').hostname,
      services: spec.services ?? from.services,
      programs: spec.programs ?? entered('mnt').programs,
      pidNamespace: spec.pidNamespace ?? entered('pid').pidNamespace,
    };
    const leads = tty !== undefined && tty !== parent?.tty;
    const group = (task: Task) => {
      if (spec.group instanceof Group) return spec.group;
      if (spec.group === 'new' || leads || parent === undefined) return new Group(task.pid);
      return parent.group;
    };
    const task = new Task(this, spec.argv, around, group, parent);
    if (leads) tty.foreground = task.group;
    void this.#run(task, spec.program);
    return task;
  }

  async #run(task: Task, program: Program | undefined): Promise<void> {
    let status: number;
    try {
      await this.clock.sleep(START_COST, task.signals.ended);
      status = await (program === undefined ? this.execute(task) : program(task));
      if (!Number.isInteger(status)) throw new TypeError(`exit status ${status}`);
    } catch (error) {
      if (task.finished) return;
      if (error instanceof SignalExit) {
        task.finish(error.status, error.signal);
        return;
      }
      status = await report(task, error);
    }
    task.finish(status & 255);
  }

  /** Runs the program that the task's argv[0] names. */
  async execute(task: Task): Promise<number> {
    return (await this.#load(task))(task);
  }

  /** The program that the task's argv[0] names, behind `#!` lines too. */
  async #load(task: Task): Promise<Program> {
    let argv = task.argv;
    for (let depth = 0; depth < SCRIPT_DEPTH; depth++) {
      const name = argv[0] ?? '';
      let path: string;
      try {
        path = findProgram(task.files, task.env, task.cwd, name);
        const found = executable(task.files, path);
        if (found.kind === 'program') {
          const load = task.programs[found.name];
          if (load === undefined) throw new LinuxError('ENOEXEC');
          task.argv = argv;
          return await this.clock.hold(load());
        }
        argv = [...found.interpreter, path, ...argv.slice(1)];
      } catch (error) {
        if (!(error instanceof LinuxError)) throw error;
        const message = new LinuxError(error.errno, name).message;
        return async (process) => {
          await process.stderr.write(`${message}\n`);
          return error.errno === 'ENOENT' ? 127 : 126;
        };
      }
    }
    throw new LinuxError('ELOOP');
  }
}

/** Says what a program threw. @returns its exit status */
async function report(task: Task, error: unknown): Promise<number> {
  const name = baseName(task.argv[0] ?? '?');
  const expected = error instanceof LinuxError;
  const detail = error instanceof Error ? error.message : String(error);
  const message = expected ? `${name}: ${detail}` : `${name}: internal error: ${detail}`;
  try {
    await task.stderr.write(`${message}\n`);
  } catch {
    // Nobody reads the message; the status still tells.
  }
  return expected ? 1 : 70;
}
