import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Companion, startCompanion } from '../../src/companion/server.ts';
import type { Lab } from '../../src/labs/spec/lab.ts';
import { PcapFile } from '../../src/linux/capture/pcap.ts';
import { openBrowser, openPage, siteFolder, type Watched } from './browser.ts';
import { Learner } from './learner.ts';

let companion: Companion;
let browser: Browser;
let watched: Watched;

beforeAll(async () => {
  // As `npm start` serves it, with its security headers.
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

async function learner(): Promise<Learner> {
  watched = await openPage(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
  return new Learner(watched.page, companion.url).open();
}

test('types a command, and edits the line with history, completion, Ctrl-L and Ctrl-C', async () => {
  const her = await learner();
  const pods = await her.run('kubectl get pods -o wide');
  expect(pods).toMatch(/^client +1\/1 +Running +0 /m);
  expect(pods).toMatch(/^web +1\/1 +Running .* 10\.244\.1\.\d+ +hop-lab-worker /m);

  await her.clear();
  await her.press('ArrowUp');
  await her.line('kubectl get pods -o wide');
  await her.press('Control+c');
  await her.prompt();

  await her.clear();
  await her.type('kubectl get po\t');
  await her.line('kubectl get pods');
  await her.type(' cl\t');
  await her.line('kubectl get pods client');
  await her.press('Enter');
  await her.sees(/^client +1\/1/m);
  await her.prompt();

  await her.clear();
  await her.type('kubectl rol\t');
  await her.line('kubectl rollout');
  await her.press('Control+c');
  await her.prompt();
  await her.type('kubectl get pods --show-l\t');
  await her.line('kubectl get pods --show-labels');
  await her.press('Control+c');
  expect(watched.faults).toEqual([]);
});

test('Ctrl-C ends an endless loop, and the page lives meanwhile', async () => {
  const her = await learner();
  await her.type('while true; do :; done');
  await her.line('while true; do :; done');
  await her.press('Enter');
  const second = await her.unfold('same-node');
  await second.getByText('and web run on the same node').waitFor();
  await her.press('Control+c');
  await her.prompt();
  expect(await her.run('echo still here')).toBe('still here');

  await her.type('while true; do echo spam; done');
  await her.press('Enter');
  await her.sees('spam\nspam\nspam');
  await her.press('Control+c');
  await her.prompt();
  expect(await her.run('echo after the flood')).toBe('after the flood');
  expect(watched.faults).toEqual([]);
});

test('pastes several lines, and copies what is selected', async () => {
  const her = await learner();
  await her.focus();
  await her.page.evaluate(() => navigator.clipboard.writeText('echo one\necho two | tr a-z A-Z\n'));
  await her.press('Control+v');
  await her.sees('echo two');
  await her.press('Enter');
  await her.sees(/^one$/m);
  await her.sees(/^TWO$/m);
  await her.prompt();

  const row = her.page.locator('.xterm-rows > div', { hasText: /^one\s*$/ });
  const box = await row.boundingBox();
  await her.page.mouse.dblclick((box?.x ?? 0) + 8, (box?.y ?? 0) + 8);
  await her.press('Control+c');
  await expect.poll(() => her.page.evaluate(() => navigator.clipboard.readText())).toBe('one');
  expect(watched.faults).toEqual([]);
});

test('a click on a command runs it, and a Shift-click only types it', async () => {
  const her = await learner();
  const block = her.step('address').locator('[data-command]');
  await block.locator('code').click();
  await her.sees(/^web +1\/1 +Running/m);
  await her.prompt();
  await her.clear();
  await block.getByRole('button').click({ modifiers: ['Shift'] });
  await her.line('kubectl get pods -o wide');
  await her.press('Enter');
  await her.sees(/^web +1\/1 +Running/m);
  await her.prompt();

  // Nothing is typed into a program that runs.
  await her.clear();
  await her.type('sleep 60');
  await her.press('Enter');
  await block.getByRole('button').click();
  await her.step('address').getByText('The terminal is busy.').waitFor();
  await her.press('Control+c');
  await her.prompt();
});

test('answers: a wrong one is told why and never what would do, a right one turns the mark', async () => {
  const her = await learner();
  const step = her.step('address');
  expect(await her.mark('address')).toBe('Not tried yet');
  const right = (await her.run("kubectl get pod web -o jsonpath='{.status.podIP}'; echo")).trim();
  expect(right).toMatch(/^10\.244\.1\.\d+$/);

  await her.answer('address', '10.1.2.3');
  await her.marked('address', 'Not yet');
  const why = step.locator('details.why');
  await why.locator('summary').click();
  await why.getByText('A pod has an address of its own').waitFor();
  const told = await why.textContent();
  expect(told).toContain('10.1.2.3');
  expect(told).toContain('kubectl get pods -o wide');
  expect(told).not.toContain(right);

  await her.answer('address', right);
  await her.marked('address', 'Done');
  await step.getByRole('button', { name: 'Go on' }).click();
  await her.step('same-node').getByText('client and web run').waitFor();
  expect(await her.mark('other-node')).toBe('Later');
  expect(watched.faults).toEqual([]);
});

test('hints come in order, then the solution is shown and run', async () => {
  const her = await learner();
  const step = her.step('address');
  const hints = step.getByRole('list', { name: 'Hints' }).getByRole('listitem');
  await step.getByRole('button', { name: 'A hint (3 left)' }).click();
  await hints.first().getByText('when you ask it to be wide').waitFor();
  await step.getByRole('button', { name: 'Another hint (2 left)' }).click();
  await hints.nth(1).getByText('status.podIP').waitFor();
  await step.getByRole('button', { name: 'Another hint (1 left)' }).click();
  await hints.nth(2).locator('[data-command]').waitFor();
  expect(await hints.count()).toBe(3);
  expect(await step.getByRole('button', { name: /hint/i }).count()).toBe(0);
  await step.getByRole('button', { name: 'Show the solution' }).click();
  await step.locator('.solution').getByText('hop answer').waitFor();
  expect(await her.mark('address')).not.toBe('Done');
  await step.getByRole('button', { name: 'Run the solution' }).click();
  await her.marked('address', 'Done');
  expect(watched.faults).toEqual([]);
});

test('all seven steps pass by commands that a learner types, each turning its own mark', async () => {
  const lab = JSON.parse(readFileSync(`${siteFolder}/labs/pods.json`, 'utf8')) as Lab;
  const her = await learner();
  for (const [index, { id, solution }] of lab.steps.entries()) {
    await her.prompt();
    await her.clear();
    for (const line of solution.trim().split('\n')) {
      await her.prompt();
      await her.type(line);
      await her.line(line);
      await her.press('Enter');
    }
    await her.marked(id, 'Done', 60_000);
    await her.prompt(60_000);
    const next = lab.steps[index + 1];
    if (next !== undefined) expect(await her.mark(next.id), next.id).not.toBe('Done');
  }
  await her.page.getByText('You did the whole lab.').waitFor();
  expect(watched.faults).toEqual([]);
});

test('vi opens the editor; a file is edited, told what is wrong with it, saved and applied', async () => {
  const her = await learner();
  const { page } = her;
  await her.type('vi answerer.yaml');
  await her.press('Enter');
  const area = page.getByRole('textbox', { name: 'Editor: answerer.yaml' });
  await area.waitFor();
  await expect.poll(() => page.getByRole('tab', { name: 'Editor', selected: true }).count()).toBe(1);
  expect(await area.inputValue()).toContain('kind: Pod');

  await area.press('Control+End');
  await page.keyboard.type('  nodeSelector: {kubernetes.io/hostname: hop-lab-worker2');
  await page.locator('#editor-fault', { hasText: /Line \d+: / }).waitFor();
  await page.keyboard.type('}');
  await expect.poll(() => page.locator('#editor-fault').textContent()).toBe('');
  await page.getByRole('button', { name: 'Save and apply' }).click();
  await page.getByText('Saved answerer.yaml, and applying it in the terminal.').first().waitFor();
  await page.getByRole('tab', { name: 'Terminal' }).filter({ visible: true }).click();
  await her.sees('pod/answerer created');
  await her.prompt();
  expect(
    await her.run('kubectl wait pod/answerer --for=condition=Ready >/dev/null; kubectl get pod answerer -o wide'),
  ).toMatch(/^answerer +1\/1 +Running .* hop-lab-worker2 /m);
  expect(watched.faults).toEqual([]);
});

test('a capture is offered as a download, byte for byte; the editor says that it is no text', async () => {
  const her = await learner();
  const { page } = her;
  const ping = '(sleep 1; hop node $WORKER --tools -- ping -c 1 10.244.1.1 >/dev/null) &';
  await her.run(`${ping} hop node $WORKER --tools -- tcpdump -i any -c 2 -w - icmp > x.pcap`);
  expect(await her.run('wc -c x.pcap')).toContain(`${24 + 2 * (16 + 104)} x.pcap`);
  await page.getByRole('tab', { name: 'Editor' }).filter({ visible: true }).click();
  await page.getByRole('button', { name: 'x.pcap' }).click();
  await page.getByText('x.pcap is no text.').waitFor();
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toBe('x.pcap');
  const file = new PcapFile(readFileSync(await download.path()));
  expect([...file.packets()].map(({ bytes, length }) => [bytes.length, length])).toEqual([
    [104, 104],
    [104, 104],
  ]);
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
  expect(watched.faults).toEqual([]);
});

test('reset asks, and then takes away what the learner made; goto of a step applies what came before', async () => {
  const her = await learner();
  const { page } = her;
  await her.run('kubectl create deployment mine --image=registry.k8s.io/e2e-test-images/agnhost:2.56');
  const reset = page.locator('.lab-foot').getByRole('button', { name: 'Reset the lab' }).first();
  await reset.click();
  await page.locator('dialog[open]').getByRole('button', { name: 'Leave it as it is' }).click();
  expect(await her.run('kubectl get deployments -o name')).toContain('deployment.apps/mine');

  await her.confirm(reset, 'Reset the lab');
  await her.ready();
  await expect.poll(() => her.run('kubectl get deployments -o name')).toBe('deployment.apps/shop');
  expect(await her.mark('address')).toBe('Not tried yet');

  const place = await her.unfold('place');
  await her.confirm(place.getByRole('button', { name: 'Skip to here' }).first(), 'Skip to here');
  await her.marked('route', 'Done', 60_000);
  await her.ready();
  expect(await her.mark('place')).not.toBe('Later');
  expect(await her.mark('gone')).toBe('Later');
  expect(watched.faults).toEqual([]);
});
