/**
 * `node src/build/manifest.mjs pack|restore`, run by npm's `prepack` and `postpack`: the published package does not
 * carry the Node that the checkout's scripts bring along (a user has one already), nor what only the checkout needs.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const kept = '.cache/package.json';
const [verb] = process.argv.slice(2);
if (verb === 'pack') {
  mkdirSync('.cache', { recursive: true });
  // A pack that was broken off has left the stripped one behind; the kept one is whole.
  if (existsSync(kept)) renameSync(kept, 'package.json');
  copyFileSync('package.json', kept);
  const {
    optionalDependencies: _node,
    devDependencies: _dev,
    scripts: _scripts,
    overrides: _pins,
    ...published
  } = JSON.parse(readFileSync('package.json', 'utf8'));
  writeFileSync('package.json', `${JSON.stringify(published, null, 2)}\n`);
} else if (verb === 'restore') {
  if (existsSync(kept)) renameSync(kept, 'package.json');
} else {
  console.error('usage: node src/build/manifest.mjs pack|restore');
  process.exitCode = 2;
}
