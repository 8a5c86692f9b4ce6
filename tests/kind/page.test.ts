import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deleteCluster } from '../../src/labs/targets/kind/cluster.ts';
import { openBrowser } from '../e2e/browser.ts';
import { kindLeftOut } from './available.ts';
import { hopCommand, testFolder } from './bench.ts';

const SITE = fileURLToPath(new URL('../../dist/site/index.html', import.meta.url));
const reason = (await kindLeftOut()) ?? (existsSync(SITE) ? undefined : 'the site is not built (npm run build)');
if (reason !== undefined) console.warn(`Left out: ${reason}`);

describe.skipIf(reason !== undefined)('a learner in the page, on a real cluster', () => {
  const { data, folder, remove } = testFolder();
  const { node, script } = hopCommand();
  let hop: ChildProcess;
  let browser: Browser;
  let page: Page;
  let said = '';

  beforeAll(async () => {
    hop = spawn(node, [script, 'lab', 'start', 'pods', '--no-open', '--port', '0'], {
      env: { ...process.env, XDG_DATA_HOME: data },
    });
    const handover = new Promise<string>((resolve, reject) => {
      const hear = (chunk: Buffer): void => {
        said += chunk.toString('utf8');
        const file = /Open it by (\S+),/.exec(said)?.[1];
        if (file !== undefined) resolve(file);
      };
      hop.stdout?.on('data', hear);
      hop.stderr?.on('data', hear);
      hop.on('exit', () => reject(new Error(`hop ended: ${said}`)));
    });
    browser = await openBrowser();
    page = await (await browser.newContext()).newPage();
    await page.goto(`file://${await handover}`);
    await page.waitForURL('**/labs/pods/');
  });
  afterAll(async () => {
    await browser?.close();
    const ended = new Promise((resolve) => hop.on('exit', resolve));
    hop.kill('SIGINT');
    expect(await ended).toBe(0);
    await deleteCluster(folder, 'hop-lab');
    remove();
  });

  const terminal = () => page.locator('.xterm-rows');
  const type = async (line: string) => {
    await page.focus('.xterm-helper-textarea');
    await page.keyboard.type(`${line}\n`);
  };
  const shows = (text: RegExp) =>
    expect.poll(async () => (await terminal().textContent()) ?? '', { timeout: 20_000 }).toMatch(text);

  test('no code is in what the terminal said, and no script can read the cookie', async () => {
    expect(said).not.toMatch(/[A-Z0-9]{5}-[A-Z0-9]{5}/);
    expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/labs\/pods\/$/);
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  test('types in a real shell, answers, and the mark turns', async () => {
    await shows(/hop:pods/);
    await type('kubectl get nodes; echo $KUBECONFIG');
    await shows(/hop-lab-worker2 +Ready/);
    await shows(new RegExp(join('hop-by-hop', 'clusters', 'hop-lab', 'kubeconfig')));
    await type("hop answer $(kubectl get pod web -o jsonpath='{.status.podIP}')");
    await shows(/That is right/);
    await expect
      .poll(() => page.locator('body').textContent(), { timeout: 20_000 })
      .toMatch(/Done\.\s*1\s*Find a pod's address/);
  });

  test('a reload finds the same shell and what it said', async () => {
    await type('here=kept');
    await page.reload();
    await shows(/That is right/);
    await type('echo "still $here"');
    await shows(/still kept/);
  });
});
