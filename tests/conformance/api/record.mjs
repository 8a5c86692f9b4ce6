/**
 * Asks a real API server the operations of the recorded files again, in their order, and writes down
 * what it answers. Run by hand when the release in `src/kubernetes/version.ts` changes:
 *
 *   kubectl proxy --port 8001 &
 *   node tests/conformance/api/record.mjs http://127.0.0.1:8001
 *
 * The server must run without controllers and without the ServiceAccount admission plug-in (etcd and
 * kube-apiserver alone do), so that nothing but the requests changes objects; and it must be new, as some files ask for certain addresses and ports.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { httpTransport } from '../../../src/kubernetes/client/http-transport.ts';
import { scrub } from './scrub.ts';

const here = dirname(fileURLToPath(import.meta.url));
const base = process.argv[2] ?? 'http://127.0.0.1:8001';
const token = process.env.TOKEN;
const headers = { 'user-agent': 'recorder', ...(token && { authorization: `Bearer ${token}` }) };
const transport = httpTransport(fetch, base, { headers });

const only = process.argv[3] ?? '';
for (const file of readdirSync(here).filter((name) => name.endsWith('.generated.json') && name.startsWith(only))) {
  const path = join(here, file);
  // A namespace of its own for each run, called `recorded` in the file.
  const namespace = `recorded-${Date.now().toString(36)}`;
  const cases = JSON.parse(readFileSync(path, 'utf8'));
  const lines = [];
  for (const { title, wait, operation } of cases) {
    // What the server does by itself takes its time.
    if (wait !== undefined) await new Promise((resolve) => setTimeout(resolve, wait));
    const asked = JSON.parse(JSON.stringify(operation).replaceAll('"recorded"', `"${namespace}"`));
    const answer = await transport.handle({ user: 'recorder', ...asked });
    const seen = scrub({
      code: answer.code,
      body: 'body' in answer ? answer.body : null,
      ...('body' in answer && answer.warnings && { warnings: answer.warnings }),
    });
    const text = JSON.stringify(seen).replaceAll(namespace, 'recorded');
    const pause = wait === undefined ? '' : `"wait":${wait},`;
    lines.push(
      `{"title":${JSON.stringify(title)},${pause}\n"operation":${JSON.stringify(operation)},\n"answer":${text}}`,
    );
  }
  writeFileSync(path, `[\n${lines.join(',\n')}\n]\n`);
  console.log(`${file}: ${cases.length} answers`);
}
