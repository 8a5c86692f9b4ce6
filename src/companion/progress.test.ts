import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LabProgress } from '../labs/session/protocol.ts';
import { keepProgress, readProgress } from './progress.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hop-progress-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const progress = (lab: string, ...done: string[]): LabProgress => ({ version: 1, lab, done, captures: {}, hints: {} });

test('keeps each lab beside the others, for its owner alone', async () => {
  const path = join(folder, 'new', 'progress.json');
  await keepProgress(path, progress('pods', 'address'));
  await keepProgress(path, progress('services'));
  await keepProgress(path, progress('pods', 'address', 'veth'));
  expect(await readProgress(path, 'pods')).toEqual(progress('pods', 'address', 'veth'));
  expect(await readProgress(path, 'services')).toEqual(progress('services'));
  expect(await readProgress(path, 'toString')).toBeUndefined();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, 'new'))).toEqual(['progress.json']);
});

test('sets a file aside that it cannot read', async () => {
  const path = join(folder, 'progress.json');
  writeFileSync(path, '{"version": 7}');
  expect(await readProgress(path, 'pods')).toBeUndefined();
  await keepProgress(path, progress('pods', 'address'));
  expect(readFileSync(`${path}.unreadable`, 'utf8')).toBe('{"version": 7}');
  expect(await readProgress(path, 'pods')).toEqual(progress('pods', 'address'));
});
