import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TargetTerminal } from '../../target.ts';
import { courseFolder } from './folder.ts';
import { openTerminal, prepareShell, WINDOW } from './terminal.ts';

const has = (program: string) => existsSync(`/bin/${program}`) || existsSync(`/usr/bin/${program}`);

let home = '';
let terminal: TargetTerminal | undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hop-terminal-'));
  const kubeconfig = courseFolder({ HOME: home }).cluster('hop-lab');
  mkdirSync(kubeconfig.root, { recursive: true });
  writeFileSync(kubeconfig.kubeconfig, 'apiVersion: v1\ncurrent-context: kind-hop-lab\n');
  // Stands for the real kubectl: says how it was called.
  writeFileSync(join(home, 'real-kubectl'), '#!/bin/sh\n[ "$1" = completion ] && exit 0\necho "real kubectl: $*"\n', {
    mode: 0o755,
  });
  const spoilt =
    'export KUBECONFIG=$HOME/.kube/config PATH=$HOME/mine:$PATH\nalias kubectl="echo an alias"\nexport FROM_RC=yes\n' +
    'PS1="my own prompt> "\nPROMPT="$PS1"\nPROMPT_COMMAND="PS1=again"\nprecmd() { PROMPT="again"; }\n';
  writeFileSync(join(home, '.bashrc'), spoilt);
  writeFileSync(join(home, '.zshrc'), spoilt);
  mkdirSync(join(home, 'mine'));
  writeFileSync(join(home, 'mine', 'kubectl'), '#!/bin/sh\necho "the one from the rc file"\n', { mode: 0o755 });
});

afterEach(() => {
  terminal?.close();
  terminal = undefined;
  rmSync(home, { recursive: true, force: true });
});

async function open(shell: string) {
  const env = { PATH: process.env.PATH, HOME: home, SHELL: shell, LANG: 'C.UTF-8', npm_config_user_agent: 'npm' };
  const folder = courseFolder(env);
  const command = await prepareShell(
    {
      lab: 'pods',
      cwd: folder.lab('pods'),
      folder: folder.cluster('hop-lab'),
      context: 'kind-hop-lab',
      kubectl: join(home, 'real-kubectl'),
      hop: { node: process.execPath, script: '/nowhere/hop.mjs' },
      variables: { WORKER: 'hop-lab-worker', HOP_LAB: 'pods' },
    },
    env,
  );
  terminal = await openTerminal(command, { columns: 100, rows: 30 });
  return conversation(terminal);
}

/** Waits for the prompt and for words, as a person does. */
function conversation(shell: TargetTerminal) {
  let seen = '';
  let wake = (): void => {};
  shell.onData((data) => {
    seen += data;
    wake();
  });
  const until = async (holds: () => boolean, what: string): Promise<void> => {
    const late = AbortSignal.timeout(10_000);
    while (!holds()) {
      if (late.aborted) throw new Error(`${what} did not come; seen: ${JSON.stringify(seen)}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
        late.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  };
  return {
    prompt: () => until(() => shell.atPrompt(), 'the prompt'),
    /** Runs one line; gives what it printed. */
    async run(line: string): Promise<string> {
      seen = '';
      shell.write(`${line}\r`);
      expect(shell.atPrompt()).toBe(false);
      await until(() => shell.atPrompt(), 'the prompt');
      return seen;
    },
    /** Nothing more comes: the reader stopped (it would be a flood else). */
    async quiet(): Promise<void> {
      for (let before = -1; before !== seen.length; ) {
        before = seen.length;
        await sleep(100);
      }
      seen = '';
    },
    /** Shows all that comes until the prompt is back. */
    async draining(): Promise<void> {
      shell.onData((data) => shell.ack(data.length));
      await until(() => shell.atPrompt(), 'the prompt');
    },
    seen: () => seen,
    saw: (text: string) => until(() => seen.includes(text), text),
  };
}

describe.each(['bash', 'zsh'].filter(has))("the learner's shell: %s", (name) => {
  test("sets the course's cluster after the user's rc file, which is left as it was", async () => {
    const before = readFileSync(join(home, `.${name}rc`), 'utf8');
    const shell = await open(`/bin/${name}`);
    await shell.prompt();
    const kubeconfig = courseFolder({ HOME: home }).cluster('hop-lab').kubeconfig;
    expect(await shell.run('echo "<$KUBECONFIG|$FROM_RC|$WORKER|$npm_config_user_agent>"')).toContain(
      `<${kubeconfig}|yes|hop-lab-worker|>`,
    );
    expect(await shell.run('kubectl get pods')).toContain('real kubectl: get pods');
    expect(await shell.run('pwd')).toContain(courseFolder({ HOME: home }).lab('pods'));
    expect(readFileSync(join(home, `.${name}rc`), 'utf8')).toBe(before);
    expect(existsSync(join(home, '.kube'))).toBe(false);
  });

  test('shows a prompt of its own, with no mark left in the output', async () => {
    const shell = await open(`/bin/${name}`);
    await shell.prompt();
    await shell.run('true');
    expect(shell.seen()).toContain('hop:pods');
    expect(shell.seen()).not.toContain('hop=');
    expect(shell.seen()).not.toContain('\x1b]133;');
  });

  test('is at its prompt only while it waits there', async () => {
    const shell = await open(`/bin/${name}`);
    await shell.prompt();
    terminal?.write(`sh -c 'echo rea""dy; exec cat'\r`);
    await shell.saw('ready');
    expect(terminal?.atPrompt()).toBe(false);
    terminal?.write('\x03');
    await shell.prompt();
    // A program that draws somebody's prompt marks is not the shell.
    terminal?.write("printf '\\033]133;B\\007\\033]133;B;hop=0\\007fake$ '; cat\r");
    await shell.saw('fake$');
    expect(terminal?.atPrompt()).toBe(false);
  });

  test('stops reading a flood until what came was shown', async () => {
    const shell = await open(`/bin/${name}`);
    await shell.prompt();
    let length = 0;
    terminal?.onData((data) => {
      length += data.length;
    });
    terminal?.write('yes\r');
    await shell.saw('y\r\ny');
    await shell.quiet();
    expect(length).toBeLessThan(WINDOW * 2);
    const before = length;
    terminal?.ack(length);
    await shell.saw('y\r\ny');
    await shell.quiet();
    expect(length).toBeGreaterThan(before);
    terminal?.write('\x03');
    terminal?.ack(length);
    await shell.draining();
  });

  test('tells its size and its end', async () => {
    const shell = await open(`/bin/${name}`);
    await shell.prompt();
    expect(await shell.run('stty size')).toContain('30 100');
    terminal?.resize(80, 24);
    terminal?.write('stty size\r');
    await shell.saw('24 80');
    const code = new Promise((resolve) => terminal?.onExit(resolve));
    terminal?.write('exit 3\r');
    expect(await code).toBe(3);
    expect(terminal?.atPrompt()).toBe(false);
  });
});

describe("the course's kubectl", () => {
  const kubectl = (argv: string[], env: Record<string, string> = {}) => {
    const { bin, kubeconfig } = courseFolder({ HOME: home }).cluster('hop-lab');
    try {
      return execFileSync(join(bin, 'kubectl'), argv, {
        env: { PATH: process.env.PATH, KUBECONFIG: kubeconfig, ...env },
        encoding: 'utf8',
        stdio: 'pipe',
      });
    } catch (error) {
      return `refused: ${(error as { stderr: string }).stderr}`;
    }
  };
  beforeEach(async () => {
    await open('/bin/bash');
  });

  test.each([
    [['get', 'pods', '-o', 'wide']],
    [['--context', 'kind-hop-lab', 'get', 'pods']],
    [['--context=kind-hop-lab', 'get', 'pods']],
    [['exec', 'client', '--', 'curl', '-s', '--user', 'a:b', '--context', 'x']],
    [['logs', 'client', '--since=1m']],
  ])('passes on %j', (argv) => {
    expect(kubectl(argv)).toBe(`real kubectl: ${argv.join(' ')}\n`);
  });

  test.each([
    [['--context', 'prod', 'get', 'pods']],
    [['get', 'pods', '--context=prod']],
    [['--context=kind-hop-lab2', 'get', 'pods']],
    [['--kubeconfig', '/root/.kube/config', 'get', 'pods']],
    [['--kubeconfig=/root/.kube/config', 'get', 'pods']],
    [['-s', 'https://1.2.3.4', 'get', 'pods']],
    [['-shttps://1.2.3.4', 'get', 'pods']],
    [['--server=https://1.2.3.4', 'delete', 'pods', '--all']],
    [['--cluster', 'prod', 'get', 'pods']],
  ])('refuses %j', (argv) => {
    expect(kubectl(argv)).toMatch(/^refused: hop: .* only talks to the course's cluster \(kind-hop-lab\)/);
  });

  test('refuses a KUBECONFIG that was changed, and a context that was switched', () => {
    expect(kubectl(['get', 'pods'], { KUBECONFIG: '/root/.kube/config' })).toContain(
      'KUBECONFIG is /root/.kube/config, not',
    );
    const { kubeconfig } = courseFolder({ HOME: home }).cluster('hop-lab');
    writeFileSync(kubeconfig, 'apiVersion: v1\ncurrent-context: prod\n');
    expect(kubectl(['get', 'pods'])).toContain('has another current context');
  });
});
