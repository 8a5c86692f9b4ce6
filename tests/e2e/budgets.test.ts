import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage, type Site, serveSite, siteFolder } from './browser.ts';
import { Learner } from './learner.ts';

/** What a reader downloads before doing anything: gzip's best of each body, as a static host sends it. */

let site: Site;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([serveSite(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Formats that are packed already; hosts send them as they are. */
const PACKED = /\.(woff2|png|webp|avif|jpg|gz)$/;

interface Weight {
  readonly bytes: number;
  readonly script: number;
  readonly parts: string;
}

async function weigh(path: string, until?: (her: Learner) => Promise<void>): Promise<Weight> {
  const { page } = await openPage(browser);
  const paths = new Set<string>();
  // The context hears a Worker's requests too.
  page.context().on('requestfinished', (request) => {
    if (request.url().startsWith(site.url)) paths.add(new URL(request.url()).pathname);
  });
  await page.goto(site.url + path, { waitUntil: 'networkidle' });
  await until?.(new Learner(page, site.url));
  const sizes = [...paths].map((pathname) => {
    const body = readFileSync(siteFolder + pathname.replace(/\/$/, '/index.html'));
    return { pathname, size: PACKED.test(pathname) ? body.length : gzipSync(body, { level: 9 }).length };
  });
  await page.context().close();
  const sum = (list: typeof sizes) => list.reduce((total, { size }) => total + size, 0);
  return {
    bytes: sum(sizes),
    script: sum(sizes.filter(({ pathname }) => /\.m?js$/.test(pathname))),
    parts: sizes
      .toSorted((a, b) => b.size - a.size)
      .map(({ pathname, size }) => `${String(size).padStart(8)} ${pathname}`)
      .join('\n'),
  };
}

test('a lesson: at most 60 KB in all, 15 KB of it script', async () => {
  const lesson = await weigh('pods/every-pod-has-an-address/');
  console.log(`lesson: ${lesson.bytes} bytes, ${lesson.script} of them script\n${lesson.parts}`);
  expect(lesson.bytes, lesson.parts).toBeLessThanOrEqual(60_000);
  expect(lesson.script, lesson.parts).toBeLessThanOrEqual(15_000);
  expect(lesson.script).toBeGreaterThan(0);
});

test('the landing page, its walk’s player included: at most 60 KB in all, 15 KB of it script', async () => {
  const landing = await weigh('');
  console.log(`landing: ${landing.bytes} bytes, ${landing.script} of them script\n${landing.parts}`);
  expect(landing.bytes, landing.parts).toBeLessThanOrEqual(60_000);
  expect(landing.script, landing.parts).toBeLessThanOrEqual(15_000);
});

test('a lab: at most 350 KB of script before the first command', async () => {
  const lab = await weigh('labs/pods/', (her) => her.ready());
  console.log(`lab: ${lab.bytes} bytes, ${lab.script} of them script\n${lab.parts}`);
  expect(lab.parts).toMatch(/worker[^/]*\.js/);
  expect(lab.parts).toMatch(/xterm[^/]*\.js/);
  expect(lab.parts).toMatch(/labs\/pods\.json/);
  expect(lab.script, lab.parts).toBeLessThanOrEqual(350_000);
});
