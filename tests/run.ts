/**
 * `npm test`: every check that this machine can run, one suite after the other, and at the end, alone on the
 * last line, `N passed, N failed` over all of them. What is left out is named with its reason.
 *
 *   node tests/run.ts              all suites
 *   node tests/run.ts static unit  only these
 */
import { suites } from './suites.ts';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}. Suites: ${suites.map((suite) => suite.name).join(', ')}.`);
  process.exit(2);
}

let passed = 0;
let failed = 0;
const leftOut: string[] = [];
for (const suite of suites) {
  if (wanted.length > 0 && !wanted.includes(suite.name)) continue;
  const why = await suite.leftOut?.();
  if (why !== undefined) {
    leftOut.push(`${suite.name}: ${why}`);
    continue;
  }
  console.log(`\n== ${suite.name}: ${suite.what}`);
  const began = performance.now();
  const result = await suite.run();
  passed += result.passed;
  failed += result.failed;
  leftOut.push(...result.leftOut.map((line) => `${suite.name}: ${line}`));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`== ${suite.name}: ${result.passed} passed, ${result.failed} failed in ${seconds} s`);
}

console.log(
  leftOut.length === 0 ? '\nNothing was left out.' : `\nLeft out:\n${leftOut.map((line) => `  - ${line}`).join('\n')}`,
);
if (passed + failed === 0) {
  console.log('No test ran, so nothing was shown to work.');
  failed = 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
