import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Companion, startCompanion } from '../../src/companion/server.ts';
import { openBrowser, openPage, siteFolder, type Watched } from './browser.ts';
import { Learner } from './learner.ts';

/** Hard inputs and other ways to work: the page lives and says what is wrong. */

let companion: Companion;
let browser: Browser;
let watched: Watched;

beforeAll(async () => {
  [companion, browser] = await Promise.all([
    startCompanion({ site: siteFolder, version: 'test', port: 0 }),
    openBrowser(),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await companion?.close();
});

afterEach(async () => {
  await watched?.page.context().close();
});

async function learner(width = 1400): Promise<Learner> {
  watched = await openPage(browser, { viewport: { width, height: 900 } });
  const her = new Learner(watched.page, companion.url);
  if (width >= 992) return her.open();
  await her.page.goto(`${companion.url}labs/pods/`);
  await her.page.locator('.cluster-ready').waitFor({ state: 'attached' });
  return her;
}

test('an unknown image ends in ImagePullBackOff, a crashing command in CrashLoopBackOff', async () => {
  const her = await learner();
  await her.run('kubectl run nowhere --image=example.com/no/such:1');
  await her.run('kubectl run crash --image=busybox:1.36 -- sh -c "exit 3"');
  await her.type('while ! kubectl get pods | grep nowhere | grep ImagePullBackOff; do sleep 1; done');
  await her.press('Enter');
  await her.sees(/^nowhere +0\/1 +ImagePullBackOff +0 /m, 60_000);
  await her.prompt();
  await her.type('while ! kubectl get pods | grep crash | grep CrashLoopBackOff; do sleep 1; done');
  await her.press('Enter');
  await her.sees(/^crash +0\/1 +CrashLoopBackOff +[1-9]/m, 60_000);
  await her.prompt();
  expect(watched.faults).toEqual([]);
});

test('a 5 MB manifest, a YAML bomb and no YAML at all end in errors', async () => {
  const her = await learner();
  const size = await her.run(
    'printf "%01000d" 7 > x; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do cat x x > y; cat y > x; done; wc -c < x',
    60_000,
  );
  expect(size.trim()).toBe('8192000');
  await her.run(
    'printf "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: big}\\ndata:\\n  x: x" > head; cat head x > big.yaml',
  );
  expect(await her.run('kubectl apply -f big.yaml', 60_000)).toMatch(/too (large|long|big)|limit/i);
  await her.run(
    'printf "a: &a [1,1,1,1,1,1,1,1,1]\\n" > bomb.yaml; p=a; for n in b c d e f g h i; do printf "$n: &$n [*$p,*$p,*$p,*$p,*$p,*$p,*$p,*$p,*$p]\\n" >> bomb.yaml; p=$n; done',
  );
  expect(await her.run('kubectl apply -f bomb.yaml')).toMatch(/error/i);
  await her.run('echo "a: [1" > no.yaml');
  expect(await her.run('kubectl apply -f no.yaml')).toMatch(/error/i);
  expect(await her.run('kubectl get pods -o name')).toContain('pod/web');
  expect(watched.faults).toEqual([]);
});

test('pause stops cluster and terminal, says so, and goes on', async () => {
  const her = await learner();
  await her.clear();
  await her.page.getByRole('button', { name: 'Pause' }).click();
  await her.page.getByText('Cluster and terminal are paused').waitFor();
  await her.type('echo it went $((1 + 1)) on');
  await her.press('Enter');
  // Real time passes here, and in the cluster none does.
  await her.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 400)));
  expect(await her.text()).not.toContain('went');
  await her.page.getByRole('button', { name: 'Go on' }).click();
  await her.sees(/^it went 2 on$/m);
  await her.page.getByText('Cluster ready').waitFor();
  expect(watched.faults).toEqual([]);
});

test('Esc then Tab leaves the terminal, and the terminal says so', async () => {
  const her = await learner();
  await her.focus();
  const inTerminal = () => her.page.evaluate(() => document.activeElement?.closest('.xterm') !== null);
  await her.page.keyboard.press('Tab');
  expect(await inTerminal()).toBe(true);
  await her.page.keyboard.press('Escape');
  await her.page.keyboard.press('Tab');
  expect(await inTerminal()).toBe(false);
  expect(await her.page.locator('.xterm-helper-textarea').getAttribute('aria-label')).toContain('Escape, then Tab');
});

test('on a phone, tabs keep the step and its mark in sight', async () => {
  const her = await learner(390);
  const strip = her.page.locator('.strip');
  await strip.getByText('Step 1 of 7: Find a pod').waitFor();
  const inSight = async () => {
    const box = await strip.boundingBox();
    return box !== null && box.y >= 0 && box.y + box.height <= 900 && box.width <= 390;
  };
  await her.step('address').locator('[data-command] button').click();
  await expect.poll(() => strip.getByRole('tab', { name: 'Terminal', selected: true }).count()).toBe(1);
  await her.sees('Running');
  expect(await inSight()).toBe(true);
  await strip.getByRole('tab', { name: 'Editor' }).click();
  await her.page.getByRole('button', { name: 'answerer.yaml' }).waitFor();
  expect(await inSight()).toBe(true);
  await strip.getByRole('tab', { name: 'Steps' }).click();
  await her.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await expect.poll(inSight).toBe(true);
  expect(await her.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(watched.faults).toEqual([]);
});

test('the terminal follows the window’s size', async () => {
  const her = await learner();
  await her.clear();
  await her.page.setViewportSize({ width: 1000, height: 700 });
  await expect.poll(() => her.page.locator('.xterm-screen').evaluate((screen) => screen.clientWidth)).toBeLessThan(720);
  // The line editor must know the width to move about in a line of two rows.
  await her.type(`${'x'.repeat(80)}`);
  await her.press('Home');
  await her.type('echo ');
  await her.line(`echo ${'x'.repeat(80)}`);
  expect((await her.rows()).length).toBe(2);
  await her.press('Enter');
  await her.prompt();
  expect((await her.rows()).length).toBe(5);
});

test('side by side the page fills the window and does not scroll, and the terminal shows whole rows and columns', async () => {
  const her = await learner();
  const inside = await her.page.evaluate(() => {
    const screen = document.querySelector('.xterm-screen')?.getBoundingClientRect();
    const frame = document.querySelector('.screen')?.getBoundingClientRect();
    if (screen === undefined || frame === undefined) return 'no terminal';
    return screen.right <= frame.right && screen.bottom <= frame.bottom ? 'inside' : 'cut off';
  });
  expect(inside).toBe('inside');
  const below = await her.page.locator('.xterm-viewport').evaluate((part) => getComputedStyle(part).backgroundColor);
  expect(below).toBe('rgba(0, 0, 0, 0)');
  expect(await her.page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0);
});
