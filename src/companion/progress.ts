import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LabProgress } from '../labs/session/protocol.ts';

/** How far the learner is on kind, lab by lab: one file for the companion and all commands. */
interface ProgressFile {
  readonly version: 1;
  readonly kind: Readonly<Record<string, LabProgress>>;
}

/** What is kept of a lab; undefined where nothing is, or the file isn't one that this version can read. */
export async function readProgress(path: string, lab: string): Promise<LabProgress | undefined> {
  const progress = Object.hasOwn((await read(path)).kind, lab) ? (await read(path)).kind[lab] : undefined;
  const sound =
    progress?.version === 1 &&
    Array.isArray(progress.done) &&
    typeof progress.captures === 'object' &&
    typeof progress.hints === 'object';
  return sound ? progress : undefined;
}

/** Keeps a lab's progress. The file is replaced in one step: a crash leaves the old one or the new one. */
export async function keepProgress(path: string, progress: LabProgress): Promise<void> {
  const file = await read(path);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ version: 1, kind: { ...file.kind, [progress.lab]: progress } }, undefined, 2);
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${text}\n`, { mode: 0o600 });
  await rename(draft, path);
}

async function read(path: string): Promise<ProgressFile> {
  const empty: ProgressFile = { version: 1, kind: {} };
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return empty;
  try {
    const file = JSON.parse(text) as ProgressFile;
    if (file.version === 1 && typeof file.kind === 'object') return file;
  } catch {
    // Not JSON: nothing that could be kept.
  }
  return empty;
}
