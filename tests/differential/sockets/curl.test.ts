import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { owner } from '../../../src/linux/network.fixture.ts';
import type { TcpConnection } from '../../../src/linux/socket/socket.ts';
import { missing, type Ran, RealPair, SimulatedPair } from './network.ts';
import { reply } from './pages.ts';

/** curl 7.88 against the simulated one, and the same server: output, messages and status, but for times and pointers. */

const LINES = [
  'curl -s U/',
  'curl -sv U/',
  'curl -si U/',
  'curl -sI U/',
  'curl -sv U/ U/moved',
  'curl -sv U/last U/',
  'curl -sv U/empty',
  'curl -sv U/missing',
  'curl -sSvf U/missing',
  'curl -sSv --fail-with-body U/missing',
  'curl -sS --fail --fail-with-body U/missing',
  'curl -sv -L U/moved',
  'curl -sv -L U/near',
  'curl -sv -L U/far',
  'curl -sSv -L U/loop --max-redirs 2',
  'curl -svL -d a=b U/see',
  'curl -svL -d a=b U/found',
  'curl -svL -d a=b U/keep',
  'curl -svL -d x -X PUT U/see',
  'curl -sv -d a=b U/see',
  'curl -sv -d a=b -d c=d U/echo',
  'curl -sv --data-raw @x U/echo',
  'curl -s -X DELETE U/echo',
  'curl -s -L -o /dev/null -w %{http_code}|%{num_redirects}|%{size_download}|%{num_connects}|%{redirect_url}|%{url_effective}\\n U/moved',
  'curl -s -o /dev/null -w %{http_code}|%{redirect_url}|%{method}|%{content_type}|%{exitcode}\\n U/moved',
  'curl -s -w %{local_ip}|%{remote_ip}|%{remote_port}|%{scheme}|%{http_version}|%{errormsg}\\n U/',
  'curl -s -D - U/',
  'curl -s -D - -o /dev/null U/moved',
  'curl -siL U/moved',
  'curl -sIL U/moved',
  'curl -sv -u me:secret U/',
  'curl -sv -A agent -H Accept: U/',
  'curl -sv --interface eth0 U/',
  'curl -sv --interface 10.0.0.1 U/',
  'curl -sSv --interface 1.2.3.4 U/',
  'curl -sSv --interface nosuch. U/',
  'curl -sv --resolve web:8080:10.0.0.2 http://web:8080/',
  'curl -sv --resolve web:8080:10.0.0.2 http://web:8080/ http://web:8080/',
  'curl -sv http://box.local:8080/ --connect-timeout 1',
  'curl -sSv http://10.0.0.2:81/',
  'curl -sSv --retry 1 --retry-connrefused http://10.0.0.2:81/',
  'curl -sSv --retry 1 U/broken',
  'curl -S --no-progress-meter --retry 1 U/broken',
  'curl -S --no-progress-meter --retry 1 --retry-connrefused http://10.0.0.2:81/',
  'curl -sSv --connect-timeout 1 http://10.0.0.99/',
  'curl -sS -m 1 U/hang',
  'curl -sSv U/close',
  'curl -sSv U/reset',
  'curl -sSv U/cut',
  'curl -sS http://10.9.9.9/',
  'curl -sSv http://nosuch.example./',
  'curl -sS http://10.0.0.2:99999/',
  'curl -sv U/far/../moved',
  'curl -s --max-redirs x U/',
  'curl --foo x',
  'curl',
];

const why = missing('curl');

function masked({ code, stdout, stderr }: Ran): Ran {
  const mask = (text: string) =>
    text
      .replace(/0x[0-9a-f]{8,}/g, 'POINTER')
      .replace(/after \d+ (ms|milliseconds)/g, 'after N $1')
      .replace(/timeout after \d+ms/g, 'timeout after Nms');
  return { code, stdout: mask(stdout), stderr: mask(stderr) };
}

describe.skipIf(why !== undefined)(`curl says what curl 7.88 says (left out: ${why ?? 'no'})`, () => {
  const simulated = new SimulatedPair();
  let real: RealPair;

  beforeAll(async () => {
    real = new RealPair('curl');
    const server = fileURLToPath(new URL('server.ts', import.meta.url));
    await real.start(real.b, [process.execPath, server, 'http']);
    const listener = simulated.b.sockets.listenTcp({ address: 0, port: 8080 }, owner);
    void (async () => {
      for (;;) void converse(await listener.accept()).catch(() => {});
    })().catch(() => {});
  });
  afterAll(() => real.end());

  test.each(LINES)('%s', async (line) => {
    const words = line.split(' ').map((word) => word.replace(/^U\//, 'http://10.0.0.2:8080/'));
    const mine = await simulated.bench.run(simulated.a, words);
    expect(masked(mine)).toEqual(masked(real.run(real.a, words)));
  });
});

async function converse(connection: TcpConnection): Promise<void> {
  let received = '';
  for (let data = await connection.read(); data !== undefined; data = await connection.read()) {
    received += new TextDecoder().decode(data);
    for (let next = reply(received); next !== undefined; next = reply(received)) {
      received = received.slice(next.used);
      if (next.send !== '') await connection.write(new TextEncoder().encode(next.send));
      if (next.after === 'close') connection.close();
      if (next.after === 'reset') connection.abort();
    }
  }
  connection.close();
}
