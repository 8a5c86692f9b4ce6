import type { LabProgress } from '../../labs/session/protocol.ts';

/**
 * What the browser keeps of a lab: progress (with the page target's input log) and edits not yet saved. One entry of
 * local storage for each lab, with a version. Storage may be full or forbidden; then the page says so and goes on.
 */
export interface Kept {
  readonly version: 1;
  readonly progress?: LabProgress;
  /** Unsaved editor texts by path. */
  readonly drafts: Readonly<Record<string, string>>;
}

export interface Storage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const PREFIX = 'hop:lab:';
const EMPTY: Kept = { version: 1, drafts: {} };

export class Keeper {
  readonly #storage: Storage | undefined;
  readonly #key: string;
  #kept: Kept = EMPTY;
  /** Why nothing, or not all, can be kept; in words for the learner. */
  trouble: string | undefined;

  constructor(lab: string, storage: Storage | undefined = browserStorage()) {
    this.#key = PREFIX + lab;
    this.#storage = storage;
    if (storage === undefined) this.trouble = FORBIDDEN;
    this.readAgain();
  }

  /** Takes what the storage has now: another tab may have written since. */
  readAgain(): void {
    try {
      const text = this.#storage?.getItem(this.#key) ?? null;
      if (text !== null) this.#kept = read(text);
    } catch {
      this.trouble = FORBIDDEN;
    }
  }

  get kept(): Kept {
    return this.#kept;
  }

  keepProgress(progress: LabProgress): void {
    this.#write({ ...this.#kept, progress });
  }

  keepDraft(path: string, text: string | undefined): void {
    const { [path]: _, ...others } = this.#kept.drafts;
    this.#write({ ...this.#kept, drafts: text === undefined ? others : { ...others, [path]: text } });
  }

  /** Steps are worth more than the cluster's state: where storage is full, the input log goes first. */
  #write(kept: Kept): void {
    this.#kept = kept;
    if (this.#storage === undefined) return;
    try {
      this.#storage.setItem(this.#key, JSON.stringify(kept));
      this.trouble = undefined;
      return;
    } catch (error) {
      if (!isFull(error)) {
        this.trouble = FORBIDDEN;
        return;
      }
    }
    try {
      const { replay: _, ...progress } = kept.progress ?? { replay: undefined };
      const { progress: __, ...rest } = kept;
      this.#storage.setItem(this.#key, JSON.stringify('version' in progress ? { ...rest, progress } : rest));
      this.trouble =
        'Your browser’s storage for this site is full. Your steps are kept; the state of the cluster is not.';
    } catch {
      this.trouble =
        'Your browser’s storage for this site is full, so nothing of this lab can be kept. Export your progress to keep it.';
    }
  }
}

const FORBIDDEN =
  'Your browser does not let this site store anything, so a reload starts the lab anew. Export your progress to keep it.';

/** All labs' progress as one file. */
export interface ProgressFile {
  readonly hopByHop: 1;
  readonly labs: readonly LabProgress[];
}

export function exportProgress(storage: Storage | undefined, current: LabProgress | undefined): ProgressFile {
  const labs = new Map<string, LabProgress>();
  try {
    for (let i = 0; i < (storage?.length ?? 0); i++) {
      const key = storage?.key(i) ?? '';
      const text = key.startsWith(PREFIX) ? (storage?.getItem(key) ?? null) : null;
      const progress = text === null ? undefined : read(text).progress;
      if (progress !== undefined) labs.set(progress.lab, progress);
    }
  } catch {}
  if (current !== undefined) labs.set(current.lab, current);
  return { hopByHop: 1, labs: [...labs.values()] };
}

/** Takes over a file. @returns its labs. Throws, in words for the learner, for anything else. */
export function importProgress(text: string, storage: Storage | undefined): readonly LabProgress[] {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new Error('This file is not JSON, so it is no export of Hop by Hop.');
  }
  if (!isProgressFile(file))
    throw new Error('This file is no export of Hop by Hop, or of a version that this page does not know.');
  for (const progress of file.labs) {
    try {
      storage?.setItem(PREFIX + progress.lab, JSON.stringify({ ...EMPTY, progress }));
    } catch {
      throw new Error('Your browser does not let this site store the file’s content.');
    }
  }
  return file.labs;
}

function isProgressFile(value: unknown): value is ProgressFile {
  if (typeof value !== 'object' || value === null || !('hopByHop' in value) || value.hopByHop !== 1) return false;
  return 'labs' in value && Array.isArray(value.labs) && value.labs.every(isProgress);
}

function isProgress(value: unknown): value is LabProgress {
  if (typeof value !== 'object' || value === null) return false;
  const { version, lab, done } = value as Partial<Record<keyof LabProgress, unknown>>;
  return version === 1 && typeof lab === 'string' && Array.isArray(done);
}

/** Entries of other versions, and damaged ones, count as none. */
function read(text: string): Kept {
  try {
    const value = JSON.parse(text) as Partial<Kept>;
    if (value.version !== 1) return EMPTY;
    return {
      version: 1,
      drafts: value.drafts ?? {},
      ...(isProgress(value.progress) ? { progress: value.progress } : {}),
    };
  } catch {
    return EMPTY;
  }
}

export function browserStorage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

const isFull = (error: unknown): boolean => error instanceof DOMException && error.name === 'QuotaExceededError';
