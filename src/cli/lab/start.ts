import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { askSession, serveControl } from '../../companion/control.ts';
import { openInBrowser, writeHandover } from '../../companion/handover.ts';
import { type KindSession, kindSession } from '../../companion/kind-session.ts';
import { type Companion, startCompanion } from '../../companion/server.ts';
import { clusterSpec } from '../../labs/spec/cluster.ts';
import { restOthers } from '../../labs/targets/kind/cluster.ts';
import { type CourseFolder, courseFolder } from '../../labs/targets/kind/folder.ts';
import type { Context } from '../context.ts';
import { EXIT, Failure } from '../failure.ts';
import { interrupted } from '../interrupt.ts';
import { findLab } from '../labs.ts';
import { readPort } from '../port.ts';
import { ensureSite } from '../site.ts';
import { showText } from './show.ts';

interface Options {
  readonly port: string;
  readonly shell?: boolean;
  readonly open: boolean;
  readonly keep?: boolean;
}

/** `hop lab start ID`: its cluster, its set-up, and its page (or a shell) until Ctrl-C. */
export async function start(context: Context, id: string, options: Options): Promise<number> {
  const { install, screen, env, cwd } = context;
  const lab = findLab(install.labs, id, cwd);
  if (!lab.targets.includes('kind')) {
    throw new Failure(`The lab "${id}" runs in the page only: ${lab.reason ?? ''}`, 'npx hop-by-hop start');
  }
  const port = readPort(options.port);
  const folder = courseFolder(env);
  if ((await askSession(folder, id, { look: true })) !== undefined) {
    throw new Failure(`The lab "${id}" runs already, in another terminal.`, `End it there, or: hop lab stop ${id}`);
  }
  const progress = (message: string): void => screen.err(screen.paint('dim', message));
  if (!options.shell) await ensureSite(install, screen);
  if (!options.keep) await restOthers(clusterSpec(lab).name, progress);
  const kind = kindSession({ lab, folder, hop: { node: process.execPath, script: install.script } });
  let failed: string | undefined;
  const unlisten = kind.session.listen((event) => {
    if (event.type !== 'cluster') return;
    if (event.phase === 'failed') failed = event.message;
    else progress(event.message);
  });
  const end = interrupted();
  const started = await Promise.race([kind.start().then(() => true), end.then(() => false)]);
  unlisten();
  try {
    if (!started) return EXIT.interrupted;
    if (failed !== undefined) {
      const next = 'hop doctor looks at what may be missing. Starting again mends or remakes a cluster.';
      throw new Failure(failed, next, EXIT.missing);
    }
    let stop = (): void => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const control = await serveControl(folder, kind.session, stop);
    try {
      if (options.shell) return await here(context, kind, () => showText(screen, lab, kind.session.engine.state));
      const companion = await startCompanion({
        site: install.site,
        version: install.version,
        port,
        session: kind.session,
      });
      if (companion.moved) screen.err(`Port ${port} is taken, so another one was chosen.`);
      const file = await invite(context, folder, companion, id, options.open);
      await Promise.race([end, stopped]);
      await rm(file, { force: true });
      await companion.close();
      return EXIT.ok;
    } finally {
      await control.close();
    }
  } finally {
    await kind.close();
  }
}

/** The course's shell in this very terminal. */
async function here({ screen }: Context, kind: KindSession, greet: () => void): Promise<number> {
  const { program, argv, env, cwd } = await kind.target.shell();
  greet();
  screen.out();
  screen.out(
    screen.paint('dim', "This shell is the lab's: hop lab check, hint, solve, reset; hop answer; exit ends it."),
  );
  // Ctrl-C is the shell's business now.
  process.on('SIGINT', () => {});
  return new Promise((resolve, reject) => {
    const shell = spawn(program, [...argv], { env: { ...env }, cwd, stdio: 'inherit' });
    shell.on('error', reject);
    shell.on('close', () => resolve(EXIT.ok));
  });
}

/** Says where the page is, hands the browser its code, and gives a new one on Enter. @returns the hand-over file. */
async function invite(
  { screen, env }: Context,
  folder: CourseFolder,
  companion: Companion,
  lab: string,
  open: boolean,
): Promise<string> {
  const address = `${companion.url}labs/${lab}/`;
  screen.out(`The lab is at ${screen.paint('cyan', address)}`);
  const file = await writeHandover(folder.run, companion.url, companion.issueCode());
  if (open && (await openInBrowser(file, env))) {
    screen.err('It opens in your browser. In another browser it asks for a code: press Enter here to see one.');
  } else {
    // The file holds a code, its name doesn't: only this user can read it.
    screen.err(`Open it by ${file}, within a minute,`);
    screen.err('or open the address and type the code that Enter shows here.');
  }
  if (!screen.isTerminal || process.stdin.isTTY !== true) return file;
  screen.err(screen.paint('dim', 'Enter shows a code. Ctrl-C ends the lab; its cluster stays for the next time.'));
  process.stdin.on('data', () => screen.err(`Code, for one minute: ${screen.paint('bold', companion.issueCode())}`));
  process.stdin.unref();
  return file;
}
