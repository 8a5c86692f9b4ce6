import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { brokenLinks } from './links.ts';

let folder = '';
afterEach(() => rm(folder, { recursive: true, force: true }));

async function site(pages: Readonly<Record<string, string>>, base = '/'): Promise<readonly string[]> {
  folder = await mkdtemp(join(tmpdir(), 'hop-links-'));
  for (const [name, html] of Object.entries(pages)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), html);
  }
  return brokenLinks(folder, base);
}

test('links between pages, to anchors, and away from the site are fine', async () => {
  const faults = await site({
    'index.html': '<a href="/a/#part">a</a> <a href="a/">a</a> <a href="https://kubernetes.io/">k</a>',
    'a/index.html': '<h2 id="part">Part</h2> <a href="../">up</a>',
  });
  expect(faults).toEqual([]);
});

test.each([
  ['a page that is not there', '<a href="/b/">b</a>', 'index.html: href="/b/" leads to no page or file'],
  ['an anchor that is not there', '<a href="#x">x</a>', 'that page has no element with id "x"'],
  ['a script from elsewhere', '<script src="https://cdn.example/x.js"></script>', 'ship it with the site'],
])('finds %s', async (_, html, fault) => {
  expect((await site({ 'index.html': html })).join()).toContain(fault);
});

test('finds a link that leaves the base path', async () => {
  const faults = await site({ 'index.html': '<a href="/labs/">x</a> <a href="/course/">y</a>' }, '/course/');
  expect(faults).toEqual(['index.html: href="/labs/" leaves the base path /course/']);
});
