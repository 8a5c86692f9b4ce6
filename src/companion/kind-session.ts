import { LabEngine } from '../labs/session/engine.ts';
import type { Lab } from '../labs/spec/lab.ts';
import type { CourseFolder } from '../labs/targets/kind/folder.ts';
import { KindTarget } from '../labs/targets/kind/target.ts';
import { keepProgress, readProgress } from './progress.ts';
import { Session } from './session.ts';
import { wallClock } from './wall-clock.ts';

/** Probes and commands of the open step run again this often, in milliseconds: packets leave no event to wait for. */
const POLL_EVERY = 2000;

export interface KindSession {
  readonly session: Session;
  readonly target: KindTarget;
  /** Makes or finds the cluster, and takes up where the learner left off. */
  start(): Promise<void>;
  /** Ends the engine and the shell; the cluster stays. */
  close(): Promise<void>;
}

/** One lab on kind, with its progress read from and kept in the course's folder. */
export function kindSession(options: {
  readonly lab: Lab;
  readonly folder: CourseFolder;
  readonly hop: { readonly node: string; readonly script: string };
}): KindSession {
  const { lab, folder } = options;
  const target = new KindTarget({ lab: lab.id, folder, hop: options.hop });
  // One write after the other: each replaces the whole file.
  let kept: Promise<void> = Promise.resolve();
  const session = new Session(
    lab.id,
    (emit) => new LabEngine({ target, lab, clock: wallClock, pollEvery: POLL_EVERY, emit }),
  );
  session.listen((event) => {
    if (event.type !== 'progress') return;
    kept = kept.then(() => keepProgress(folder.progress, event.progress)).catch(() => {});
  });
  return {
    session,
    target,
    start: async () => session.start(await readProgress(folder.progress, lab.id)),
    close: async () => {
      await session.engine.handle({ type: 'stop' });
      await kept;
      await target.close();
    },
  };
}
