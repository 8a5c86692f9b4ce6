import type { ConnectRequest } from '../kubernetes/api/connection.ts';
import { resources } from '../kubernetes/api/discovery.ts';
import { kinds } from '../kubernetes/api/kinds/index.ts';
import { serverForTest } from '../kubernetes/api/server-for-test.ts';
import { createClient } from '../kubernetes/client/create-client.ts';
import { localTransport } from '../kubernetes/client/local-transport.ts';
import { MemoryFiles } from '../linux/files/memory.ts';
import { type Process, SignalExit } from '../linux/process/process.ts';
import { kubectl } from './kubectl.ts';

/** What one call of kubectl printed, and its status. */
export interface Printed {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** An API server with one node, and a kubectl that speaks to it, for tests. `files` are in /root, the working folder. */
export function kubectlForTest(files: Readonly<Record<string, string>> = {}) {
  const made = serverForTest();
  const { simulation, server } = made;
  const client = createClient(localTransport(server), 'kubernetes-admin');
  const disk = new MemoryFiles({ clock: simulation });
  disk.mkdir('/root/folder', { parents: true });
  for (const [name, text] of Object.entries(files)) disk.write(`/root/${name}`, text);
  const connections: ConnectRequest[] = [];
  const access = {
    client,
    resources: resources(kinds),
    currentContext: 'kind-hop-pods',
    server: 'https://127.0.0.1:6443',
  };

  const settle = async <T>(promise: Promise<T>): Promise<T> => {
    let done = false;
    const end = () => {
      done = true;
    };
    promise.then(end, end);
    await simulation.runUntil(() => done);
    return promise;
  };

  /** A process with these words; `stop` interrupts it. */
  const start = (words: readonly string[], stdin = '') => {
    const printed = { out: '', err: '' };
    const ended = new AbortController();
    const input = [new TextEncoder().encode(stdin)];
    const decoder = new TextDecoder();
    const text = (data: Uint8Array | string) => (typeof data === 'string' ? data : decoder.decode(data));
    const process = {
      argv: ['kubectl', ...words],
      env: new Map([['HOME', '/root']]),
      cwd: '/root',
      stdin: { read: async () => input.shift() },
      stdout: {
        write: async (data: Uint8Array | string) => {
          printed.out += text(data);
        },
      },
      stderr: {
        write: async (data: Uint8Array | string) => {
          printed.err += text(data);
        },
      },
      signals: { ended: ended.signal, on: () => {} },
      files: disk,
      clock: simulation,
      services: { kubernetes: access },
    } as unknown as Process;
    const exit = kubectl(process).catch((error: unknown) => {
      if (error instanceof SignalExit) return error.status;
      throw error;
    });
    return { process, printed, exit, stop: () => ended.abort(new SignalExit('INT')) };
  };

  /** Runs a line (words are parted by blanks; no quoting) or words to the end. */
  const run = async (line: string | readonly string[], stdin?: string): Promise<Printed> => {
    const { printed, exit } = start(typeof line === 'string' ? line.split(' ') : line, stdin);
    const code = await settle(exit);
    return { ...printed, code };
  };

  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'hop-worker' } };
  server.handle({ verb: 'create', group: '', version: 'v1', resource: 'nodes', body: node, user: 'tester' });
  server.registerNode('hop-worker', {
    connect: async (request) => {
      connections.push(request);
      await request.stdout.write(
        `${request.kind} ${request.pod}/${'container' in request ? request.container : undefined}\n`,
      );
      return request.kind === 'exec' && request.command[0] === 'false' ? 1 : 0;
    },
  });
  return { ...made, client, disk, connections, settle, start, run, access };
}
