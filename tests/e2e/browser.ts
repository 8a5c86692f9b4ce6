import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as driver } from 'playwright-core';
import sirv from 'sirv';

/** The built site on a free port of 127.0.0.1, as any static host would serve it. */
export async function serveSite(folder = 'dist/site', base = '/'): Promise<{ url: string; close(): Promise<void> }> {
  if (!existsSync(`${folder}/index.html`)) throw new Error(`${folder} has no index.html; run npm run build first`);
  const files = sirv(folder, { dev: true });
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    if (!url.startsWith(base)) {
      response.writeHead(404).end();
      return;
    }
    request.url = `/${url.slice(base.length)}`;
    files(request, response, () => {
      response.writeHead(404, { 'content-type': 'text/html' }).end('not found');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${base}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Chromium: CHROMIUM_PATH, the one inside the npm package (Linux x64), or an installed one. */
export async function openBrowser(): Promise<Browser> {
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const named = process.env['CHROMIUM_PATH'];
  const packed = process.platform === 'linux' && process.arch === 'x64';
  const executablePath =
    named ?? (packed ? await chromium.executablePath() : installed.find((path) => existsSync(path)));
  if (executablePath === undefined) throw new Error('no Chromium found; install one or set CHROMIUM_PATH');
  return driver.launch({
    executablePath,
    args: packed && named === undefined ? [...chromium.args, ...quiet] : ['--no-sandbox', ...quiet],
    headless: true,
  });
}
