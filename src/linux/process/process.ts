import type { Clock } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import type { Files } from '../files/files.ts';
import type { Namespace } from '../namespace.ts';

/** What ends or interrupts a process; KILL can't be handled. */
export type SignalName = 'INT' | 'TERM' | 'HUP' | 'WINCH' | 'KILL' | 'PIPE';
export const signalNumber = { HUP: 1, INT: 2, KILL: 9, PIPE: 13, TERM: 15, WINCH: 28 } as const;

/** The reading end of a pipe, file or terminal. */
export interface Reader {
  /** The next bytes as they come; `undefined` at the end. Rejects with `signal.reason` when aborted. */
  read(signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** The terminal that this end leads to, where it does (isatty(3)). */
  readonly tty?: Tty | undefined;
  /** Lets go of one hold on this end; a pipe whose last reader is gone breaks. Absent where nothing ends with it. */
  close?(): void;
  /** Adds a hold, as dup(2) does; each process that is started with this end takes one and lets go when it ends. */
  retain?(): void;
}

/** The writing end; a write waits while the reader is slow (back-pressure). */
export interface Writer {
  /** Rejects with `LinuxError('EPIPE')` when nobody reads any more, with `signal.reason` when aborted. */
  write(data: Uint8Array | string, signal?: AbortSignal): Promise<void>;
  /** The terminal that this end leads to, where it does (isatty(3)). */
  readonly tty?: Tty | undefined;
  /** Lets go of one hold on this end; absent where nothing ends with it (a file, a terminal). */
  close?(): void;
  /** Adds a hold, as dup(2) does. */
  retain?(): void;
}

/** The terminal that a process is attached to. */
export interface Tty {
  readonly columns: number;
  readonly rows: number;
  /** Raw: each key as it comes, no echo, Ctrl-C is a byte. Cooked: whole lines, echo, Ctrl-C is SIGINT. */
  setMode(mode: 'raw' | 'cooked'): void;
  /** Who gets what Ctrl-C and a change of size say; set by the shell around each job, as tcsetpgrp(3) does. */
  foreground?: ProcessGroup | undefined;
  /** The terminal's own ends, as /dev/tty gives them. */
  readonly reader?: Reader;
  readonly writer?: Writer;
}

/** The processes of one job. */
export interface ProcessGroup {
  /** The pid of its first process. */
  readonly id: number;
  kill(signal: SignalName): void;
}

export interface Signals {
  /** Aborts (with a `SignalExit`) as soon as the process has to end; pass it to whatever may wait long. */
  readonly ended: AbortSignal;
  /** Handles a signal instead of dying of it. The last handler wins; `undefined` restores the default. */
  on(signal: Exclude<SignalName, 'KILL'>, handler: (() => void) | undefined): void;
}

/** Why a process was ended from outside: its status is 128 + the signal's number, as a shell reports it. */
export class SignalExit extends Error {
  readonly signal: SignalName;
  readonly status: number;

  constructor(signal: SignalName) {
    super(`ended by SIG${signal}`);
    this.name = 'SignalExit';
    this.signal = signal;
    this.status = 128 + signalNumber[signal];
  }
}

/** What a program gets, whether a shell, a container runtime or a lab check runs it. */
export interface Process {
  readonly argv: readonly string[];
  readonly env: Map<string, string>;
  /** Absolute. */
  cwd: string;
  readonly pid: number;
  readonly uid: number;
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
  readonly tty?: Tty;
  readonly signals: Signals;
  readonly netns: Namespace;
  readonly files: Files;
  readonly clock: Clock;
  readonly random: Random;
  /** What `uname`, `hostname` and `/etc/hostname` say. */
  readonly hostname: string;
  /** Whatever is not Linux and the program needs (a kubectl's cluster); set by who makes the machine. */
  readonly services: Services;
  spawn(spec: SpawnSpec): Child;
  /** Runs another program in place of this one, under the same pid (execve(2)): `return process.exec(...)`. */
  exec(spec: ExecSpec): Promise<number>;
  readonly ppid: number;
  /** The job that it belongs to. */
  readonly group: ProcessGroup;
  /** The processes of this pid namespace by pid, for `ps` and `kill`. */
  processes(): readonly ProcessEntry[];
}

/** Extended, by declaration merging, by the rooms above that hand something to their programs. */
// biome-ignore lint/suspicious/noEmptyInterface: rooms above add to it.
export interface Services {}

/** The namespaces that processes may differ in (namespaces(7)); `mnt`: the root with what is mounted there. */
export type NamespaceKind = 'net' | 'mnt' | 'uts' | 'pid';

export interface ExecSpec {
  readonly argv: readonly string[];
  readonly env?: Map<string, string>;
  readonly cwd?: string;
  readonly stdin?: Reader;
  readonly stdout?: Writer;
  readonly stderr?: Writer;
}

export interface SpawnSpec {
  readonly argv: readonly string[];
  readonly env?: Map<string, string>;
  readonly cwd?: string;
  readonly stdin?: Reader;
  readonly stdout?: Writer;
  readonly stderr?: Writer;
  readonly tty?: Tty | undefined;
  /** Runs in another network namespace (`ip netns exec`, `nsenter --net=FILE`). */
  readonly netns?: Namespace;
  /** Runs in namespaces of another process of this pid namespace (setns(2)); one that is gone has none. */
  readonly enter?: { readonly pid: number; readonly kinds: ReadonlySet<NamespaceKind> };
  /** Runs this function rather than looking `argv[0]` up on PATH (a subshell, a shell's builtin in a pipe). */
  readonly program?: Program;
  /** `new`: starts a job of its own; otherwise the job it joins. By default the parent's. */
  readonly group?: 'new' | ProcessGroup | undefined;
}

export interface Child {
  readonly pid: number;
  readonly argv: readonly string[];
  /** The exit status: 0 to 255; 70 our fault, 127 not found, 126 not executable, 128 + n ended by signal n. Never rejects. */
  readonly exit: Promise<number>;
  /** The signal that ended it; undefined while it runs and when it ended by itself. */
  readonly killedBy?: SignalName | undefined;
  readonly group: ProcessGroup;
  kill(signal: SignalName): void;
}

/** A line of `ps`. */
export interface ProcessEntry extends Child {
  /** 0 where the parent is not of this pid namespace. */
  readonly ppid: number;
  readonly uid: number;
  /** Virtual time of its start. */
  readonly started: number;
  readonly netns: Namespace;
  /** Aborts when it ends: the same signal that its sockets' owner has. */
  readonly ended: AbortSignal;
  /** Whether it has a terminal. */
  readonly tty?: Tty | undefined;
}

/**
 * A program. It returns its exit status; it may throw `SignalExit` (from an aborted wait) and `LinuxError`
 * (printed as `NAME: message`, status 1); anything else thrown is a fault of ours and is reported as one.
 */
export type Program = (process: Process) => Promise<number>;

/** Where programs come from: a literal table of lazy imports. `undefined`: there is no such program. */
export type ProgramTable = Readonly<Record<string, (() => Promise<Program>) | undefined>>;
