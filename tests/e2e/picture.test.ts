import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openBrowser, openPage, serveSite } from './browser.ts';
import { Learner } from './learner.ts';

/** The README's picture of a lab: `HOP_PICTURE=1 vitest run --project e2e tests/e2e/picture.test.ts` takes it anew. */
const picture = 'docs/picture.png';
const size = { width: 1400, height: 900 };

async function take(): Promise<void> {
  const [site, browser] = await Promise.all([serveSite(), openBrowser()]);
  try {
    const { page } = await openPage(browser, { viewport: size, reducedMotion: 'reduce' });
    const her = await new Learner(page, site.url).open();
    await her.run('kubectl get pods');
    await her.type(`hop answer "$(kubectl get pod web -o jsonpath='{.status.podIP}')"\n`);
    await her.sees('That is right.');
    await her.marked('address', 'Done');
    await her.prompt();
    await her.unfold('same-node');
    await her.type('hop node $WORKER -- ip route\n');
    await her.sees('10.244.2.0/24 via');
    await her.prompt();
    await her.type('kubectl exec client -- curl -v -m 2 http://10.244.1.2:80/\n');
    await her.sees('command terminated with exit code 7');
    await her.prompt();
    await her.step('address').evaluate((step) => step.scrollIntoView({ block: 'start' }));
    await page.screenshot({ path: picture });
  } finally {
    await browser.close();
    await site.close();
  }
}

if (process.env['HOP_PICTURE'] === '1') test('take it', take);

test('it is there, in its size', () => {
  expect(existsSync(picture)).toBe(true);
  const png = readFileSync(picture);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect({ width: png.readUInt32BE(16), height: png.readUInt32BE(20) }).toEqual(size);
});
