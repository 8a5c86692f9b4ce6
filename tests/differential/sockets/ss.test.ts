import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, type Ran, RealPair, SimulatedPair } from './network.ts';

/** ss of iproute2 against the simulated one, for the same sockets: listeners, connections, what is unread, TIME-WAIT. */

/** What stands on b, and what a does. Ports are fixed, so that all that differs are process ids. */
const SERVERS = ['nc -l -k -n 8080', 'nc -l -u -n 5353', 'nc -l -n 10.0.0.2 80'];
const CLIENTS = ['nc -n -p 40001 10.0.0.2 8080', 'nc -u -n -p 40002 10.0.0.2 5353'];

const LINES = [
  'a ss -tan',
  'a ss -tn',
  'a ss -t',
  'a ss -tna -H',
  'a ss -tuan',
  'a ss -uan',
  'a ss -ltn',
  'a ss -tanp',
  'a ss -tano',
  'a ss -tanop',
  'a ss -tn state established',
  'a ss -tn -o state time-wait',
  'a ss -tan exclude established',
  'a ss -tan state time-wait state established',
  'a ss -tn dst 10.0.0.2:8080',
  'a ss -tn dst 10.0.0.0/8',
  'a ss -tn dst 10.1.0.0/16',
  'a ss -tn sport gt :50000',
  'a ss -tn sport = :40001',
  'a ss -tn ( dport = :8080 or dport = :80 ) and src 10.0.0.0/24',
  'a ss -tn not dport = :8080',
  'a ss -tn dport = :http-alt',
  'a ss -4tn dport != 8080',
  'b ss -tulnp',
  'b ss -tuln',
  'b ss -tan',
  'b ss -tulpn sport = :8080',
  'b ss -ltn src 10.0.0.2',
  'b ss -l -t',
  'a ss -tunap sport = :40001 or sport = :40002',
  // Refused
  'a ss foo',
  'a ss -tn dst',
  'a ss -tn state foo',
  'a ss -tn dport = nosuch',
  'a ss -tn src foo.bar',
  'a ss -tn ( dport = :80',
  'a ss -y',
  'a ss -V',
];

const why = missing('ss', 'nc');

function masked({ code, stdout, stderr }: Ran): Ran {
  return {
    code,
    // TIME-WAIT's clock runs on, pids have more or fewer digits, and the kernel's order is that of its hash table.
    stdout: stdout
      .replace(/pid=\d+/g, 'pid=N')
      .replace(/timewait,\d+sec/g, 'timewait,NNsec')
      .replace(/ +$/gm, '')
      .split('\n')
      .sort()
      .join('\n'),
    stderr,
  };
}

describe.skipIf(why !== undefined)(`ss says what iproute2's says (left out: ${why ?? 'no'})`, () => {
  const simulated = new SimulatedPair();
  const { bench, a, b } = simulated;
  let real: RealPair;

  beforeAll(async () => {
    real = new RealPair('ss');
    const settle = () => bench.lab.clock.runTo(bench.lab.clock.now() + 50);
    const hold = { read: () => new Promise<undefined>(() => {}) };
    for (const line of SERVERS) {
      await real.start(real.b, line.split(' '), true);
      bench.start(b, line, hold);
    }
    const listening = () => real.run(real.b, 'ss -Htuanl').stdout.trim().split('\n').length;
    while (listening() < SERVERS.length);
    await settle();
    const closing = 'nc -n -N -p 40000 10.0.0.2 80';
    expect(real.run(real.a, closing).code).toBe(0);
    expect((await bench.run(a, closing)).code).toBe(0);
    for (const line of CLIENTS) {
      const client = await real.start(real.a, line.split(' '), true);
      client.stdin?.write('hello\n');
      bench.start(a, line, once('hello\n'));
    }
    await settle();
    const there = () => real.run(real.b, 'ss -Htun').stdout.trim().split('\n').length;
    while (there() < CLIENTS.length);
  });
  afterAll(() => real.end());

  test.each(LINES)('%s', async (line) => {
    const [where, ...words] = line.split(' ');
    const mine = await bench.run(where === 'a' ? a : b, words);
    expect(masked(mine)).toEqual(masked(real.run(where === 'a' ? real.a : real.b, words)));
  });
});

/** A line, and then silence. */
function once(text: string): { read(): Promise<Uint8Array | undefined> } {
  let said = false;
  return {
    read: () => {
      if (said) return new Promise(() => {});
      said = true;
      return Promise.resolve(new TextEncoder().encode(text));
    },
  };
}
