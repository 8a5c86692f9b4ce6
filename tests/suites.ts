import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { kindLeftOut } from './kind/available.ts';

export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  /** Tests that did not run, each with its reason. */
  readonly leftOut: readonly string[];
}

export interface Suite {
  readonly name: string;
  readonly what: string;
  /** Why this machine can't run the suite; undefined: it can. */
  leftOut?(): Promise<string | undefined>;
  run(): Promise<SuiteResult>;
}

/** Suites in the order in which they run: the quick ones that explain the others' failures come first. */
export const suites: readonly Suite[] = [
  {
    name: 'static',
    what: 'format, lint, types, import rules, dead code, file sizes',
    run: () =>
      commands([
        ['format and lint', 'biome', 'check', '--error-on-warnings'],
        ['types that the site makes', 'astro', 'sync'],
        ['types', 'tsc', '-p', 'tsconfig.json'],
        ['types of the pages', 'astro', 'check'],
        ['types of the pure rooms', 'tsc', '-p', 'src/core.tsconfig.json'],
        ['import rules', 'depcruise', 'src', '--config', 'tests/static/imports.cjs', '--output-type', 'err'],
        ['dead code', 'knip', '--config', 'tests/static/knip.json'],
        ['file sizes', 'node', 'tests/static/sizes.ts'],
        ['the lock file names no download address', 'node', 'tests/static/lockfile.ts'],
      ]),
  },
  { name: 'unit', what: 'each part beside its source', run: () => vitest('unit') },
  { name: 'contract', what: 'labs both ways and Target cases on the page target', run: () => vitest('contract') },
  {
    name: 'differential',
    what: 'the simulated tools against the real ones of this machine',
    run: () => vitest('differential'),
  },
  {
    name: 'kernel',
    what: 'networks by chance and their packets, in the simulation against the kernel of this machine',
    run: () => vitest('kernel'),
  },
  {
    name: 'site',
    what: 'the site is built, with every recorded output up to date',
    run: () => commands([['build', 'astro', 'build']]),
  },
  {
    name: 'e2e',
    what: 'as a reader and a learner act, in a real browser',
    leftOut: async () => (existsSync('dist/site/index.html') ? undefined : 'the site was not built'),
    run: () => vitest('e2e'),
  },
  {
    name: 'kind',
    what: 'the lab and the Target cases on a real kind cluster',
    leftOut: kindLeftOut,
    run: () => vitest('kind'),
  },
];

async function commands(list: readonly (readonly [title: string, ...argv: string[]])[]): Promise<SuiteResult> {
  let passed = 0;
  let failed = 0;
  for (const [title, ...argv] of list) {
    const { code, output } = await run(argv);
    if (code === 0) passed++;
    else failed++;
    console.log(`${code === 0 ? 'ok' : 'FAILED'}  ${title}${code === 0 ? '' : `\n${output}`}`);
  }
  return { passed, failed, leftOut: [] };
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Runs one vitest project; a test file that fails to load counts as a failure, a skipped test is named. */
async function vitest(project: string): Promise<SuiteResult> {
  mkdirSync('.cache', { recursive: true });
  const report = `.cache/vitest-${project}.json`;
  const { code } = await run(
    ['vitest', 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    true,
  );
  if (!existsSync(report)) return { passed: 0, failed: 1, leftOut: [] };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  const broken = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const skipped = testResults.flatMap((file) =>
    file.assertionResults
      .filter((test) => ['pending', 'skipped', 'todo'].includes(test.status))
      .map((test) => test.fullName),
  );
  let failed = numFailedTests + broken.length;
  if (code !== 0 && failed === 0) failed = 1;
  return { passed: numPassedTests, failed, leftOut: grouped(skipped) };
}

/** Tests that are left out for one reason, `GROUP (left out: WHY) TEST`, in one line. */
function grouped(titles: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const title of titles) {
    const group = /^.*?\(left out: [^)]*\)/.exec(title)?.[0] ?? title;
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return [...counts].map(([group, count]) => (count === 1 ? group : `${group}: ${count} tests`));
}

function run(argv: readonly string[], show = false): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const [command = '', ...rest] = argv;
    const child = spawn(command, rest, { stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'] });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
