/**
 * Bundles the command line to `dist/cli`. npm runs it as `prepare` (after `npm ci` in a clone, before `npm pack`),
 * so it is plain JavaScript for any Node >= 20, says nothing unless it fails, and takes well under a second.
 */
import { chmod, readdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const out = `${root}dist/cli`;

try {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/hop.ts'],
    outdir: out,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: '#!/usr/bin/env node' },
    // What the published package depends on: native code, or better kept in one place.
    external: ['@lydell/node-pty', 'ws', 'commander', 'yaml', 'sirv'],
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
  });
  await chmod(`${out}/hop.mjs`, 0o755);
  // What an earlier build left goes last: a `hop` that starts meanwhile finds the old files or the new ones, never none.
  for (const file of await readdir(out)) {
    if (!(`dist/cli/${file}` in metafile.outputs)) await rm(`${out}/${file}`, { recursive: true });
  }
} catch (error) {
  console.error(`The command line could not be bundled: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
