import type { Machine } from '../linux/machine.ts';
import type { Services } from '../linux/process/process.ts';
import { TerminalDevice } from '../linux/tty/terminal.ts';

/** The folder where the learner's shell starts. */
export const HOME = '/root/lab';

/** Characters of output that may be on their way to the page. */
const WINDOW = 64 * 1024;

const PROFILE = `PS1='\\[\\e[1;34m\\]hop\\[\\e[0m\\]:\\[\\e[36m\\]\\W\\[\\e[0m\\]\\$ '
alias ll='ls -l'
alias k=kubectl
`;

/** Lays the learner's folder and profile out. `variables` are set in every shell of theirs. */
export function furnish(machine: Machine, variables: Readonly<Record<string, string>>): void {
  machine.files.mkdir(HOME, { parents: true });
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${value}\n`);
  machine.files.write('/root/.bashrc', `${PROFILE}${exports.join('')}`);
}

/** What a process of the learner's gets as environment. */
export function learnerEnvironment(variables: Readonly<Record<string, string>>): Map<string, string> {
  return new Map([
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['HOME', '/root'],
    ['USER', 'root'],
    ['SHELL', '/bin/bash'],
    ['LANG', 'C.UTF-8'],
    ['TERM', 'xterm-256color'],
    ...Object.entries(variables),
  ]);
}

/** An interactive shell on a terminal of its own. */
export class LearnerShell {
  readonly exit: Promise<number>;
  readonly #terminal: TerminalDevice;
  readonly #listeners = new Set<(ready: boolean) => void>();
  #waiting = false;

  constructor(
    machine: Machine,
    options: {
      readonly size: { readonly columns: number; readonly rows: number };
      readonly env: Map<string, string>;
      readonly services: Services;
    },
  ) {
    const { size, env, services } = options;
    this.#terminal = new TerminalDevice({ clock: machine.clock, ...size, window: WINDOW });
    const prompt = (waiting: boolean) => {
      this.#waiting = waiting;
      for (const listener of this.#listeners) listener(waiting);
    };
    const child = machine.spawn({
      argv: ['bash'],
      cwd: HOME,
      env,
      ...this.#terminal.streams,
      services: { ...services, prompt },
    });
    this.exit = child.exit;
  }

  input(text: string): void {
    this.#terminal.input(text);
  }

  onOutput(listener: (text: string) => void): void {
    this.#terminal.onOutput(listener);
  }

  ack(length: number): void {
    this.#terminal.ack(length);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  atPrompt(): boolean {
    return this.#waiting;
  }

  onPrompt(listener: (ready: boolean) => void): void {
    this.#listeners.add(listener);
  }

  hangUp(): void {
    this.#terminal.hangUp();
  }
}
