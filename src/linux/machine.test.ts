import { expect, test } from 'vitest';
import { eventLoopHost } from '../simulation/host.ts';
import { Simulation } from '../simulation/simulation.ts';
import { LinuxError } from './errno.ts';
import { Machine } from './machine.ts';
import type { Namespace } from './namespace.ts';
import type { CloneSpec } from './process/kernel.ts';
import { PidNamespace } from './process/pids.ts';
import { PIPE_CAPACITY, Pipe } from './process/pipe.ts';
import type { Child, Program, ProgramTable } from './process/process.ts';
import { Collector } from './process/streams.ts';

const netns = { name: 'test' } as Namespace;
const waits: Program = async ({ clock, signals }) => {
  await clock.sleep(60_000, signals.ended);
  return 0;
};
const table: ProgramTable = {
  hello: async () => async (process) => {
    await process.stdout.write(`hello ${process.argv.slice(1).join(' ')}\n`);
    return 3;
  },
  waits: async () => waits,
  polite: async () => async (process) => {
    process.signals.on('TERM', () => void process.stdout.write('later\n'));
    return waits(process);
  },
  endless: async () => async (process) => {
    for (;;) await process.stdout.write('y\n');
  },
  broken: async () => async () => {
    throw new TypeError('x is undefined');
  },
  unlucky: async () => async () => {
    throw new LinuxError('ENOENT', 'thing');
  },
};

function start() {
  const simulation = new Simulation({ seed: 'machine', host: eventLoopHost() });
  const machine = new Machine({
    name: 'box',
    clock: simulation,
    random: simulation.random,
    programs: table,
    netns,
  });
  const run = async (child: Child, limit?: number): Promise<number | undefined> => {
    let status: number | undefined;
    void child.exit.then((code) => {
      status = code;
    });
    await simulation.runUntil(() => status !== undefined, limit);
    return status;
  };
  const output = async (spec: CloneSpec) => {
    const stdout = new Collector();
    const stderr = new Collector();
    const status = await run(machine.spawn({ ...spec, stdout, stderr }));
    return { status, stdout: stdout.text(), stderr: stderr.text() };
  };
  return { simulation, machine, run, output };
}

test('a program is found on PATH, gets its words, and its status is told', async () => {
  const { output, machine } = start();
  expect(await output({ argv: ['hello', 'a', 'b'] })).toEqual({ status: 3, stdout: 'hello a b\n', stderr: '' });
  machine.files.write('/tmp/mine', machine.files.read('/bin/hello'), { mode: 0o755 });
  expect((await output({ argv: ['./mine'], cwd: '/tmp' })).status).toBe(3);
  machine.files.write('/tmp/script', '#!/usr/bin/hello from\n', { mode: 0o755 });
  expect((await output({ argv: ['/tmp/script', 'x'] })).stdout).toBe('hello from /tmp/script x\n');
});

test('what is not there is 127, what may not be executed 126', async () => {
  const { output, machine } = start();
  expect(await output({ argv: ['nothing'] })).toEqual({
    status: 127,
    stdout: '',
    stderr: 'nothing: No such file or directory\n',
  });
  machine.files.write('/tmp/text', 'just text\n');
  expect((await output({ argv: ['/tmp/text'] })).stderr).toBe('/tmp/text: Permission denied\n');
  machine.files.chmod('/tmp/text', 0o755);
  expect(await output({ argv: ['/tmp/text'] })).toMatchObject({
    status: 126,
    stderr: '/tmp/text: Exec format error\n',
  });
});

test('an expected failure is the program its own, an unexpected one is ours', async () => {
  const { output } = start();
  expect(await output({ argv: ['unlucky'] })).toMatchObject({
    status: 1,
    stderr: 'unlucky: thing: No such file or directory\n',
  });
  expect(await output({ argv: ['broken'] })).toMatchObject({
    status: 70,
    stderr: 'broken: internal error: x is undefined\n',
  });
});

test('signals end a process with 128 + n unless it handles them; KILL always does', async () => {
  const { simulation, machine, run } = start();
  const child = machine.spawn({ argv: ['waits'] });
  simulation.after(10, () => child.kill('TERM'));
  expect(await run(child)).toBe(143);
  expect(child.killedBy).toBe('TERM');
  const stdout = new Collector();
  const polite = machine.spawn({ argv: ['polite'], stdout });
  simulation.after(10, () => polite.kill('TERM'));
  expect(await run(polite, 1000)).toBeUndefined();
  expect(stdout.text()).toBe('later\n');
  polite.kill('KILL');
  expect(await run(polite)).toBe(137);
});

test('a pipe holds 64 KiB, then its writer waits; without readers the writer dies of SIGPIPE', async () => {
  const { simulation, machine, run } = start();
  const pipe = new Pipe(simulation);
  const child = machine.spawn({ argv: ['endless'], stdout: pipe.writer });
  pipe.writer.close?.();
  expect(await run(child, 1000)).toBeUndefined();
  let size = 0;
  let more: Uint8Array | undefined;
  const drain = async () => {
    while (size < 2 * PIPE_CAPACITY && (more = await pipe.reader.read()) !== undefined) size += more.length;
    pipe.reader.close?.();
  };
  void drain();
  expect(await run(child)).toBe(141);
  expect(size).toBeGreaterThanOrEqual(2 * PIPE_CAPACITY);
});

test('a reader sees the end when the last of several writers is gone', async () => {
  const { simulation, machine } = start();
  const pipe = new Pipe(simulation);
  machine.spawn({ argv: ['hello', '1'], stdout: pipe.writer });
  machine.spawn({ argv: ['hello', '2'], stdout: pipe.writer });
  pipe.writer.close?.();
  let text = '';
  let ended = false;
  void (async () => {
    for (let chunk = await pipe.reader.read(); chunk !== undefined; chunk = await pipe.reader.read()) {
      text += new TextDecoder().decode(chunk);
    }
    ended = true;
  })();
  expect(await simulation.runUntil(() => ended)).toBe(true);
  expect(text).toBe('hello 1\nhello 2\n');
});

test('a container is a process with its own root, pid namespace and hostname', async () => {
  const { simulation, machine, run } = start();
  machine.files.mkdir('/containers/one/bin', { parents: true });
  const root = machine.files.chroot('/containers/one');
  root.write('/bin/hello', machine.files.read('/bin/hello'), { mode: 0o755 });
  const pids = new PidNamespace(machine.pidNamespace);
  let seen: unknown;
  const inside: Program = async (process) => {
    seen = {
      pid: process.pid,
      hostname: process.hostname,
      bin: process.files.list('/bin'),
      processes: process.processes().map((entry) => [entry.pid, entry.ppid, entry.argv[0]]),
    };
    for (const entry of process.processes()) entry.kill('KILL');
    return waits(process);
  };
  const child = machine.spawn({ argv: ['main'], program: inside, root, pidNamespace: pids, hostname: 'pod-1' });
  machine.spawn({ argv: ['exec'], program: waits, root, pidNamespace: pids });
  simulation.after(50, () => child.kill('TERM'));
  expect(await run(child, 100)).toBeUndefined();
  expect(seen).toEqual({
    pid: 1,
    hostname: 'pod-1',
    bin: ['hello'],
    processes: [
      [1, 0, 'main'],
      [2, 0, 'exec'],
    ],
  });
  const other = machine.spawn({ argv: ['exec'], program: waits, root, pidNamespace: pids });
  child.kill('KILL');
  expect(await run(child)).toBe(137);
  expect(await run(other)).toBe(137);
});

test('a fork bomb meets the limit, and shutdown ends everything', async () => {
  const { simulation, machine, run } = start();
  let failed = '';
  const bomb: Program = async (process) => {
    try {
      for (;;) process.spawn({ argv: ['waits'] });
    } catch (error) {
      failed = error instanceof LinuxError ? error.errno : 'other';
    }
    return waits(process);
  };
  const child = machine.spawn({ argv: ['bomb'], program: bomb });
  await simulation.runUntil(() => failed !== '');
  expect(failed).toBe('EAGAIN');
  machine.shutdown();
  expect(await run(child)).toBe(137);
  expect(machine.pidNamespace.tasks.size).toBe(0);
});
