import type { Client } from '../../../kubernetes/client/client.ts';
import type { Files } from '../../../linux/files/files.ts';
import type { Child, Program, Writer } from '../../../linux/process/process.ts';
import type { Clock } from '../../../simulation/clock.ts';
import type { ClusterInfo, LearnerServices, Place } from '../../target.ts';

/** All that the page target needs of a simulated cluster, once it is up. `src/cluster` provides it. */
export interface PageCluster {
  readonly info: ClusterInfo;
  readonly clock: Clock;
  /** Asks the API server as the course. */
  readonly client: Client;
  /** The learner's machine: its files, and the folder where their shell starts (absolute). */
  readonly files: Files;
  readonly home: string;
  /** Starts a process in a place. @returns undefined where there is no such place, or no running container in it. */
  spawn(place: Place | { readonly kind: 'learner' }, spec: PageProcess): Child | undefined;
  /** The learner's interactive shell on a terminal of its own, in `home`. */
  shell(size: { readonly columns: number; readonly rows: number }): PageShell;
  /** What programs of the learner's machine find as `process.services.lab`. */
  serve(services: LearnerServices): void;
  /** Ends everything that runs. */
  stop(): void;
}

export interface PageProcess {
  readonly argv: readonly string[];
  /** Runs instead of what `argv[0]` names on PATH. */
  readonly program?: Program;
  readonly stdout: Writer;
  readonly stderr: Writer;
  /** Marks the packets of a check; the learner doesn't see them by default. */
  readonly probe?: string;
}

/** A terminal with a shell on it. */
export interface PageShell {
  /** Keys that were pressed, text that was pasted. */
  input(text: string): void;
  onOutput(listener: (text: string) => void): void;
  ack(length: number): void;
  resize(columns: number, rows: number): void;
  /** Whether the shell waits at its first prompt (PS1) with nothing typed. */
  atPrompt(): boolean;
  onPrompt(listener: (ready: boolean) => void): void;
  /** Resolves when the shell has ended; never rejects. */
  readonly exit: Promise<number>;
  /** Hangs up: the shell and its jobs end. */
  hangUp(): void;
}
