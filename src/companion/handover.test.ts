import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { HandoverCodes } from './code.ts';
import { writeHandover } from './handover.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test('the file that hands the code over is its owner’s alone, posts it, and names it in no address', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hop-handover-'));
  folders.push(folder);
  const code = new HandoverCodes().issue();
  const path = await writeHandover(join(folder, 'run'), 'http://127.0.0.1:4321/', code);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'run')).mode & 0o777).toBe(0o700);
  expect(basename(path)).not.toContain(code);
  const page = readFileSync(path, 'utf8');
  expect(page).toContain('method="post" action="http://127.0.0.1:4321/companion/enter"');
  expect(page.match(/(?:href|src|action)="[^"]*"/g)?.join()).not.toContain(code);
});

test('codes are of letters that nobody mistakes, and never the same', () => {
  const codes = new HandoverCodes();
  const issued = Array.from({ length: 200 }, () => codes.issue());
  expect(new Set(issued).size).toBe(200);
  for (const code of issued) expect(code).toMatch(/^[A-HJKMNPQRTWXYZ2346789]{5}-[A-HJKMNPQRTWXYZ2346789]{5}$/);
});
