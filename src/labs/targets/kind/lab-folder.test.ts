import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { labFolder } from './lab-folder.ts';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'hop-folder-'));
  mkdirSync(join(base, 'lab'));
  writeFileSync(join(base, 'secret'), 'secret');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

test('files are written, read and listed; hidden ones stay hidden', async () => {
  const lab = labFolder(join(base, 'lab'));
  await lab.write('more/deep.yaml', 'b: 2');
  await lab.write('web.yaml', 'a: 1\n');
  await lab.write('.swp', 'x');
  expect((await lab.read('more/deep.yaml')).toString()).toBe('b: 2');
  expect(await lab.list()).toEqual([
    { path: 'more/deep.yaml', size: 4 },
    { path: 'web.yaml', size: 5 },
  ]);
  await expect(lab.read('none')).rejects.toMatchObject({ code: 'notFound' });
  await expect(lab.read('more')).rejects.toMatchObject({ code: 'notFound' });
});

test('nothing outside is reached, not by dots, not by a link', async () => {
  const lab = labFolder(join(base, 'lab'));
  symlinkSync(join(base, 'secret'), join(base, 'lab', 'link'));
  symlinkSync(base, join(base, 'lab', 'up'));
  for (const path of ['../secret', join(base, 'secret'), 'link', 'up/secret', 'a/../../secret', '.', '', 'x\0y']) {
    await expect(lab.read(path), path).rejects.toMatchObject({ code: 'forbidden' });
    await expect(lab.write(path, 'x'), path).rejects.toMatchObject({ code: 'forbidden' });
  }
  symlinkSync(join(base, 'new'), join(base, 'lab', 'dangling'));
  await expect(lab.write('dangling', 'x')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(lab.write('dangling/deep', 'x')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(lab.write('up/new', 'x')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(lab.write('big', 'x'.repeat(2 * 1024 * 1024))).rejects.toMatchObject({ code: 'unsupported' });
});
