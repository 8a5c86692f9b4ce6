import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { EXIT, Failure } from './failure.ts';
import type { Install } from './install.ts';
import type { Screen } from './screen.ts';

/** What the site is built from. */
const SOURCES = ['content', 'labs', 'public', 'src', 'astro.config.mjs', 'package.json', 'package-lock.json'];
/** Folders of `src` that no page is made of. */
const NOT_BUILT = /^src\/(cli|companion)$/;

/** Builds the site when it is missing or, in a checkout, older than what it is built from. */
export async function ensureSite(install: Install, screen: Screen): Promise<void> {
  const page = join(install.site, 'index.html');
  const built = existsSync(page) ? statSync(page).mtimeMs : 0;
  if (!install.isCheckout) {
    if (built > 0) return;
    throw new Failure(
      'This copy of the course has no site in it.',
      'Install it again: npm install hop-by-hop',
      EXIT.missing,
    );
  }
  if (built > 0 && !SOURCES.some((source) => isNewer(install.root, source, built))) return;
  screen.err(built > 0 ? 'The sources changed: building the site again' : 'Building the site (once, about a minute)');
  await build(install, screen);
}

function isNewer(root: string, path: string, than: number): boolean {
  const full = join(root, path);
  const found = statSync(full, { throwIfNoEntry: false });
  if (found === undefined || NOT_BUILT.test(path)) return false;
  if (!found.isDirectory()) return found.mtimeMs > than && !/\.test\.tsx?$/.test(path);
  return readdirSync(full).some((name) => isNewer(root, `${path}/${name}`, than));
}

async function build(install: Install, screen: Screen): Promise<void> {
  const astro = join(install.root, 'node_modules', 'astro', 'bin', 'astro.mjs');
  if (!existsSync(astro)) {
    throw new Failure('The site cannot be built: its tools are not installed.', 'Run: npm ci', EXIT.missing);
  }
  const bin = join(install.root, 'node_modules', '.bin');
  // Astro wants a newer Node than the course does; the one that npm brought along on Linux is.
  const own = join(bin, 'node');
  const child = spawn(existsSync(own) ? own : process.execPath, [astro, 'build'], {
    cwd: install.root,
    env: {
      ...process.env,
      PATH: [bin, process.env.PATH ?? ''].join(delimiter),
      NO_COLOR: '1',
      ASTRO_TELEMETRY_DISABLED: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const hear = (chunk: Buffer): void => {
    for (const line of chunk.toString('utf8').split('\n')) {
      if (line.trim() === '') continue;
      lines.push(line);
      // Astro's headings of what it is doing: `12:00:00 [build] Building static entrypoints...`
      const step = /\[[a-z]+\] (.+)\.\.\.$/.exec(line)?.[1];
      if (step !== undefined) screen.err(screen.paint('dim', `  ${step}`));
    }
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });
  if (code === 0) return;
  for (const line of lines.slice(-30)) screen.err(`  ${line}`);
  throw new Failure('The site could not be built; what its build said last is above.', undefined, EXIT.wrong);
}
