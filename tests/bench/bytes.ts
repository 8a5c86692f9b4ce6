import { gzipSync } from 'node:zlib';
import { openBrowser, serveSite } from '../e2e/browser.ts';
import type { Figure } from './figure.ts';

const pages = [
  { name: 'lesson', path: 'pods/every-pod-has-an-address/', total: '<= 60 KB', script: '<= 15 KB' },
  { name: 'landing page', path: '', total: undefined, script: undefined },
  { name: 'lab, before the first command', path: 'labs/pods/', total: undefined, script: '<= 350 KB' },
] as const;

/** What a page fetches before anybody touches it, each body by gzip. */
export async function bytes(): Promise<readonly Figure[]> {
  const site = await serveSite();
  const browser = await openBrowser();
  const figures: Figure[] = [];
  for (const { name, path, total, script } of pages) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const sizes: { readonly url: string; readonly size: number }[] = [];
    const reading: Promise<void>[] = [];
    context.on('response', (response) => {
      reading.push(
        response.body().then(
          (body) => void sizes.push({ url: response.url(), size: gzipSync(body, { level: 9 }).length }),
          () => {},
        ),
      );
    });
    await page.goto(site.url + path, { waitUntil: 'networkidle' });
    if (path.startsWith('labs/')) await page.locator('.xterm-screen').waitFor();
    await page.waitForLoadState('networkidle');
    await Promise.all(reading);
    const sum = (list: typeof sizes) => list.reduce((all, { size }) => all + size, 0) / 1024;
    const scripts = sizes.filter(({ url }) => /\.m?js(\?|$)/.test(url));
    figures.push({ name: `${name}: over the wire`, value: sum(sizes), unit: 'KB', ...(total && { goal: total }) });
    figures.push({ name: `${name}: JavaScript`, value: sum(scripts), unit: 'KB', ...(script && { goal: script }) });
    await context.close();
  }
  await browser.close();
  await site.close();
  return figures;
}
