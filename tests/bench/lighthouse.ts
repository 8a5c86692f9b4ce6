import { type AddressInfo, createServer } from 'node:net';
import lighthouse from 'lighthouse';
import { openBrowser, serveSite } from '../e2e/browser.ts';
import type { Figure } from './figure.ts';

/** One page of each layout. */
const pages = { landing: '', lesson: 'pods/every-pod-has-an-address/', labs: 'labs/', lab: 'labs/pods/' };
const categories = ['accessibility', 'best-practices', 'seo'];

/** Lighthouse's scores; its performance score is left out, as it depends on the machine. */
export async function lighthouseScores(): Promise<readonly Figure[]> {
  const site = await serveSite();
  const port = await freePort();
  const browser = await openBrowser([`--remote-debugging-port=${port}`]);
  const figures: Figure[] = [];
  for (const [name, path] of Object.entries(pages)) {
    const result = await lighthouse(site.url + path, {
      port,
      output: 'json',
      onlyCategories: categories,
      logLevel: 'silent',
    });
    for (const category of categories) {
      const score = result?.lhr.categories[category]?.score;
      figures.push({
        name: `${name}: ${category}`,
        value: Math.round((score ?? 0) * 100),
        unit: 'of 100',
        goal: '100',
      });
    }
  }
  await browser.close();
  await site.close();
  return figures;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
