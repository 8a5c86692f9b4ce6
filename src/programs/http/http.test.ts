import { expect, test } from 'vitest';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { ip, Lab, owner } from '../../linux/network.fixture.ts';
import type { TcpConnection } from '../../linux/socket/socket.ts';
import { requestHttp } from './client.ts';
import { type HttpHandler, serveHttp } from './server.ts';

const HEADERS = [['Host', 'web']] as const;

async function connect(lab: Lab, from: NetworkNamespace): Promise<TcpConnection> {
  const connection = await lab.settle(from.sockets.connectTcp({ address: ip('10.244.3.6'), port: 80 }, owner));
  if (connection === undefined) throw new Error('no connection');
  return connection;
}

async function setUp(handler: HttpHandler) {
  const lab = new Lab({ traced: false });
  const { podA, podB } = lab.cluster();
  const stop = new AbortController();
  const listener = podB.sockets.listenTcp({ address: 0, port: 80 }, owner);
  const served = serveHttp(listener, handler, stop.signal);
  served.catch(() => {});
  return { lab, podA, stop, served, connection: await connect(lab, podA) };
}

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

/** What a server says to these very bytes, to the end of the connection. */
async function converse(lab: Lab, connection: TcpConnection, sent: string): Promise<string> {
  await connection.write(new TextEncoder().encode(sent));
  connection.shutdown();
  const all = async () => {
    let answer = '';
    for (let data = await connection.read(); data !== undefined; data = await connection.read()) answer += text(data);
    return answer;
  };
  return (await lab.settle(all())) ?? '';
}

test('one connection carries several requests; large bodies arrive whole', async () => {
  const large = 'x'.repeat(200_000);
  const { lab, connection } = await setUp(({ target, body }) => {
    return target === '/large' ? { status: 200, body: large } : { status: 201, body };
  });
  const ask = (target: string, body?: string) =>
    lab.settle(
      requestHttp(connection, { method: 'POST', target, headers: HEADERS, ...(body !== undefined && { body }) }),
    );
  expect(text((await ask('/large'))?.body)).toBe(large);
  const echo = await ask('/', 'some text');
  expect([echo?.status, echo?.reason, text(echo?.body)]).toEqual([201, 'Created', 'some text']);
  expect(text((await ask('/', 'y'.repeat(100_000)))?.body).length).toBe(100_000);
});

test('chunked requests are read; Connection: close ends the connection', async () => {
  const { lab, connection } = await setUp(({ body }) => ({ status: 200, body }));
  const answer = await converse(
    lab,
    connection,
    'POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n\r\nhello world$/s);
});

test.each([
  ['what is this?\r\n\r\n', '400 Bad Request: not a request line'],
  ['GET / HTTP/1.1\r\n\r\n', '400 Bad Request: missing required Host header'],
  ['GET / HTTP/1.1\r\nnonsense\r\n\r\n', '400 Bad Request: not a header: nonsense'],
  ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', '400 Bad Request: not a length: -1'],
])('a server answers %j with 400 and lives on', async (sent, words) => {
  const { lab, podA, connection } = await setUp(() => ({ status: 200, body: 'fine' }));
  expect(await converse(lab, connection, sent)).toContain(words);
  const next = await connect(lab, podA);
  expect((await lab.settle(requestHttp(next, { method: 'GET', target: '/', headers: HEADERS })))?.status).toBe(200);
});

test('a handler that throws is a 500', async () => {
  const { lab, connection } = await setUp(() => {
    throw new Error('oops');
  });
  const answer = await lab.settle(requestHttp(connection, { method: 'GET', target: '/', headers: HEADERS }));
  expect([answer?.status, text(answer?.body)]).toEqual([500, 'oops\n']);
});

test('the end of a server closes its listener and its connections', async () => {
  const { lab, podA, stop, served, connection } = await setUp(() => ({ status: 200, body: '' }));
  stop.abort('enough');
  lab.clock.woke();
  await expect(lab.settle(served)).rejects.toBe('enough');
  await expect(lab.settle(connection.read())).rejects.toMatchObject({ errno: 'ECONNRESET' });
  await expect(connect(lab, podA)).rejects.toMatchObject({ errno: 'ECONNREFUSED' });
});
