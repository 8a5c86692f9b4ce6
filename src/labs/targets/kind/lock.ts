import { open, readFile, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A lock without a process in it after so long (milliseconds) is one whose process was killed before it wrote itself in. */
const WRITTEN_AFTER = 5000;

/**
 * Runs `work` while no other process of the course does the same under this file. A lock whose process is gone
 * (killed while it worked) is taken over.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  waiting: (pid: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  for (let told = false; ; ) {
    signal?.throwIfAborted();
    const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return undefined;
      throw error;
    });
    if (file !== undefined) {
      await file.writeFile(String(process.pid));
      await file.close();
      break;
    }
    const pid = Number(await readFile(path, 'utf8').catch(() => '')) || 0;
    if (pid > 0 ? !isAlive(pid) : await isOld(path)) {
      await rm(path, { force: true });
      continue;
    }
    if (!told) waiting(pid);
    told = true;
    await sleep(500, undefined, signal === undefined ? {} : { signal });
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > WRITTEN_AFTER;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
