/** No source file over 400 lines: a longer one holds two ideas. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LIMIT = 400;
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'src', 'tests'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|tsx|astro|mjs|cjs|css)$/.test(file));
const long = files
  .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length }))
  .filter(({ lines }) => lines > LIMIT);
for (const { file, lines } of long)
  console.error(`${file}: ${lines} lines; at most ${LIMIT}. Split it where two ideas meet.`);
process.exitCode = long.length > 0 ? 1 : 0;
