import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, type Ran, RealPair, SimulatedPair } from './network.ts';

/** nc (netcat-openbsd) against nc, real and simulated: what both ends print, and their statuses. */

/** Lines for the client alone; a listener stands on 8080 (TCP) and 5353 (UDP). */
const CLIENT = [
  'nc -zv 10.0.0.2 8080',
  'nc -zvn 10.0.0.2 8080',
  'nc -z 10.0.0.2 8080',
  'nc -zv 10.0.0.2 8079-8081',
  'nc -zv 10.0.0.2 81',
  'nc -zv 10.0.0.2 http',
  'nc -zv localhost 80',
  'nc -zv box 8080 -w 1',
  'nc -nv web 80',
  'nc -zuv 10.0.0.2 5353',
  'nc -zuvn 10.0.0.2 5354',
  'nc -vzw1 10.0.0.99 80',
  'nc -v -w 1 10.0.0.2 8080',
  'nc -d -v -w1 10.0.0.2 8080',
  'nc -v 10.9.9.9 80',
  'nc -v -p 8081 -z 10.0.0.2 8080',
  'nc -v -p 8081 -z 10.0.0.2 8080',
  'nc -s 1.2.3.4 10.0.0.2 80',
  'nc -l 10.9.9.9 80',
  // Refused
  'nc',
  'nc -l',
  'nc 10.0.0.2',
  'nc -l -p 80 81',
  'nc -l -p 80 -z',
  'nc -k 10.0.0.2 80',
  'nc -w x 10.0.0.2 80',
  'nc -q x 1 1',
  'nc -y',
  'nc -w',
  'nc 10.0.0.2 xx',
  'nc 10.0.0.2 99999',
  'nc 10.0.0.2 0',
];

/** A listener, and what a client then sends it: what each of them prints. */
const PAIRS: readonly (readonly [server: string, client: string, input: string])[] = [
  ['nc -l -n -v 7001', 'nc -N 10.0.0.2 7001', 'hello\n'],
  ['nc -l -n -v -p 7002', 'nc -q 0 -v 10.0.0.2 7002', 'hello\nworld\n'],
  ['nc -l 7003', 'nc -C -N 10.0.0.2 7003', 'line\n'],
  ['nc -l -u -n -v 7004', 'nc -u -w 1 -n -v 10.0.0.2 7004', 'datagram\n'],
  ['nc -l -v 7005', 'nc -N 10.0.0.2 7005', ''],
  ['nc -l -n -v 10.0.0.2 7006', 'nc -N -p 7777 10.0.0.2 7006', 'bound\n'],
];

const why = missing('nc');

/** Ports that the kernel chose. */
const masked = ({ code, stdout, stderr }: Ran): Ran => ({
  code,
  stdout,
  stderr: stderr.replace(/(received on \S+) \d+/g, '$1 PORT'),
});

describe.skipIf(why !== undefined)(`nc says what netcat-openbsd says (left out: ${why ?? 'no'})`, () => {
  const simulated = new SimulatedPair();
  let real: RealPair;

  beforeAll(async () => {
    real = new RealPair('nc');
    const { bench, b } = simulated;
    for (const words of ['nc -l -k -n -v 8080', 'nc -l -k -u -n -v 5353']) {
      await real.start(real.b, words.split(' '));
      bench.start(b, words);
    }
    await bench.lab.clock.runTo(bench.lab.clock.now() + 10);
  });
  afterAll(() => real.end());

  test.each(CLIENT)('%s', async (line) => {
    expect(await simulated.bench.run(simulated.a, line)).toEqual(real.run(real.a, line));
  });

  test.each(PAIRS)('%s, %s', async (server, client, input) => {
    const listener = await real.start(real.b, server.split(' '), true);
    listener.stdin?.end();
    let [stdout, stderr] = ['', ''];
    listener.stdout?.on('data', (data) => (stdout += data));
    listener.stderr?.on('data', (data) => (stderr += data));
    const ended = new Promise<number>((resolve) => listener.once('close', (code) => resolve(code ?? -1)));
    const port = server.split(' ').at(-1) ?? '';
    const listens = () => real.run(real.b, `ss -Htuanl sport = :${port}`).stdout !== '';
    while (!listens());
    const theirs = real.run(real.a, client, input);
    const udp = server.includes('-u');
    if (udp) listener.kill('SIGTERM');
    const code = await ended;
    const theirServer = { code: udp ? 143 : code, stdout, stderr: stderr.replace(/^Failed to find.*\n/gm, '') };

    const { bench, a, b } = simulated;
    const mine = bench.start(b, server);
    await bench.lab.clock.runTo(bench.lab.clock.now() + 10);
    expect(await bench.run(a, client, 60_000, input)).toEqual(theirs);
    if (udp) mine.child.kill('TERM');
    const ourServer = await bench.lab.settle(mine.result, 10_000);
    if (ourServer === undefined) throw new Error('our listener goes on');
    expect(masked(ourServer)).toEqual(masked(theirServer));
  });
});
