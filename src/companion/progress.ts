import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CourseProgress, formatProgress, NO_PROGRESS, parseProgress, withLab } from '../labs/progress/progress.ts';
import type { LabProgress } from '../labs/session/protocol.ts';

/**
 * How far the learner is: one file for the companion and all commands, in the form that the page exports and imports.
 * A file that can't be read is set aside, never overwritten.
 */
export async function readProgress(path: string, lab: string): Promise<LabProgress | undefined> {
  return (await read(path)).labs[lab]?.kind;
}

/** Keeps a lab's progress on kind. The file is replaced in one step: a crash leaves the old one or the new one. */
export async function keepProgress(path: string, progress: LabProgress): Promise<void> {
  const draft = `${path}.${process.pid}`;
  const text = formatProgress(withLab(await read(path), 'kind', progress));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}

async function read(path: string): Promise<CourseProgress> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return NO_PROGRESS;
  const parsed = parseProgress(text);
  if ('progress' in parsed) return parsed.progress;
  await rename(path, `${path}.unreadable`);
  return NO_PROGRESS;
}
