import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from './lock.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hop-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const nobodyWaits = (pid: number): void => {
  throw new Error(`waits for ${pid}`);
};

test('is there while the work is done, and gone after it, even when it fails', async () => {
  expect(await withLock(path, async () => existsSync(path), nobodyWaits)).toBe(true);
  expect(existsSync(path)).toBe(false);
  const fails = withLock(path, () => Promise.reject(new Error('no')), nobodyWaits);
  await expect(fails).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});

test('of a process that is gone is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(path, String(pid));
  expect(await withLock(path, async () => 'done', nobodyWaits)).toBe('done');
});

test('of a process that lives is waited for, once told, until the caller gives up', async () => {
  writeFileSync(path, String(process.pid));
  const told: number[] = [];
  const stop = new AbortController();
  const work = withLock(
    path,
    async () => 'done',
    (pid) => {
      told.push(pid);
      stop.abort(new Error('given up'));
    },
    stop.signal,
  );
  await expect(work).rejects.toThrow();
  expect(told).toEqual([process.pid]);
  expect(existsSync(path)).toBe(true);
});

test.each(['', 'nonsense'])('that holds no process (%j) is taken over once it is old', async (text) => {
  writeFileSync(path, text);
  utimesSync(path, new Date(0), new Date(0));
  expect(await withLock(path, async () => 'done', nobodyWaits)).toBe('done');
});

test('that is new and empty belongs to someone who is about to write', async () => {
  writeFileSync(path, '');
  utimesSync(path, new Date(), new Date(Date.now() + 60_000));
  await expect(withLock(path, async () => 'done', nobodyWaits)).rejects.toThrow('waits for 0');
});
