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
}

/** The writing end; a write waits while the reader is slow (back-pressure). */
export interface Writer {
  /** Rejects with `LinuxError('EPIPE')` when nobody reads any more. */
  write(data: Uint8Array | string): Promise<void>;
  /** Absent where several processes share the end (a terminal). */
  close?(): void;
}

/** The terminal that a process is attached to. */
export interface Tty {
  readonly columns: number;
  readonly rows: number;
  /** Raw: each key as it comes, no echo, Ctrl-C is a byte. Cooked: whole lines, echo, Ctrl-C is SIGINT. */
  setMode(mode: 'raw' | 'cooked'): void;
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
  /** The processes of this pid namespace, for `ps` and `kill`. */
  processes(): readonly Child[];
}

/** Extended, by declaration merging, by the rooms above that hand something to their programs. */
// biome-ignore lint/suspicious/noEmptyInterface: rooms above add to it.
export interface Services {}

export interface SpawnSpec {
  readonly argv: readonly string[];
  readonly env?: Map<string, string>;
  readonly cwd?: string;
  readonly stdin?: Reader;
  readonly stdout?: Writer;
  readonly stderr?: Writer;
  readonly tty?: Tty | undefined;
  /** Runs in another network namespace (`ip netns exec`, `nsenter`). */
  readonly netns?: Namespace;
  /** Runs this function rather than looking `argv[0]` up on PATH (a subshell, a shell's builtin in a pipe). */
  readonly program?: Program;
}

export interface Child {
  readonly pid: number;
  readonly argv: readonly string[];
  /** The exit status: 0 to 255; 127 not found, 126 not executable, 128 + n ended by signal n. Never rejects. */
  readonly exit: Promise<number>;
  kill(signal: SignalName): void;
}

/**
 * A program. It returns its exit status; it may throw `SignalExit` (from an aborted wait) and `LinuxError`
 * (printed as `NAME: message`, status 1); anything else thrown is a fault of ours and is reported as one.
 */
export type Program = (process: Process) => Promise<number>;

/** Where programs come from: a literal table of lazy imports. `undefined`: there is no such program. */
export type ProgramTable = Readonly<Record<string, (() => Promise<Program>) | undefined>>;
