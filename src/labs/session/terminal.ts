import type { Target, TargetTerminal } from '../target.ts';
import type { SessionCommand, SessionEvent } from './protocol.ts';

export type TerminalCommand = Extract<SessionCommand, { type: `terminal.${string}` }>;

/** The learner's terminal between page and target. */
export class SessionTerminal {
  readonly #target: Target;
  readonly #emit: (event: SessionEvent) => void;
  readonly #commandEnded: () => void;
  #terminal: TargetTerminal | undefined;

  /** `commandEnded` is called when the prompt comes back after something was run. */
  constructor(target: Target, emit: (event: SessionEvent) => void, commandEnded: () => void) {
    this.#target = target;
    this.#emit = emit;
    this.#commandEnded = commandEnded;
  }

  async handle(command: TerminalCommand): Promise<void> {
    const terminal = this.#terminal;
    switch (command.type) {
      case 'terminal.open':
        await this.#open(command);
        break;
      case 'terminal.input':
        terminal?.write(command.data);
        break;
      case 'terminal.resize':
        terminal?.resize(command.columns, command.rows);
        break;
      case 'terminal.ack':
        terminal?.ack(command.length);
        break;
      case 'terminal.command':
        if (terminal?.atPrompt()) terminal.write(typed(command.command) + (command.run ? '\r' : ''));
        break;
    }
  }

  close(): void {
    this.#terminal?.close();
    this.#terminal = undefined;
  }

  async #open(size: { columns: number; rows: number }): Promise<void> {
    this.close();
    const terminal = await this.#target.terminal(size);
    this.#terminal = terminal;
    const isOpen = () => this.#terminal === terminal;
    let busy = false;
    terminal.onData((data) => {
      if (isOpen()) this.#emit({ type: 'terminal.output', data });
    });
    terminal.onPrompt((ready) => {
      if (!isOpen()) return;
      this.#emit({ type: 'terminal.prompt', ready });
      if (ready && busy) this.#commandEnded();
      busy = !ready;
    });
    terminal.onExit((code) => {
      if (!isOpen()) return;
      this.#terminal = undefined;
      this.#emit({ type: 'terminal.exit', code });
    });
    if (terminal.atPrompt()) this.#emit({ type: 'terminal.prompt', ready: true });
  }
}

/** Several lines are pasted as one (bracketed paste), so that the shell runs none before its time. */
function typed(command: string): string {
  const text = command.replace(/\n+$/, '');
  return text.includes('\n') ? `\u001b[200~${text}\u001b[201~` : text;
}
