/**
 * What a lab page and the engine that runs its lab say to each other: cloneable JSON values. The engine is a
 * Worker with a simulated cluster (`cluster/port.ts`) or the companion with a kind cluster (a WebSocket).
 */

/** From the page. */
export type SessionCommand =
  | { readonly type: 'start'; readonly lab: string; readonly progress?: LabProgress }
  | { readonly type: 'answer'; readonly step: string; readonly text: string }
  | { readonly type: 'hint'; readonly step: string }
  /** Shows the solution; `run` also types it into the cluster. */
  | { readonly type: 'solution'; readonly step: string; readonly run: boolean }
  | { readonly type: 'goto'; readonly step: string }
  | { readonly type: 'reset' }
  /** Checks now (for those steps that check on request, and for the impatient). */
  | { readonly type: 'check' }
  | { readonly type: 'stop' }
  | { readonly type: 'terminal.open'; readonly columns: number; readonly rows: number }
  | { readonly type: 'terminal.input'; readonly data: string }
  | { readonly type: 'terminal.resize'; readonly columns: number; readonly rows: number }
  /** So many characters of output have been shown: the engine sends more (back-pressure). */
  | { readonly type: 'terminal.ack'; readonly length: number }
  /** Runs a command in the terminal as if typed (a click), or only types it (Shift-click). Ignored unless at the prompt. */
  | { readonly type: 'terminal.command'; readonly command: string; readonly run: boolean }
  /** The learner's folder, for the editor tab. */
  | { readonly type: 'file.list' }
  | { readonly type: 'file.read'; readonly path: string }
  | { readonly type: 'file.write'; readonly path: string; readonly text: string }
  /** A file as it is, for a download. */
  | { readonly type: 'file.fetch'; readonly path: string }
  /** Page target only: stops and continues virtual time. */
  | { readonly type: 'pause'; readonly paused: boolean };

/** From the engine. */
export type SessionEvent =
  | {
      readonly type: 'cluster';
      readonly phase: 'starting' | 'ready' | 'resetting' | 'failed' | 'stopped';
      readonly message: string;
      readonly nodes?: readonly string[];
    }
  | { readonly type: 'lab'; readonly state: LabState }
  | { readonly type: 'terminal.output'; readonly data: string }
  | { readonly type: 'terminal.prompt'; readonly ready: boolean }
  | { readonly type: 'terminal.exit'; readonly code: number }
  | { readonly type: 'file.list'; readonly files: readonly { readonly path: string; readonly size: number }[] }
  | ({ readonly type: 'file.content' } & FileContent)
  | { readonly type: 'file.bytes'; readonly path: string; readonly base64: string }
  /** `vi FILE` or `nano FILE` was typed: the page opens its editor tab. */
  | ({ readonly type: 'file.edit' } & FileContent)
  /** What the page keeps for the next visit; opaque to it (the page target's input log rides in `replay`). */
  | { readonly type: 'progress'; readonly progress: LabProgress }
  | { readonly type: 'error'; readonly message: string; readonly hint?: string };

export interface FileContent {
  readonly path: string;
  /** Empty where it is no text. */
  readonly text: string;
  readonly binary?: true;
}

export interface LabState {
  readonly lab: string;
  readonly target: 'page' | 'kind';
  readonly steps: readonly StepState[];
  /** The first step that isn't done; absent when all are. */
  readonly current?: string;
}

export interface StepState {
  readonly id: string;
  /** waiting: an earlier step is open. done stays done; `holds` says whether it is still true. */
  readonly state: 'waiting' | 'open' | 'done';
  readonly holds: boolean;
  readonly checks: readonly CheckState[];
  readonly hintsShown: readonly string[];
  readonly hintsLeft: number;
  readonly solution?: string;
}

export interface CheckState {
  /** neutral: the learner has not acted yet. */
  readonly state: 'neutral' | 'failing' | 'passing';
  /** What the check looks at, in words. */
  readonly title: string;
  readonly expected?: string;
  readonly found?: string;
  readonly because?: string;
  readonly lookAt?: string;
  /** For an `answer`: the question; the page shows a field. */
  readonly ask?: string;
}

/** Kept by the page in local storage and by the companion in its file; `version` tells old from new. */
export interface LabProgress {
  readonly version: 1;
  readonly lab: string;
  readonly done: readonly string[];
  readonly captures: Readonly<Record<string, string>>;
  readonly hints: Readonly<Record<string, number>>;
  /** The page target's input log (engine version, seed, inputs with their virtual times). */
  readonly replay?: unknown;
}
