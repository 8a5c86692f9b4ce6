import type { Process } from '../linux/process/process.ts';

/** What is being completed: the words of the command at the cursor, quotes removed. */
export interface CompletionRequest {
  /** The words before the one at the cursor: the command's name first. */
  readonly words: readonly string[];
  /** The word at the cursor, as far as it is typed. */
  readonly current: string;
  readonly process: Process;
  readonly signal: AbortSignal;
}

export interface Candidate {
  /** What the whole word becomes. */
  readonly text: string;
  /** What the list shows; `text` when absent. */
  readonly label?: string;
  /** The word is not finished (`--output=`, a folder): no blank after it. */
  readonly open?: boolean;
}

/** Completes the words of some command, as `kubectl completion` does; handed to the shell through `services.completion`. */
export interface Completer {
  /** The command whose words it completes. */
  readonly command: string;
  /** Candidates that begin with `current`; undefined: complete file names instead. */
  complete(request: CompletionRequest): Promise<readonly Candidate[] | undefined>;
}

declare module '../linux/process/process.ts' {
  interface Services {
    readonly completion?: readonly Completer[];
    /** Told when the shell begins and ends to wait at its prompt. */
    readonly prompt?: (waiting: boolean) => void;
  }
}
