import { openBrowser, serveSite } from '../e2e/browser.ts';
import { type Figure, median } from './figure.ts';

/** From the click on "Answer" to the question's mark, in the page. A step is then done after a second in which all holds. */
export async function verdict(): Promise<readonly Figure[]> {
  const site = await serveSite();
  const browser = await openBrowser();
  const times: number[] = [];
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.goto(`${site.url}labs/pods/`);
  await page.locator('.xterm-screen').waitFor();
  const field = page.locator('form input[type="text"], form input:not([type])').first();
  await field.waitFor();
  await page.waitForFunction(() => /ready/i.test(document.body.textContent));
  for (const text of ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5']) {
    await field.fill(text);
    times.push(
      await page.evaluate(
        (said) =>
          new Promise<number>((resolve) => {
            const began = performance.now();
            const seen = new MutationObserver(() => {
              if (!document.body.textContent.includes(said) && !document.body.innerHTML.includes(said)) return;
              seen.disconnect();
              resolve(performance.now() - began);
            });
            seen.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
            document.querySelector<HTMLButtonElement>('form button')?.click();
          }),
        `"${text}"`,
      ),
    );
  }
  await browser.close();
  await site.close();
  return [{ name: 'verdict on an answer, in the page', value: median(times), unit: 'ms', goal: '<= 100' }];
}
