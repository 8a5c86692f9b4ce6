import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage, type Site, serveSite, type Watched, watch } from './browser.ts';
import { Learner } from './learner.ts';

/** What outlives a reload, a closed tab and a second one; over plain HTTP from a LAN address. */

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

async function learner(url = site.lanUrl): Promise<Learner> {
  watched = await openPage(browser);
  return new Learner(watched.page, url).open();
}

/** Waits until the browser's storage holds it. */
async function kept(her: Learner, what: string): Promise<void> {
  await expect
    .poll(() => her.page.evaluate(() => localStorage.getItem('hop:lab:pods') ?? ''), { timeout: 10_000 })
    .toContain(what);
}

const passFirst = async (her: Learner): Promise<void> => {
  await her.run(`hop answer "$(kubectl get pod web -o jsonpath='{.status.podIP}')"`);
  await her.marked('address', 'Done');
};

test('a reload in the middle keeps the marks, the cluster, what the terminal showed and its history', async () => {
  const her = await learner();
  await passFirst(her);
  await her.run('kubectl run mine --image=registry.k8s.io/e2e-test-images/agnhost:2.56 -- pause');
  await her.run('kubectl wait pod/mine --for=condition=Ready');
  const before = await her.run('kubectl get pod mine -o jsonpath="{.metadata.uid} {.status.podIP}"; echo');
  await her.page.reload();
  await her.ready();
  expect(await her.mark('address')).toBe('Done');
  await her.sees(before);
  await her.clear();
  await her.press('ArrowUp');
  await her.line('kubectl get pod mine -o jsonpath="{.metadata.uid} {.status.podIP}"; echo');
  await her.press('Enter');
  await her.sees(before);
  await her.prompt();
  expect(watched.faults).toEqual([]);
});

test('a second tab only reads until it takes over, and then has the same cluster', async () => {
  const her = await learner();
  await passFirst(her);
  await her.run('kubectl create configmap mine --from-literal=a=b');
  const second = watch(await her.page.context().newPage());
  const there = new Learner(second.page, site.lanUrl);
  await second.page.goto(her.page.url());
  await second.page.getByText('This lab is open in another tab. Here you can only read.').waitFor();
  expect(await second.page.locator('.xterm-rows').textContent()).not.toContain('hop:lab#');

  // What the first tab does meanwhile is not lost.
  await her.run('kubectl create configmap later --from-literal=a=b');
  await second.page.getByRole('button', { name: 'Go on in this tab' }).click();
  await there.ready();
  await her.page.getByText('This lab is open in another tab. Here you can only read.').waitFor();
  expect(await there.mark('address')).toBe('Done');
  expect(await there.run('kubectl get configmap mine later -o name')).toBe('configmap/mine\nconfigmap/later');
  expect(second.faults).toEqual([]);
  expect(watched.faults).toEqual([]);
});

test('a closed browser keeps the lab', async () => {
  const her = await learner();
  await passFirst(her);
  await kept(her, '"done":["address"]');
  const context = her.page.context();
  const storageState = await context.storageState();
  await context.close();
  watched = await openPage(browser, { storageState });
  const later = await new Learner(watched.page, site.lanUrl).open();
  expect(await later.mark('address')).toBe('Done');
  expect(watched.faults).toEqual([]);
});

test('another engine than the kept log falls back to the solutions of the passed steps', async () => {
  const her = await learner();
  await passFirst(her);
  await kept(her, '"done":["address"]');
  const context = her.page.context();
  const storageState = JSON.parse(
    JSON.stringify(await context.storageState()).replace(/\\"engine\\":\\"\d+/, '\\"engine\\":\\"0'),
  );
  await context.close();
  watched = await openPage(browser, { storageState });
  const later = await new Learner(watched.page, site.lanUrl).open();
  expect(await later.mark('address')).toBe('Done');
  expect(await later.mark('same-node')).not.toBe('Later');
  expect(watched.faults).toEqual([]);
});

test.for([
  ['forbidden', 'SecurityError', 'does not let this site store anything'],
  ['full', 'QuotaExceededError', 'storage for this site is full'],
] as const)('storage that is %s is said, and the lab works', async ([how, error, words]) => {
  watched = await openPage(browser);
  await watched.page.addInitScript(
    ([kind, name]) => {
      const refuse = () => {
        throw new DOMException('no', name);
      };
      if (kind === 'forbidden') Object.defineProperty(window, 'localStorage', { get: refuse });
      else Storage.prototype.setItem = refuse;
    },
    [how, error] as const,
  );
  const her = await new Learner(watched.page, site.lanUrl).open();
  await passFirst(her);
  await her.page.locator('.lab-foot').getByText(words).waitFor();
  expect(await her.run('echo alive')).toBe('alive');
  await her.page.locator('[data-theme-switch]').click();
  expect(watched.faults).toEqual([]);
});

test('progress goes out as a file and comes in again; another file is refused in words', async () => {
  const her = await learner();
  await passFirst(her);
  const download = her.page.waitForEvent('download');
  await her.page.getByRole('button', { name: 'Export it' }).click();
  const path = await (await download).path();
  const buffer = readFileSync(path);
  expect(JSON.parse(buffer.toString())).toMatchObject({ hopByHop: 1, labs: [{ lab: 'pods', done: ['address'] }] });

  await her.page.context().close();
  const other = await learner();
  expect(await other.mark('address')).toBe('Not tried yet');
  const input = other.page.locator('input[type=file]');
  await input.setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{"a":1}') });
  await other.page.getByText('This file is no export of Hop by Hop').waitFor();
  await input.setInputFiles({ name: 'hop.json', mimeType: 'application/json', buffer });
  await other.marked('address', 'Done');
  await other.ready();
  expect(watched.faults).toEqual([]);
});
