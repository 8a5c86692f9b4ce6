import type { LabProgress } from '../session/protocol.ts';

/** All that is kept of a learner's way: for each lab, its two marks. Versioned, so that old tells itself from new. */
export interface CourseProgress {
  readonly version: 1;
  readonly labs: Readonly<Record<string, LabRecord>>;
}

/** Progress on the page's cluster and on kind are two marks; the replay of a cluster stays where it was made. */
export interface LabRecord {
  readonly page?: LabProgress;
  readonly kind?: LabProgress;
}

export const NO_PROGRESS: CourseProgress = { version: 1, labs: {} };

/** What a kept or imported text holds, or why it can't be read; the text itself is never changed. */
export type Parsed = { readonly progress: CourseProgress } | { readonly error: string };

/** Reads what `formatProgress` wrote. */
export function parseProgress(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { error: 'This is not a progress file of the course: it is not JSON, or it was cut off.' };
  }
  if (!isRecord(value) || !('version' in value)) {
    return { error: 'This is not a progress file of the course: it has no version.' };
  }
  if (value.version !== 1) {
    const found = JSON.stringify(value.version);
    return {
      error: `This progress file is of version ${found}; this course reads version 1. A newer course may read it.`,
    };
  }
  if (!isRecord(value.labs)) return { error: 'This progress file is damaged: it has no labs.' };
  const labs: Record<string, LabRecord> = {};
  for (const [id, record] of Object.entries(value.labs)) {
    if (!isRecord(record)) return { error: `This progress file is damaged at the lab "${id}".` };
    const page = labProgress(id, record.page);
    const kind = labProgress(id, record.kind);
    if (page === 'damaged' || kind === 'damaged') {
      return { error: `This progress file is damaged at the lab "${id}".` };
    }
    labs[id] = { ...(page === undefined ? {} : { page }), ...(kind === undefined ? {} : { kind }) };
  }
  return { progress: { version: 1, labs } };
}

/** For a file that goes to another browser or machine; replays are left out, they belong to one cluster. */
export function formatProgress(progress: CourseProgress): string {
  const labs = Object.entries(progress.labs).map(([id, { page, kind }]) => [
    id,
    {
      ...(page === undefined ? {} : { page: portable(page) }),
      ...(kind === undefined ? {} : { kind: portable(kind) }),
    },
  ]);
  return `${JSON.stringify({ version: 1, labs: Object.fromEntries(labs) }, null, 2)}\n`;
}

/** Sets a lab's mark on one target. */
export function withLab(progress: CourseProgress, target: keyof LabRecord, lab: LabProgress): CourseProgress {
  return { ...progress, labs: { ...progress.labs, [lab.lab]: { ...progress.labs[lab.lab], [target]: lab } } };
}

/**
 * What two have done together: nothing that either has is lost. Where both have a lab, `mine` keeps its cluster
 * (captures, replay), unless the other got further.
 */
export function mergeProgress(mine: CourseProgress, other: CourseProgress): CourseProgress {
  const ids = new Set([...Object.keys(mine.labs), ...Object.keys(other.labs)]);
  const labs: Record<string, LabRecord> = {};
  for (const id of ids) {
    const page = mergeLab(mine.labs[id]?.page, other.labs[id]?.page);
    const kind = mergeLab(mine.labs[id]?.kind, other.labs[id]?.kind);
    labs[id] = { ...(page === undefined ? {} : { page }), ...(kind === undefined ? {} : { kind }) };
  }
  return { version: 1, labs };
}

function mergeLab(mine: LabProgress | undefined, other: LabProgress | undefined): LabProgress | undefined {
  if (mine === undefined || other === undefined) return mine ?? other;
  const further = other.done.length > mine.done.length ? other : mine;
  const hints = { ...other.hints };
  for (const [step, count] of Object.entries(mine.hints)) hints[step] = Math.max(count, hints[step] ?? 0);
  return { ...further, done: [...new Set([...further.done, ...mine.done, ...other.done])], hints };
}

function portable({ replay: _, ...progress }: LabProgress): LabProgress {
  return progress;
}

function labProgress(id: string, value: unknown): LabProgress | 'damaged' | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value)) return 'damaged';
  const { version, lab, done, captures, hints, replay } = value;
  const whole =
    version === 1 &&
    lab === id &&
    Array.isArray(done) &&
    done.every((step) => typeof step === 'string') &&
    isRecord(captures) &&
    Object.values(captures).every((text) => typeof text === 'string') &&
    isRecord(hints) &&
    Object.values(hints).every((count) => Number.isInteger(count));
  if (!whole) return 'damaged';
  return {
    version,
    lab,
    done,
    captures: captures as Record<string, string>,
    hints: hints as Record<string, number>,
    ...(replay === undefined ? {} : { replay }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
