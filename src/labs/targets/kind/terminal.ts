import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { TargetTerminal } from '../../target.ts';
import { TargetError } from '../../target.ts';
import type { ClusterFolder } from './folder.ts';
import { privateFolder } from './folder.ts';
import { PromptMarks } from './marks.ts';
import type { ShellSetup } from './rcfile.ts';
import { bashRc, zshFiles } from './rcfile.ts';
import { run } from './run.ts';
import { hopWrapper, kubectlWrapper } from './wrapper.ts';

/** All that the learner's shell is made from. */
export interface ShellPlan {
  readonly lab: string;
  /** Where it starts: the learner's folder of the lab. */
  readonly cwd: string;
  readonly folder: ClusterFolder;
  readonly context: string;
  readonly kubectl: string;
  /** The course's command: the Node that runs it, and its script. */
  readonly hop: { readonly node: string; readonly script: string };
  readonly variables: Readonly<Record<string, string>>;
}

export interface ShellCommand {
  readonly program: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly nonce: string;
}

/** Writes what the shell reads at its start, and says how to start it. zsh for who uses zsh, bash for everyone else. */
export async function prepareShell(plan: ShellPlan, env: NodeJS.ProcessEnv = process.env): Promise<ShellCommand> {
  const { folder } = plan;
  await privateFolder(folder.root);
  await privateFolder(folder.bin);
  await mkdir(plan.cwd, { recursive: true, mode: 0o700 });
  const wrapper = kubectlWrapper({ kubectl: plan.kubectl, kubeconfig: folder.kubeconfig, context: plan.context });
  await writeFile(join(folder.bin, 'kubectl'), wrapper, { mode: 0o755 });
  await writeFile(join(folder.bin, 'hop'), hopWrapper(plan.hop.node, plan.hop.script), { mode: 0o755 });
  const nonce = randomBytes(12).toString('hex');
  const setup: ShellSetup = {
    lab: plan.lab,
    bin: folder.bin,
    history: join(folder.root, 'history'),
    // kubectl keeps what it learns of a cluster under ~/.kube unless told otherwise.
    variables: { KUBECONFIG: folder.kubeconfig, KUBECACHEDIR: join(folder.root, 'cache'), ...plan.variables },
    nonce,
  };
  const usual = basename(env.SHELL ?? 'bash');
  const home = env.HOME ?? homedir();
  if (usual === 'zsh') {
    const zdotdir = await privateFolder(join(folder.root, 'zsh'));
    for (const [name, text] of Object.entries(zshFiles(setup, env.ZDOTDIR ?? home))) {
      await writeFile(join(zdotdir, name), text, { mode: 0o600 });
    }
    const environment = { ...cleaned(env), ZDOTDIR: zdotdir };
    return { program: env.SHELL ?? 'zsh', argv: ['-i'], env: environment, cwd: plan.cwd, nonce };
  }
  const found = await run('bash', ['--version'], { timeoutMs: 5000 }).catch(() => undefined);
  if (found?.code !== 0) throw new TargetError('unavailable', "The lab's terminal needs bash or zsh. Install bash.");
  const rc = join(folder.root, 'bashrc');
  await writeFile(rc, bashRc(setup), { mode: 0o600 });
  return { program: 'bash', argv: ['--rcfile', rc, '-i'], env: cleaned(env), cwd: plan.cwd, nonce };
}

/** The user's environment without npm's (a shell begun by npx would hand it on to every npm command typed in it). */
function cleaned(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(npm_|INIT_CWD$|NODE_OPTIONS$)/.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), TERM: 'xterm-256color', COLORTERM: 'truecolor' };
}

/** Characters on their way to the page, not yet shown, before the shell has to wait. */
export const WINDOW = 256 * 1024;

/** Starts the shell on a pseudo-terminal of its own. */
export async function openTerminal(
  command: ShellCommand,
  size: { readonly columns: number; readonly rows: number },
): Promise<TargetTerminal> {
  const { spawn } = await import('@lydell/node-pty').catch((error: Error) => {
    throw new TargetError(
      'unavailable',
      `No terminals on this machine: node-pty could not be loaded (${error.message}).`,
    );
  });
  const shell = spawn(command.program, [...command.argv], {
    name: 'xterm-256color',
    cols: size.columns,
    rows: size.rows,
    cwd: command.cwd,
    env: { ...command.env },
  });
  const marks = new PromptMarks(command.nonce);
  const data: ((text: string) => void)[] = [];
  const exit: ((code: number) => void)[] = [];
  const prompt: ((ready: boolean) => void)[] = [];
  let ended = false;
  let ready = false;
  let unshown = 0;
  const tell = (text: string): void => {
    if (text === '') return;
    unshown += text.length;
    if (unshown > WINDOW) shell.pause();
    for (const listener of data) listener(text);
  };
  const look = (): void => {
    const now = !ended && marks.atPrompt;
    if (now === ready) return;
    ready = now;
    for (const listener of prompt) listener(now);
  };
  shell.onData((chunk) => {
    tell(marks.output(chunk));
    look();
  });
  shell.onExit(({ exitCode }) => {
    ended = true;
    tell(marks.rest());
    look();
    for (const listener of exit) listener(exitCode);
  });
  return {
    write: (text) => {
      if (ended) return;
      marks.input(text);
      look();
      shell.write(text);
    },
    onData: (listener) => void data.push(listener),
    ack: (length) => {
      unshown = Math.max(0, unshown - length);
      if (unshown <= WINDOW) shell.resume();
    },
    onExit: (listener) => void exit.push(listener),
    onPrompt: (listener) => void prompt.push(listener),
    resize: (columns, rows) => {
      if (!ended && columns > 0 && rows > 0) shell.resize(columns, rows);
    },
    atPrompt: () => !ended && marks.atPrompt,
    // Hang-up: what a closed terminal window sends; the shell passes it on to its jobs.
    close: () => {
      if (!ended) shell.kill('SIGHUP');
    },
  };
}
