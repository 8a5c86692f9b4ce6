import { expect, test } from 'vitest';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { ip, owner } from '../../linux/network.fixture.ts';
import type { TcpConnection } from '../../linux/socket/socket.ts';
import { type IncomingRequest, serveHttp } from '../http/server.ts';
import { Bench } from '../network.fixture.ts';

const WEB = '10.244.3.6:8080';

/** A web server in a pod: what was asked, and the client that it saw. */
function serve(netns: NetworkNamespace, requests: IncomingRequest[] = []): AbortController {
  const stop = new AbortController();
  const listener = netns.sockets.listenTcp({ address: 0, port: 8080 }, owner);
  const answer = (request: IncomingRequest) => {
    requests.push(request);
    if (request.target === '/missing') return { status: 404, body: 'nope\n' };
    if (request.method === 'POST') return { status: 200, body: request.body };
    return { status: 200, headers: [['Content-Type', 'text/plain'] as const], body: 'hello\n' };
  };
  serveHttp(listener, answer, stop.signal).catch(() => {});
  return stop;
}

/** A server that reads a request and then does something else than answer it. */
function misbehave(netns: NetworkNamespace, port: number, then: (connection: TcpConnection) => void): void {
  const listener = netns.sockets.listenTcp({ address: 0, port }, owner);
  void (async () => {
    for (;;) {
      const connection = await listener.accept();
      await connection.read();
      then(connection);
    }
  })().catch(() => {});
}

function setUp() {
  const bench = new Bench();
  const { a, podA, podB } = bench.lab.cluster();
  const requests: IncomingRequest[] = [];
  serve(podB, requests);
  return { bench, a, podA, podB, requests };
}

test('a page, its head, and both', async () => {
  const { bench, podA, requests } = setUp();
  expect(await bench.run(podA, `curl -s http://${WEB}/`)).toEqual({ code: 0, stdout: 'hello\n', stderr: '' });
  expect(requests[0]).toMatchObject({ method: 'GET', target: '/', remote: { address: ip('10.244.2.5') } });
  expect(requests[0]?.headers).toEqual([
    ['Host', WEB],
    ['User-Agent', 'curl/7.88.1'],
    ['Accept', '*/*'],
  ]);
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\n';
  expect((await bench.run(podA, `curl -sI ${WEB}`)).stdout).toBe(head);
  expect((await bench.run(podA, `curl -si ${WEB}/x?y=1`)).stdout).toBe(`${head}hello\n`);
  expect(requests.map(({ method, target }) => `${method} ${target}`)).toEqual(['GET /', 'HEAD /', 'GET /x?y=1']);
});

test('-v says what is sent and received, as curl 7.88 does', async () => {
  const { bench, podA } = setUp();
  const { stderr } = await bench.run(podA, `curl -sv http://${WEB}/`);
  expect(stderr).toBe(
    [
      '*   Trying 10.244.3.6:8080...',
      '* Connected to 10.244.3.6 (10.244.3.6) port 8080 (#0)',
      '> GET / HTTP/1.1\r',
      `> Host: ${WEB}\r`,
      '> User-Agent: curl/7.88.1\r',
      '> Accept: */*\r',
      '> \r',
      '< HTTP/1.1 200 OK\r',
      '< Content-Type: text/plain\r',
      '< Content-Length: 6\r',
      '< \r',
      '{ [6 bytes data]',
      '* Connection #0 to host 10.244.3.6 left intact',
      '',
    ].join('\n'),
  );
});

test('the progress meter is drawn unless the output is silent', async () => {
  const { bench, podA } = setUp();
  const { stderr, stdout } = await bench.run(podA, `curl http://${WEB}/`);
  const header = `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
`;
  expect(
    stderr.startsWith(`${header}\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\r`),
  ).toBe(true);
  expect(stderr).toMatch(/\r100 {5}6 {2}100 {5}6 {4}0 {5}0 +\d+ {6}0 --:--:-- --:--:-- --:--:-- +\d+\n$/);
  expect(stdout).toBe('hello\n');
});

test('data, headers and methods', async () => {
  const { bench, podA, requests } = setUp();
  expect((await bench.run(podA, `curl -s -d a=b -d c=d ${WEB}`)).stdout).toBe('a=b&c=d');
  await bench.run(podA, ['curl', '-sXDELETE', '-H', 'X-Foo: bar', '-H', 'User-Agent: me', '-H', 'Accept:', WEB]);
  expect(requests[0]?.headers.slice(3)).toEqual([
    ['Content-Length', '7'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
  ]);
  expect(requests[1]).toMatchObject({
    method: 'DELETE',
    headers: [
      ['Host', WEB],
      ['X-Foo', 'bar'],
      ['User-Agent', 'me'],
    ],
  });
});

test('-w, -o, -f and --resolve', async () => {
  const { bench, podA } = setUp();
  const format = '%{http_code} %{remote_ip}:%{remote_port} %{local_ip} %{size_download} %{content_type} %{foo}|\\n';
  const wrote = await bench.run(podA, ['curl', '-so', '/tmp/page', '-w', format, `http://${WEB}/`]);
  expect(wrote.stdout).toBe('200 10.244.3.6:8080 10.244.2.5 6 text/plain |\n');
  expect(wrote.stderr).toBe("curl: unknown --write-out variable: 'foo'\n");
  expect((await bench.run(podA, ['curl', '-sw', '%{http_code}\\n', '10.244.3.6:9'])).stdout).toBe('000\n');
  expect(await bench.run(podA, `curl -sSf ${WEB}/missing`)).toEqual({
    code: 22,
    stdout: '',
    stderr: 'curl: (22) The requested URL returned error: 404\n',
  });
  expect((await bench.run(podA, `curl -s ${WEB}/missing`)).stdout).toBe('nope\n');
  expect((await bench.run(podA, `curl -s --resolve web:8080:10.244.3.6 http://web:8080/`)).stdout).toBe('hello\n');
});

test.each([
  ['curl -sS http://nosuch/', 6, 'curl: (6) Could not resolve host: nosuch'],
  [
    'curl -sS http://10.244.3.6:9/',
    7,
    "curl: (7) Failed to connect to 10.244.3.6 port 9 after 0 ms: Couldn't connect to server",
  ],
  [
    'curl -sS http://172.18.0.9/',
    7,
    "curl: (7) Failed to connect to 172.18.0.9 port 80 after 3000 ms: Couldn't connect to server",
  ],
  [
    'curl -sS --connect-timeout 1 http://10.244.9.9/',
    28,
    'curl: (28) Failed to connect to 10.244.9.9 port 80 after 1000 ms: Timeout was reached',
  ],
  ['curl -sS -m 2 http://10.244.9.9/', 28, 'curl: (28) Connection timed out after 2000 milliseconds'],
  [
    'curl -sS http://10.244.9.9/',
    28,
    "curl: (28) Failed to connect to 10.244.9.9 port 80 after 131000 ms: Couldn't connect to server",
  ],
  [
    'curl -sS -m1.5 http://10.244.3.6:8083/',
    28,
    'curl: (28) Operation timed out after 1500 milliseconds with 0 bytes received',
  ],
  ['curl -sS http://10.244.3.6:8081/', 52, 'curl: (52) Empty reply from server'],
  ['curl -sS http://10.244.3.6:8082/', 56, 'curl: (56) Recv failure: Connection reset by peer'],
  ['curl -sS http://10.244.3.6:8084/', 18, 'curl: (18) transfer closed with 95 bytes remaining to read'],
  [
    'curl -sS https://10.244.3.6/',
    1,
    'curl: (1) Protocol "https" not supported or disabled in libcurl: TLS is not modelled in this simulation, use http://',
  ],
  ['curl -sS http://10.244.3.6:99999/', 3, 'curl: (3) URL using bad/illegal format or missing URL'],
  [
    'curl -sS -o /nonexistent/x 10.244.3.6:8080',
    23,
    'curl: (23) Failure writing output to destination (/nonexistent/x: No such file or directory)',
  ],
])('%s fails with %d', async (line, code, message) => {
  const { bench, a, podB } = setUp();
  // Packets to 10.244.9.0/24 vanish on their way.
  a.addRoute({ destination: { address: ip('10.244.9.0'), length: 24 }, type: 'blackhole' });
  const node = bench.lab.node('c', 4);
  node.addRoute({ destination: { address: ip('10.244.3.0'), length: 24 }, via: ip('172.18.0.3') });
  node.addRoute({ destination: { address: ip('10.244.9.0'), length: 24 }, via: ip('172.18.0.2') });
  bench.lab.node('d', 5);
  podB.sockets.listenTcp({ address: 0, port: 8083 }, owner);
  misbehave(podB, 8081, (connection) => connection.close());
  misbehave(podB, 8082, (connection) => connection.abort());
  misbehave(podB, 8084, (connection) => {
    void connection.write(new TextEncoder().encode('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'));
    connection.close();
  });
  const ran = await bench.run(node, line);
  expect([ran.code, ran.stderr]).toEqual([code, `${message}\n`]);
});

test.each([
  ['curl', "curl: try 'curl --help' or 'curl --manual' for more information\n"],
  ['curl -s', "curl: no URL specified!\ncurl: try 'curl --help' or 'curl --manual' for more information\n"],
  ['curl --foo x', "curl: option --foo: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n"],
  ['curl -o', "curl: option -o: requires parameter\ncurl: try 'curl --help' or 'curl --manual' for more information\n"],
  [
    'curl -m x http://1.2.3.4/',
    "curl: option -m: expected a proper numerical parameter\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
  ],
  ['curl -x proxy http://1.2.3.4/', 'curl: option -x: is not modelled in this simulation\n'],
])('%s is refused', async (line, message) => {
  const bench = new Bench();
  expect(await bench.run(bench.lab.node('a', 2), line)).toEqual({ code: 2, stdout: '', stderr: message });
});

test('a process that is killed closes its connection', async () => {
  const { bench, podA, podB } = setUp();
  let ended: Promise<unknown> = Promise.resolve('never asked');
  const listener = podB.sockets.listenTcp({ address: 0, port: 7000 }, owner);
  const served = listener.accept().then(async (connection) => {
    await connection.read();
    ended = connection.read();
    ended.catch(() => {});
  });
  const { child, result } = bench.start(podA, 'curl -s http://10.244.3.6:7000/');
  await bench.lab.settle(served);
  child.kill('TERM');
  expect((await bench.lab.settle(result))?.code).toBe(143);
  expect(
    await bench.lab.settle(
      ended.then(
        (data) => data === undefined,
        () => true,
      ),
      100,
    ),
  ).toBe(true);
});
