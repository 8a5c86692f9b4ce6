import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage, type Site, serveSite, type Watched } from './browser.ts';
import { Learner } from './learner.ts';

/** axe-core on each page, in both themes: it finds nothing. */

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

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

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Every violation in one line: the rule, the element, and what to mend. */
async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe });
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await axe.run()).violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary: failureSummary ?? '' })),
    }));
  });
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

const pages = [
  ['landing', ''],
  ['lesson', 'pods/every-pod-has-an-address/'],
  ['labs', 'labs/'],
  ['reference', 'reference/modelled/'],
  ['404', '404.html'],
] as const;
const widths = [1400, 390] as const;
const schemes = ['light', 'dark'] as const;

test.for(schemes.flatMap((scheme) => widths.map((width) => [scheme, width] as const)))(
  'every page, %s, %i pixels wide',
  async ([colorScheme, width]) => {
    watched = await openPage(browser, { colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' });
    const { page } = watched;
    for (const [name, path] of pages) {
      await page.goto(site.url + path);
      expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe(colorScheme);
      // With answers and explanations in sight, and the walk at one of its steps.
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      for (const radio of await page.locator('fieldset label:first-of-type input[type=radio]').all())
        await radio.check();
      const next = page.locator('packet-walk [data-next]').first();
      if ((await next.count()) > 0) await next.click();
      expect(await violations(page), name).toEqual([]);
    }
    // The search with something found, and with nothing.
    await page.goto(site.url);
    for (const [words, shows] of [
      ['host-local', 'found'],
      ['zzzzqqq', 'Nothing found'],
    ] as const) {
      await page.keyboard.press('/');
      await page.getByRole('searchbox').waitFor();
      await page.getByRole('searchbox').fill(words);
      await page.locator('[data-search-status]', { hasText: shows }).waitFor();
      expect(await violations(page), `search: ${shows}`).toEqual([]);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('searchbox').isVisible()).toBe(false);
    }
  },
);

test.for(schemes)('the lab before its cluster, with it, with hints and a wrong answer, %s', async (colorScheme) => {
  watched = await openPage(browser, { colorScheme, reducedMotion: 'reduce' });
  const { page } = watched;
  // A Worker that never answers leaves the page as it is before the cluster.
  await page.route('**/labs/pods.json', () => {});
  await page.goto(`${site.url}labs/pods/`);
  await page.getByText('Starting the cluster').waitFor();
  expect(await violations(page), 'starting').toEqual([]);
  await page.unroute('**/labs/pods.json');

  const her = await new Learner(page, site.url).open();
  await her.run('kubectl get pods -o wide');
  await her.answer('address', '10.1.1.1');
  await her.marked('address', 'Not yet');
  const step = her.step('address');
  await step.locator('details.why summary').click();
  for (let i = 0; i < 3; i++) await step.getByRole('button', { name: /hint \(/ }).click();
  await step.getByRole('list', { name: 'Hints' }).getByRole('listitem').nth(2).waitFor();
  await step.getByRole('button', { name: 'Show the solution' }).click();
  await step.locator('.solution').waitFor();
  expect(await violations(page), 'with hints').toEqual([]);

  await page.getByRole('button', { name: 'Reset the lab' }).first().click();
  await page.locator('dialog[open]').waitFor();
  expect(await violations(page), 'before a reset').toEqual([]);
  await page.keyboard.press('Escape');

  await step.getByRole('button', { name: 'Run the solution' }).click();
  await her.marked('address', 'Done');
  await page.getByRole('tab', { name: 'Editor' }).filter({ visible: true }).click();
  await page.getByRole('button', { name: 'answerer.yaml' }).click();
  await page.getByRole('textbox', { name: 'Editor: answerer.yaml' }).waitFor();
  expect(await violations(page), 'editor').toEqual([]);

  await page.getByRole('button', { name: 'On kind' }).click();
  expect(await violations(page), 'how to do it on kind').toEqual([]);

  await page.setViewportSize({ width: 390, height: 844 });
  expect(await violations(page), 'on a phone').toEqual([]);
});
