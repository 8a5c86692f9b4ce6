import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAccess } from './kubeconfig.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hop-kubeconfig-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const KIND = `apiVersion: v1
clusters:
- {name: kind-hop-lab, cluster: {server: 'https://127.0.0.1:34567', certificate-authority-data: Y2E=}}
- {name: prod, cluster: {server: 'https://prod.example:6443', certificate-authority-data: Y2E=}}
users:
- {name: kind-hop-lab, user: {client-certificate-data: Y2VydA==, client-key-data: a2V5}}
current-context: kind-hop-lab
`;

async function read(text: string) {
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, text);
  return readAccess(path, 'hop-lab');
}

test("leads to the course's own cluster on this machine", async () => {
  const { context, server, key } = await read(KIND);
  expect({ context, server, key: key.toString() }).toEqual({
    ...{ context: 'kind-hop-lab', server: 'https://127.0.0.1:34567' },
    key: 'key',
  });
});

test.each([
  ['another current context', 'current-context: kind-hop-lab', 'current-context: prod'],
  ['a server elsewhere', 'https://127.0.0.1:34567', 'https://prod.example:6443'],
  ['a server whose name only begins so', '127.0.0.1:34567', '127.0.0.1:34567.prod.example'],
  ['a server without TLS', 'https://127', 'http://127'],
])('is refused with %s', async (_, from, to) => {
  await expect(read(KIND.replace(from, to))).rejects.toMatchObject({ code: 'forbidden' });
});

test('is unavailable without a file, and without a certificate', async () => {
  await expect(readAccess(join(folder, 'nothing'), 'hop-lab')).rejects.toMatchObject({ code: 'unavailable' });
  await expect(read(KIND.replace('client-key-data', 'password'))).rejects.toMatchObject({ code: 'unavailable' });
});
