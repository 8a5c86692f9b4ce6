import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Replies to requests that other commands of the same user send. */
export interface LocalSocket {
  readonly path: string;
  close(): Promise<void>;
}

const LINE_LIMIT = 64 * 1024;

/**
 * A Unix socket in a folder that only this user can enter (mkdtemp makes it 0700; the path is short because the kernel
 * allows about 100 bytes). Each request and each reply is one line of JSON; a failed request's reply is `{error}`.
 */
export async function listenLocally(reply: (request: unknown) => Promise<unknown>): Promise<LocalSocket> {
  const folder = await mkdtemp(join(tmpdir(), 'hop-'));
  const path = join(folder, 'socket');
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > LINE_LIMIT) socket.destroy();
      const end = text.indexOf('\n');
      if (end < 0) return;
      const line = text.slice(0, end);
      text = '';
      Promise.resolve()
        .then(() => reply(JSON.parse(line)))
        .catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }))
        .then((answer) => socket.end(`${JSON.stringify(answer)}\n`));
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  return {
    path,
    close: async () => {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Sends one request. @returns undefined when nobody listens there (any more). Throws what the other side could not do. */
export async function askLocally(path: string, request: unknown): Promise<unknown> {
  const socket = connect(path);
  const lines = createInterface({ input: socket });
  try {
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  } catch {
    return undefined;
  }
  socket.write(`${JSON.stringify(request)}\n`);
  for await (const line of lines) {
    socket.destroy();
    const answer = JSON.parse(line) as { readonly error?: string };
    if (answer?.error !== undefined) throw new Error(answer.error);
    return answer;
  }
  return undefined;
}
