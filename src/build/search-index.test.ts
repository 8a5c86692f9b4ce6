import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { indexOf, searchIndex } from './search-index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hop-search-'));
  await mkdir(join(folder, 'lesson'));
  await writeFile(
    join(folder, 'lesson/index.html'),
    '<html lang="en"><main data-pagefind-body><h1>Veth</h1></main></html>',
  );
});
afterEach(() => rm(folder, { recursive: true }));

const build = (at: string): Promise<void> => {
  const done = searchIndex().hooks['astro:build:done'] as unknown as (options: object) => Promise<void>;
  return done({ dir: pathToFileURL(`${at}/`), logger: { info: () => {} } });
};

test('every file of the index is on the disk, and whole, when the build is done', async () => {
  const expected = await indexOf(folder);
  await build(folder);
  expect(await readdir(join(folder, 'pagefind'))).toEqual(
    expect.arrayContaining(['pagefind.js', 'pagefind-worker.js']),
  );
  for (const { path, content } of expected) {
    expect((await readFile(join(folder, 'pagefind', path))).length, path).toBe(content.length);
  }
  const entry = JSON.parse(await readFile(join(folder, 'pagefind/pagefind-entry.json'), 'utf8'));
  expect(entry.languages.en.page_count).toBe(1);
});

test('a site without a page to search in is an error', async () => {
  await rm(join(folder, 'lesson'), { recursive: true });
  await expect(build(folder)).rejects.toThrow('there is no page in');
});
