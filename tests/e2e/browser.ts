import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContextOptions, chromium as driver, type Page } from 'playwright-core';
import sirv from 'sirv';

/** What the tests look at: the built site, or another build of it (HOP_SITE_FOLDER). */
export const siteFolder = process.env['HOP_SITE_FOLDER'] ?? 'dist/site';

/** A name for 127.0.0.1 that is no "secure context": the page as a workshop's room sees it, over plain HTTP. */
export const LAN_HOST = 'workshop.test';

export interface Site {
  /** On 127.0.0.1. */
  readonly url: string;
  /** The same by the name LAN_HOST. */
  readonly lanUrl: string;
  close(): Promise<void>;
}

/** The built site on a free port of 127.0.0.1, as any static host would serve it. */
export async function serveSite(folder = siteFolder, base = '/'): Promise<Site> {
  if (!existsSync(`${folder}/index.html`)) throw new Error(`${folder} has no index.html; run npm run build first`);
  const files = sirv(folder, { dev: true });
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    const missing = () => {
      response.writeHead(404, { 'content-type': 'text/html' }).end(readFileSync(`${folder}/404.html`));
    };
    if (!url.startsWith(base)) return missing();
    request.url = `/${url.slice(base.length)}`;
    files(request, response, missing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${base}`,
    lanUrl: `http://${LAN_HOST}:${port}${base}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Switches of the packed browser that would make it another browser than a reader has. */
const unlike = ['--single-process', '--disable-web-security', '--allow-running-insecure-content'];

/** Chromium: CHROMIUM_PATH, the one inside the npm package (Linux x64), or an installed one. */
export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  const own = [
    ...more,
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--host-resolver-rules=MAP ${LAN_HOST} 127.0.0.1`,
  ];
  const named = process.env['CHROMIUM_PATH'];
  const packed = process.platform === 'linux' && process.arch === 'x64';
  const executablePath =
    named ?? (packed ? await chromium.executablePath() : installed.find((path) => existsSync(path)));
  if (executablePath === undefined) throw new Error('no Chromium found; install one or set CHROMIUM_PATH');
  const shipped = chromium.args.filter((argument) => !unlike.includes(argument));
  return driver.launch({
    executablePath,
    args: packed && named === undefined ? [...shipped, ...own] : ['--no-sandbox', ...own],
    headless: true,
  });
}

/** What went wrong in a page, and what it asked for. */
export interface Watched {
  readonly page: Page;
  /** Errors and warnings on the console, uncaught errors, failed requests and answers from 400 on. */
  readonly faults: string[];
  readonly requests: string[];
}

/** Opens a page in a storage of its own and watches it. The context ends with the page's test: `page.context().close()`. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 900 },
    colorScheme: 'light',
    ...options,
  });
  return watch(await context.newPage());
}

export function watch(page: Page): Watched {
  const faults: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) => {
    // A page that is left ends its requests; that is no fault of the site.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') faults.push(`failed: ${request.url()}`);
  });
  page.on('request', (request) => requests.push(request.url()));
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
  });
  page.setDefaultTimeout(20_000);
  return { page, faults, requests };
}
