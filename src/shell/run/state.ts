import {
  type Child,
  type Process,
  type ProcessGroup,
  SignalExit,
  type SignalName,
} from '../../linux/process/process.ts';
import { Collector } from '../../linux/process/streams.ts';
import { ExpansionError } from '../expand/error.ts';
import type { Scope } from '../expand/scope.ts';
import type { Command, List } from '../syntax/ast.ts';
import { parse } from '../syntax/parser.ts';
import { FatalError, Interrupted } from './control.ts';
import { Io } from './io.ts';
import { Jobs } from './jobs.ts';
import { homeOf, specialParameter } from './special.ts';

export interface Variable {
  value: string | undefined;
  exported: boolean;
  readonly: boolean;
  integer: boolean;
}

export interface ShellOptions {
  errexit: boolean;
  nounset: boolean;
  xtrace: boolean;
  noglob: boolean;
  noclobber: boolean;
  pipefail: boolean;
}

/** Virtual milliseconds that a command or a turn of a loop takes of the shell itself. */
const TURN_COST = 0.005;
const TURN_PORTION = 0.02;
/** Functions, `eval` and `source` inside each other. */
const DEPTH_LIMIT = 500;
const VALUE_LIMIT = 4 * 1024 * 1024;

/** What runs the pieces of a program; set by `run/list.ts`, so that this file needs none of them. */
export interface Runner {
  /** `tail`: nothing comes after the list, so that its last program may take the shell's place. */
  list(shell: Shell, list: List, tail: boolean): Promise<number>;
  command(shell: Shell, command: Command, tail: boolean): Promise<number>;
  /** Runs words that are expanded already, as a builtin or a program but not as a function. */
  execute(shell: Shell, words: readonly string[], tail: boolean): Promise<number>;
  /** Runs words that are expanded already, as a program. */
  external(shell: Shell, words: readonly string[], tail: boolean): Promise<number>;
  /** The builtins' names. */
  readonly builtins: ReadonlySet<string>;
  /** Runs a whole program or subshell: `exit`, fatal errors and the EXIT trap end it. @returns its status */
  settle(shell: Shell, task: () => Promise<number>): Promise<number>;
}

/** A shell's state: what its commands read and change. A subshell gets a copy. */
export class Shell implements Scope {
  readonly process: Process;
  readonly runner: Runner;
  readonly variables = new Map<string, Variable>();
  readonly functions = new Map<string, Command>();
  readonly aliases = new Map<string, string>();
  /** What `local` has hidden, a map for each function that runs. */
  readonly locals: Map<string, Variable | undefined>[] = [];
  readonly traps = new Map<string, string>();
  readonly jobs = new Jobs();
  readonly history: string[] = [];
  /** Statuses of jobs that have been waited for, by pid. */
  readonly ended = new Map<number, number>();
  /** What `read` has taken from an end beyond its line. */
  readonly lines: WeakMap<object, { bytes: Uint8Array }> = new WeakMap();
  readonly options: ShellOptions = {
    errexit: false,
    nounset: false,
    xtrace: false,
    noglob: false,
    noclobber: false,
    pipefail: false,
  };
  /** `$0`, and how messages begin. */
  name = 'bash';
  positional: readonly string[] = [];
  io: Io;
  status = 0;
  lastBackground: number | undefined;
  /** At a prompt: job control, aliases, messages without line numbers. */
  interactive = false;
  lineNumbers = true;
  /** Above zero while a failure is being asked about (`if`, `&&`, `!`): `set -e` doesn't act. */
  asking = 0;
  loops = 0;
  /** Files that `source` is reading now. */
  sourcing = 0;
  depth = 0;
  line = 1;
  /** Status of the last command substitution of the command at hand. */
  substituted: number | undefined;
  readonly #pendingTraps: string[] = [];
  #interrupt: AbortSignal | undefined;
  #owed = 0;
  #trapping = false;
  #waiting: AbortController | undefined;
  readonly mainPid: number;
  readonly started: number;
  /** A `$(...)`. */
  substitution = false;
  /** Runs what stood behind `-c`. */
  commandString = false;

  constructor(process: Process, runner: Runner, parent?: Shell) {
    this.process = process;
    this.runner = runner;
    this.io = Io.of(process);
    this.mainPid = parent?.mainPid ?? process.pid;
    this.started = parent?.started ?? process.clock.now();
    if (parent === undefined) {
      for (const [name, value] of process.env) {
        if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) this.declare(name, { value, exported: true });
      }
      return;
    }
    for (const [name, variable] of parent.variables) this.variables.set(name, { ...variable });
    for (const [name, body] of parent.functions) this.functions.set(name, body);
    for (const [name, text] of parent.aliases) this.aliases.set(name, text);
    Object.assign(this.options, parent.options);
    this.name = parent.name;
    this.positional = parent.positional;
    this.status = parent.status;
    this.lastBackground = parent.lastBackground;
    this.line = parent.line;
    this.lineNumbers = parent.lineNumbers;
    this.commandString = parent.commandString;
    this.depth = parent.depth;
    this.loops = parent.loops;
    this.asking = parent.asking;
    this.locals.push(...parent.locals.map((map) => new Map(map)));
    process.cwd = parent.process.cwd;
  }

  get files(): Process['files'] {
    return this.process.files;
  }

  get cwd(): string {
    return this.process.cwd;
  }

  get nounset(): boolean {
    return this.options.nounset;
  }

  get noglob(): boolean {
    return this.options.noglob;
  }

  /** What ends a wait: the end of the process, or Ctrl-C at the prompt. */
  get signal(): AbortSignal {
    return this.#interrupt ?? this.process.signals.ended;
  }

  get(name: string): string | undefined {
    return specialParameter(this, name) ?? this.variables.get(name)?.value;
  }

  set(name: string, value: string): void {
    if (value.length > VALUE_LIMIT) throw new ExpansionError(`${name}: Cannot allocate memory`);
    const variable = this.variables.get(name);
    if (variable?.readonly) throw new FatalError(`${name}: readonly variable`);
    if (variable === undefined) this.declare(name, { value });
    else variable.value = value;
  }

  declare(name: string, fields: Partial<Variable>): Variable {
    const old = this.variables.get(name) ?? { value: undefined, exported: false, readonly: false, integer: false };
    const variable = { ...old, ...fields };
    this.variables.set(name, variable);
    return variable;
  }

  unset(name: string): void {
    if (this.variables.get(name)?.readonly) throw new FatalError(`unset: ${name}: cannot unset: readonly variable`);
    this.variables.delete(name);
  }

  home(user: string): string | undefined {
    return homeOf(this, user);
  }

  /** The environment of a command: what is exported, and what stands before the command. */
  environment(extra: ReadonlyMap<string, string> = new Map()): Map<string, string> {
    const env = new Map<string, string>();
    for (const [name, { value, exported }] of this.variables) if (exported && value !== undefined) env.set(name, value);
    for (const [name, value] of extra) env.set(name, value);
    return env;
  }

  /** `bash: ` at a prompt, `NAME: line N: ` in a script. */
  get prefix(): string {
    return this.lineNumbers ? `${this.name}: line ${this.line}: ` : `${this.name}: `;
  }

  async complain(message: string, io: Io = this.io): Promise<void> {
    await io.stderr.write(`${this.prefix}${message}\n`);
  }

  /** To be awaited before each command and each turn of a loop: time goes on, traps run, Ctrl-C ends it. */
  async turn(): Promise<void> {
    this.signal.throwIfAborted();
    this.#owed += TURN_COST;
    if (this.#owed >= TURN_PORTION) {
      const owed = this.#owed;
      this.#owed = 0;
      await this.process.clock.sleep(owed, this.signal);
    }
    await this.runTraps();
  }

  /** Runs `task` so that Ctrl-C gives it up with `Interrupted`. */
  async interruptible<T>(task: () => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const { ended } = this.process.signals;
    const end = () => controller.abort(ended.reason);
    ended.addEventListener('abort', end, { once: true });
    this.#interrupt = controller.signal;
    this.process.signals.on('INT', () => controller.abort(new Interrupted()));
    try {
      return await task();
    } finally {
      ended.removeEventListener('abort', end);
      this.#interrupt = undefined;
      this.process.signals.on('INT', () => {});
    }
  }

  /** Waits for a process; rejects when the shell itself is ended or interrupted. */
  wait(child: Child): Promise<number> {
    return this.#settled(child, this.signal);
  }

  /** `wait` for a process, cut short by a trapped signal. @returns its status, or 130 or so for the signal */
  async waitOrTrap(child: Child): Promise<number> {
    const trapped = new AbortController();
    const { signal } = this;
    const abort = () => trapped.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    this.#waiting = trapped;
    try {
      return await this.#settled(child, trapped.signal);
    } catch (error) {
      if (error instanceof SignalExit && !this.process.signals.ended.aborted) return error.status;
      throw error;
    } finally {
      this.#waiting = undefined;
      signal.removeEventListener('abort', abort);
    }
  }

  #settled(child: Child, signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.process.clock.woke();
        reject(signal.reason);
      };
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      void child.exit.then((status) => {
        signal.removeEventListener('abort', abort);
        resolve(status);
      });
    });
  }

  async nested<T>(what: string, task: () => Promise<T>): Promise<T> {
    if (this.depth >= DEPTH_LIMIT)
      throw new FatalError(`${what}: maximum function nesting level exceeded (${DEPTH_LIMIT})`);
    this.depth++;
    try {
      return await task();
    } finally {
      this.depth--;
    }
  }

  async substitute(body: List): Promise<string> {
    const output = new Collector(VALUE_LIMIT);
    const io = this.io.with(1, { writer: output });
    const child = this.fork(io, (sub) => {
      sub.substitution = true;
      return this.runner.list(sub, body, true);
    });
    this.substituted = await this.wait(child);
    if (output.truncated) throw new ExpansionError('command substitution: Cannot allocate memory');
    return output.text().replaceAll('\0', '').replace(/\n+$/, '');
  }

  /** Starts a subshell: a process with a copy of this shell and the descriptors `io`. */
  fork(io: Io, task: (shell: Shell) => Promise<number>, group?: 'new' | ProcessGroup): Child {
    return this.process.spawn({
      argv: [this.name],
      env: this.environment(),
      cwd: this.cwd,
      stdin: io.stdin,
      stdout: io.stdout,
      stderr: io.stderr,
      group,
      program: async (process) => {
        const sub = new Shell(process, this.runner, this);
        sub.io = io.adopt(process);
        return this.runner.settle(sub, () => task(sub));
      },
    });
  }

  /** A trapped signal has come: its command runs before the next one. */
  trap(signal: SignalName): void {
    this.#pendingTraps.push(signal);
    this.#waiting?.abort(new SignalExit(signal));
  }

  async runTraps(): Promise<void> {
    if (this.#trapping) return;
    this.#trapping = true;
    try {
      for (let signal = this.#pendingTraps.shift(); signal !== undefined; signal = this.#pendingTraps.shift()) {
        const { status } = this;
        await this.evaluate(this.traps.get(signal) ?? '');
        this.status = status;
      }
    } finally {
      this.#trapping = false;
    }
  }

  /** Parses and runs a text here, as `eval` does. */
  async evaluate(text: string): Promise<number> {
    return this.runner.list(this, parse(text, { firstLine: this.line }).list, false);
  }
}
