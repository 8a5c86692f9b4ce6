import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage, type Site, serveSite, type Watched } from './browser.ts';

const LESSON = 'pods/every-pod-has-an-address/';
const PAGES = ['', LESSON, 'labs/', 'labs/pods/', 'reference/modelled/', '404.html'];

let site: Site;
let browser: Browser;
let watched: Watched;

beforeAll(async () => {
  [site, browser] = await Promise.all([serveSite(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

afterEach(async () => {
  await watched?.page.context().close();
});

async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  watched = await openPage(browser, options);
  await watched.page.goto(site.lanUrl + path);
  return watched.page;
}

test('the landing page says what the course is, and leads to lesson and lab', async () => {
  const page = await open('');
  expect(await page.title()).toContain('Kubernetes networking');
  expect(await page.locator('h1').count()).toBe(1);
  await page.getByRole('link', { name: 'Start with lesson one' }).click();
  await page.getByRole('heading', { level: 1, name: 'Every pod has an address' }).waitFor();
  await page.goBack();
  await page.getByRole('link', { name: 'Open the lab' }).click();
  await page.getByRole('heading', { level: 1, name: /Every pod has an address/ }).waitFor();
  expect(watched.faults).toEqual([]);
});

test('the walk plays, and is stepped and scrubbed by mouse and keyboard', async () => {
  const page = await open('', { reducedMotion: 'reduce' });
  const walk = page.locator('packet-walk').first();
  await walk.locator('[data-controls]').waitFor();
  const total = await walk.locator('[data-step]').count();
  expect(total).toBeGreaterThan(5);
  const at = async (step: number) => {
    await expect.poll(() => walk.locator('[data-count]').textContent()).toBe(`${step} / ${total}`);
    const current = walk.locator('[data-step][aria-current=step]');
    expect(await current.count()).toBe(step === 0 ? 0 : 1);
    if (step === 0) return;
    const sentence = await current.locator('span').first().textContent();
    expect(await walk.locator('[data-panel] .walk-sentence').textContent()).toBe(sentence);
  };
  const packet = () => walk.locator('svg.walk-stage .walk-packet').first().getAttribute('transform');

  await at(0);
  await walk.getByRole('button', { name: 'Step forward' }).click();
  await at(1);
  const first = await packet();
  await walk.getByRole('button', { name: 'Step forward' }).click();
  await walk.getByRole('button', { name: 'Step forward' }).click();
  await at(3);
  expect(await packet()).not.toBe(first);
  await walk.getByRole('button', { name: 'Step back' }).click();
  await at(2);
  await walk.getByRole('button', { name: 'Step back' }).focus();
  await page.keyboard.press('ArrowRight');
  await at(3);
  await page.keyboard.press('ArrowLeft');
  await at(2);

  const scrub = walk.getByRole('slider', { name: 'Step' });
  await scrub.focus();
  await page.keyboard.press('End');
  await at(total);
  await page.keyboard.press('ArrowLeft');
  await at(total - 1);
  const box = await scrub.boundingBox();
  await scrub.click({ position: { x: 2, y: (box?.height ?? 10) / 2 } });
  await at(0);

  await walk.locator('[data-step]').nth(4).click();
  await at(5);
  await walk.getByRole('button', { name: 'Play' }).click();
  await at(6);
  await walk.getByRole('button', { name: 'Pause' }).click();
  await walk.getByRole('button', { name: 'Play' }).waitFor();
  expect(watched.faults).toEqual([]);
});

test('without script the walk’s first frame and every sentence are there', async () => {
  const page = await open('', { javaScriptEnabled: false });
  const walk = page.locator('packet-walk').first();
  await walk.locator('svg.walk-stage').first().getByText('client').waitFor();
  expect(await walk.locator('[data-step]').count()).toBeGreaterThan(5);
  expect(await walk.locator('[data-controls]').isVisible()).toBe(false);
});

test('the lesson asks for a prediction, shows real outputs and a diagram, explains its quiz, names its sources', async () => {
  const page = await open(LESSON);
  const predict = page.getByRole('region', { name: 'Predict' });
  await predict.getByText('“Timed out”, after a while').click();
  expect(await predict.locator('packet-walk').isVisible()).toBe(false);
  await predict.getByText('See what happens').click();
  await predict.getByText('Not quite what you said.').waitFor();
  await predict.locator('packet-walk [data-controls]').waitFor();
  await predict.getByText('“Connection refused”, at once').first().click();
  await predict.getByText('That is what you said.').waitFor();

  const text = await page.locator('main').textContent();
  expect(text).toMatch(/client +1\/1 +Running/);
  expect(text).toMatch(/10\.244\.2\.0\/24 via 172\.18\.0\.\d+ dev eth0/);

  const diagram = page.locator('main svg[aria-roledescription], main figure svg, main svg[role]').filter({
    has: page.locator('title', { hasText: 'Who does what before a pod' }),
  });
  expect(await diagram.count()).toBeGreaterThan(0);
  expect(await diagram.first().locator('desc').textContent()).toContain('The kubelet asks the container runtime');

  const question = page.locator('.question').first();
  await question.getByText('Check', { exact: true }).click();
  await question.getByText('Choose an answer first.').waitFor();
  await question.getByText('The routes between the nodes').click();
  await question.getByText('A refusal came back, so the routes work both ways.').waitFor();
  await question.getByText('Whether the program listens on 8080').click();
  await question.getByText('✓ Right.').waitFor();
  expect(await question.getByText('A refusal came back').isVisible()).toBe(false);

  expect(await page.getByRole('link', { name: 'the specification' }).getAttribute('href')).toContain('cni.dev');
  await page.getByRole('link', { name: /Open the lab/ }).click();
  await page.waitForURL('**/labs/pods/');
  expect(watched.faults).toEqual([]);
});

test('search finds the lesson by a word of its text, by keyboard alone', async () => {
  const page = await open('labs/');
  await page.keyboard.press('/');
  await page.getByRole('searchbox').waitFor();
  await page.keyboard.type('host-local');
  await page.locator('[data-search-results] a', { hasText: 'Every pod has an address' }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/${LESSON}**`);
  await page.keyboard.press('/');
  await page.keyboard.type('zzzzqqq');
  await page.getByText('Nothing found for').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('searchbox').isVisible()).toBe(false);
  expect(watched.faults).toEqual([]);
});

test('the dark theme is a choice that stays, on every layout; else the system decides', async () => {
  const page = await open('');
  const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  expect(await theme()).toBe('light');
  const light = await paper();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(theme).toBe('dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(theme).toBe('light');
  const button = page.getByRole('button', { name: 'Dark theme' });
  await button.click();
  expect(await theme()).toBe('dark');
  expect(await button.getAttribute('aria-pressed')).toBe('true');
  expect(await paper()).not.toBe(light);
  for (const path of [LESSON, 'labs/pods/']) {
    await page.goto(site.lanUrl + path);
    expect(await theme()).toBe('dark');
  }
  expect(watched.faults).toEqual([]);
});

test('a page that is not there says so and leads back', async () => {
  const page = await open('no/such/page/');
  await page.getByRole('heading', { name: 'No route to this page' }).waitFor();
  expect(watched.faults.filter((fault) => !fault.includes('404'))).toEqual([]);
  await page.getByRole('link', { name: 'Back to the start' }).click();
  await page.waitForURL(site.lanUrl);
});

test.for(PAGES)('"/%s" asks nothing of another origin, has no errors and fits a phone', async (path) => {
  const page = await open(path, { viewport: { width: 390, height: 844 } });
  await page.waitForLoadState('networkidle');
  // At the end of the page, so that everything that loads when seen has loaded.
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  const own = new URL(site.lanUrl).origin;
  expect(watched.requests.filter((url) => !/^(data|blob):/.test(url) && new URL(url).origin !== own)).toEqual([]);
  expect(watched.faults).toEqual([]);
});

test.for(PAGES)('"/%s" by keyboard: the skip link comes first, and the focus is always seen', async (path) => {
  const page = await open(path);
  await page.keyboard.press('Tab');
  const skip = page.locator(':focus');
  expect(await skip.textContent()).toContain('Skip');
  expect(await skip.isVisible()).toBe(true);
  const box = await skip.boundingBox();
  expect(box !== null && box.y >= 0 && box.x >= 0).toBe(true);
  const target = (await skip.getAttribute('href')) ?? '';
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).hash).toBe(target);
  expect(await page.locator(target).count()).toBe(1);

  await page.reload();
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return 'body';
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const shown = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
      // xterm shows its focus by its cursor.
      return shown || element.closest('.xterm') !== null ? 'seen' : `not seen: ${element.outerHTML.slice(0, 120)}`;
    });
    expect(seen, `Tab ${i + 1}`).toMatch(/^(seen|body)$/);
  }
});

test('built for a path below the root, every page and its requests stay there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hop-base-'));
  // Vitest's own variables (BASE_URL, MODE, ...) are not what a build has.
  const { PATH = '', HOME = '' } = process.env;
  await promisify(execFile)('node', ['node_modules/astro/bin/astro.mjs', 'build', '--outDir', folder], {
    env: { PATH, HOME, HOP_BASE: '/course/' },
  });
  const below = await serveSite(folder, '/course/');
  try {
    watched = await openPage(browser);
    for (const path of PAGES) {
      await watched.page.goto(below.lanUrl + path);
      await watched.page.waitForLoadState('networkidle');
    }
    await watched.page.goto(`${below.lanUrl}labs/pods/`);
    await watched.page.locator('.cluster-ready').waitFor();
    await watched.page.goto(`${below.lanUrl}labs/`);
    await watched.page.keyboard.press('/');
    await watched.page.getByRole('searchbox').fill('host-local');
    const found = watched.page.locator('[data-search-results] a').first();
    await found.waitFor();
    expect(await found.getAttribute('href')).toContain(`/course/${LESSON}`);
    expect(
      watched.requests.filter((url) => /^http/.test(url) && !new URL(url).pathname.startsWith('/course/')),
    ).toEqual([]);
    expect(watched.faults).toEqual([]);
  } finally {
    await below.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
