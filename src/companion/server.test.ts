import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { SessionCommand, SessionEvent } from '../labs/session/protocol.ts';
import type { Companion } from './server.ts';
import { startCompanion } from './server.ts';
import { Session } from './session.ts';
import { ENTER_PATH, HELLO_PATH, SESSION_PATH } from './wire.ts';

let folder = '';
let companion: Companion;
let now = 0;
let handled: SessionCommand[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hop-companion-'));
  mkdirSync(join(folder, 'site', 'labs', 'pods'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'not for the web');
  writeFileSync(join(folder, 'site', 'index.html'), '<script>let a = 1;</script><script src="/x.js"></script>home');
  writeFileSync(join(folder, 'site', 'labs', 'pods', 'index.html'), 'the lab');
  now = 1_000_000;
  handled = [];
  const session = new Session('pods', (emit: (event: SessionEvent) => void) => ({
    handle: async (command) => {
      handled.push(command);
      if (command.type === 'check') emit({ type: 'cluster', phase: 'ready', message: 'checked' });
    },
    answer: async () => ({ right: false, message: '' }),
    state: { lab: 'pods', target: 'kind', steps: [] },
    progress: { version: 1, lab: 'pods', done: [], captures: {}, hints: {} },
  }));
  const site = join(folder, 'site');
  companion = await startCompanion({ site, version: '1.2.3', port: 0, session, now: () => now });
});

afterEach(async () => {
  await companion.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request, headers exactly as given (`fetch` would not let Host and Origin be chosen). */
function ask(
  path: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: '127.0.0.1', port: companion.port, path, method, headers: { Host: host(), ...headers } },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const host = () => `127.0.0.1:${companion.port}`;
const origin = () => `http://${host()}`;
const post = (code: string, headers: Record<string, string> = {}) =>
  ask(ENTER_PATH, { method: 'POST', headers: { Origin: origin(), ...headers }, body: JSON.stringify({ code }) });

async function signIn(): Promise<string> {
  const { headers } = await post(companion.issueCode());
  return (headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
}

/** Tries to open a session; resolves with the status of a refusal, or 101. */
function upgrade(headers: Record<string, string>, path = SESSION_PATH): Promise<number> {
  return new Promise((resolve) => {
    const sent = httpRequest({
      ...{ host: '127.0.0.1', port: companion.port, path },
      headers: {
        ...{ Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' },
        'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
        ...headers,
      },
    });
    sent.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('upgrade', (_, socket) => {
      socket.destroy();
      resolve(101);
    });
    sent.on('error', () => resolve(0));
    sent.end();
  });
}

/** Sends bytes and reads until the connection is closed. */
function sendRaw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let seen = '';
    const socket = connect(companion.port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      seen += chunk.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(seen));
  });
}

describe('the site', () => {
  test('is served with a policy that allows its own inline scripts and no others', async () => {
    const { status, headers, text } = await ask('/');
    expect(status).toBe(200);
    expect(text).toContain('home');
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval' 'sha256-[A-Za-z0-9+/=]{44}';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('same-origin');
  });

  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/labs/..%2f..%2fsecret.txt',
    '/..\\secret.txt',
    '//secret.txt',
    '/%00',
    '/%',
    '/.%2e/%2e./secret.txt',
  ])('does not leave its folder: %s', async (path) => {
    const { status, text } = await ask(path);
    expect(status).toBe(404);
    expect(text).not.toContain('not for the web');
  });

  test.each(['POST', 'PUT', 'DELETE'])('takes no %s', async (method) => {
    expect((await ask('/', { method })).status).toBe(405);
  });

  test.each([
    ['a rebinding name', () => 'evil.example'],
    ['a rebinding name with the port', () => `evil.example:${companion.port}`],
    ['another name of this machine', () => `localhost:${companion.port}`],
    ['a prefix', () => `${host()}.evil.example`],
    ['a suffix', () => `evil.${host()}`],
    ['no port', () => '127.0.0.1'],
    ['another port', () => `127.0.0.1:1${companion.port}`],
    ['user information', () => `x@${host()}`],
    ['another spelling of the address', () => `127.1:${companion.port}`],
  ])('refuses Host when it is %s', async (_, wrong) => {
    for (const path of ['/', HELLO_PATH, ENTER_PATH]) {
      const { status, text } = await ask(path, { headers: { Host: wrong(), Origin: `http://${wrong()}` } });
      expect(status).toBe(421);
      expect(text).not.toContain('home');
    }
  });

  test.each(['//', '//?', '/?', 'http://[', 'http://evil.example/', '*'])(
    'lives on after a request for %s',
    async (path) => {
      const lines = `Host: ${host()}\r\nConnection: close\r\n`;
      expect(await sendRaw(`GET ${path} HTTP/1.1\r\n${lines}\r\n`)).toMatch(/^HTTP\/1\.1 (200|4\d\d) /);
      expect(await upgrade({ Host: host(), Origin: 'http://evil.example' }, path)).toBe(403);
      expect((await ask('/')).status).toBe(200);
    },
  );

  test('answers no request without Host', async () => {
    const text = await sendRaw('GET / HTTP/1.0\r\n\r\n');
    expect(text).not.toContain('home');
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe('entering', () => {
  test('takes the code once, and gives a cookie that scripts and other sites cannot use', async () => {
    const code = companion.issueCode();
    const first = await post(code);
    expect(first.status).toBe(204);
    expect(first.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^hop-${companion.port}=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    const again = await post(code);
    expect(again.status).toBe(403);
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  test('takes the code as people type it', async () => {
    expect((await post(` ${companion.issueCode().toLowerCase().replace('-', ' ')} `)).status).toBe(204);
  });

  test('refuses a code after a minute, and one that a newer code replaced', async () => {
    const code = companion.issueCode();
    now += 60_000;
    expect((await post(code)).status).toBe(403);
    const older = companion.issueCode();
    const newer = companion.issueCode();
    expect((await post(older)).status).toBe(403);
    expect((await post(newer)).status).toBe(204);
  });

  test('gives nobody time to guess', async () => {
    const code = companion.issueCode();
    for (let i = 0; i < 10; i++) expect((await post(`AAAAA-AAAA${i}`)).status).toBe(403);
    expect((await post(code)).status).toBe(403);
  });

  test('refuses a foreign page and one that does not say where it comes from', async () => {
    const code = companion.issueCode();
    for (const headers of [{ Origin: 'http://evil.example' }, { Origin: `${origin()}.evil.example` }]) {
      expect((await post(code, headers)).status).toBe(403);
    }
    expect((await ask(ENTER_PATH, { method: 'POST', body: JSON.stringify({ code }) })).status).toBe(403);
    expect((await ask(`${ENTER_PATH}?code=${code}`, { headers: { Origin: origin() } })).status).toBe(405);
    expect((await post(code)).status).toBe(204);
  });

  test('takes the hand-over file, whose Origin is null, by its code alone', async () => {
    const form = (code: string) =>
      ask(ENTER_PATH, { method: 'POST', headers: { Origin: 'null' }, body: `code=${encodeURIComponent(code)}` });
    expect((await form('WRONG-WRONG')).status).toBe(403);
    const { status, headers } = await form(companion.issueCode());
    expect(status).toBe(303);
    expect(headers.location).toBe('/labs/pods/');
    expect(headers['set-cookie']).toHaveLength(1);
  });

  test('lives on when a client goes away in the middle of its body', async () => {
    const failures: unknown[] = [];
    const failed = (reason: unknown) => failures.push(reason);
    process.on('unhandledRejection', failed);
    const head = `POST ${ENTER_PATH} HTTP/1.1\r\nHost: ${host()}\r\nOrigin: null\r\nContent-Length: 100\r\n\r\n`;
    await new Promise<void>((resolve) => {
      const socket = connect(companion.port, '127.0.0.1', () => socket.write(`${head}code=`, () => socket.destroy()));
      socket.on('close', () => resolve());
    });
    // The server has read both when it answers others.
    for (let i = 0; i < 5; i++) expect((await ask('/')).status).toBe(200);
    process.off('unhandledRejection', failed);
    expect(failures).toEqual([]);
  });

  test('reads no long bodies', async () => {
    expect((await post('A'.repeat(5000))).status).toBe(413);
  });
});

describe('hello', () => {
  const hello = (headers: Record<string, string>) => ask(HELLO_PATH, { method: 'POST', headers });

  test('tells a page of this server which lab runs, and whether it has signed in', async () => {
    const { text } = await hello({ Origin: origin() });
    expect(JSON.parse(text)).toEqual({ companion: 'hop-by-hop', version: '1.2.3', signedIn: false, lab: 'pods' });
    const known = await hello({ Origin: origin(), Cookie: `a=b; ${await signIn()}` });
    expect(JSON.parse(known.text)).toMatchObject({ signedIn: true });
  });

  test('tells others nothing', async () => {
    const cookie = await signIn();
    for (const headers of [{}, { Origin: 'http://evil.example' }, { Origin: 'null' }]) {
      const { status, text } = await hello({ ...headers, Cookie: cookie });
      expect(status).toBe(403);
      expect(text).not.toContain('pods');
    }
    expect((await ask(HELLO_PATH)).status).toBe(405);
  });
});

describe('sessions', () => {
  test('open with cookie, Host and Origin, and not without', async () => {
    const cookie = await signIn();
    const good = { Host: host(), Origin: origin(), Cookie: cookie };
    expect(await upgrade(good)).toBe(101);
    const { Origin: _, ...noOrigin } = good;
    const { Cookie: __, ...noCookie } = good;
    expect(await upgrade(noOrigin)).toBe(403);
    expect(await upgrade(noCookie)).toBe(401);
    expect(await upgrade({ ...good, Origin: 'null' })).toBe(403);
    expect(await upgrade({ ...good, Origin: 'http://evil.example' })).toBe(403);
    expect(await upgrade({ ...good, Origin: `${origin()}.evil.example` })).toBe(403);
    expect(await upgrade({ ...good, Origin: origin().replace('http:', 'https:') })).toBe(403);
    expect(await upgrade({ ...good, Origin: `http://localhost:${companion.port}` })).toBe(403);
    expect(await upgrade({ ...good, Host: 'evil.example', Origin: 'http://evil.example' })).toBe(421);
    expect(await upgrade({ ...good, Cookie: `${cookie}x` })).toBe(401);
    expect(await upgrade({ ...good, Cookie: cookie.slice(0, -1) })).toBe(401);
    expect(await upgrade({ ...good, Cookie: cookie.replace('=', '=x') })).toBe(401);
    expect(await upgrade({ ...good, Cookie: `hop-1=${cookie.split('=')[1]}` })).toBe(401);
    expect(await upgrade(good, '/elsewhere')).toBe(404);
  });

  const open = async () =>
    new WebSocket(`ws://${host()}${SESSION_PATH}`, { headers: { Origin: origin(), Cookie: await signIn() } });
  const closed = (socket: WebSocket) =>
    new Promise<number>((resolve) => {
      socket.on('close', resolve);
      socket.on('error', () => {});
    });

  test('carry commands and events', async () => {
    const socket = await open();
    const events: unknown[] = [];
    await new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        events.push(JSON.parse(data.toString()));
        if (events.length === 1) socket.send('{"type": "check", "more": "is dropped"}');
        if (events.length === 2) resolve();
      });
    });
    expect(events).toEqual([
      { type: 'role', role: 'writer' },
      { type: 'cluster', phase: 'ready', message: 'checked' },
    ]);
    expect(handled).toEqual([{ type: 'check' }]);
    socket.close();
  });

  test.each([
    ['not JSON', 'hello', 1008],
    ['an unknown command', '{"type": "rm"}', 1008],
    ['a field of Object.prototype', '{"type": "constructor"}', 1008],
    ['a wrong type', '{"type": "terminal.input", "data": 1}', 1008],
    ['a monstrous size', '{"type": "terminal.open", "columns": 1e9, "rows": 1}', 1008],
    ['a frame of 3 MB', `{"type": "terminal.input", "data": "${'x'.repeat(3_000_000)}"}`, 1009],
  ])('end on %s', async (_, frame, code) => {
    const socket = await open();
    socket.on('open', () => socket.send(frame));
    expect(await closed(socket)).toBe(code);
    expect(handled).toEqual([]);
  });
});

test('takes a free port when the usual one is taken', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const second = await startCompanion({ site: join(folder, 'site'), version: '1', port });
  expect(second.moved).toBe(true);
  expect(second.port).not.toBe(port);
  await second.close();
  other.close();
});
