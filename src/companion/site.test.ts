import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveSite } from './site.ts';

let folder = '';
let server: Server;
let base = '';
/** What a test does to a response before the site answers. */
let meddle: (response: NodeJS.WritableStream) => void = () => {};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hop-site-'));
  for (const name of ['index.html', 'a.js', 'page.html']) writeFileSync(join(folder, name), name);
  meddle = () => {};
  const site = serveSite(folder, () => 'localhost');
  server = createServer((request, response) => {
    site(request, response);
    meddle(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each(['/a.js', '/page', '/page.html', '/'])(
  'a file that a new build has removed is not found: %s',
  async (path) => {
    expect((await fetch(base + path)).status).toBe(200);
    for (const name of ['index.html', 'a.js', 'page.html']) rmSync(join(folder, name));
    const answer = await fetch(base + path);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('There is no such page.');
  },
);

test('a file that goes while it is sent ends the answer, not the process', async () => {
  meddle = (response) => {
    const broken = new Readable({ read: () => broken.destroy(new Error('ENOENT')) });
    broken.pipe(response);
  };
  await fetch(`${base}/a.js`)
    .then((answer) => answer.text())
    .catch(() => {});
  meddle = () => {};
  expect((await fetch(`${base}/page`)).status).toBe(200);
});
