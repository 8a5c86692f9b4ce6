import { openBrowser, serveSite } from '../e2e/browser.ts';
import { type Figure, median } from './figure.ts';

const RUNS = 5;

/** From the click on "Answer" (a wrong one) to the check's mark, in the page; a fresh page each time. */
export async function verdict(): Promise<readonly Figure[]> {
  const site = await serveSite();
  const browser = await openBrowser();
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`${site.url}labs/pods/`);
    await page.getByText('Cluster ready').first().waitFor();
    await page.locator('form.answer input').first().fill('10.0.0.1');
    times.push(
      await page.evaluate(
        () =>
          new Promise<number>((resolve, reject) => {
            setTimeout(() => reject(new Error('no verdict within 10 s')), 10_000);
            const began = performance.now();
            const seen = new MutationObserver(() => {
              if (document.querySelector('.check-failing') === null) return;
              seen.disconnect();
              resolve(performance.now() - began);
            });
            seen.observe(document.body, { subtree: true, childList: true, attributes: true });
            document.querySelector<HTMLButtonElement>('form.answer button')?.click();
          }),
      ),
    );
    await context.close();
  }
  await browser.close();
  await site.close();
  return [{ name: 'verdict on an answer, in the page', value: median(times), unit: 'ms', goal: '<= 100' }];
}
