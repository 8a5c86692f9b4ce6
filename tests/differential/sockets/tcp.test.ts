import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, RealPair, SimulatedPair } from './network.ts';

/**
 * What goes over the cable, as tcpdump shows it, when nc meets a listener, a closed port, silence, or a rule that
 * rejects: the kernel's TCP against the simulated one. Sequence numbers, timestamps and ports are the kernel's to choose.
 */

const FILTER = 'tcp or udp or icmp';
const DUMP = ['tcpdump', '-l', '-n', '-i', 'eth0', ...FILTER.split(' ')];

interface Case {
  readonly name: string;
  readonly server?: string;
  readonly client: string;
  readonly input?: string;
  /** Command lines for b, as it is in both worlds. */
  readonly setUp?: readonly string[];
  readonly tearDown?: readonly string[];
}

const REJECT = 'iptables -A INPUT -p tcp --dport 7000 -j REJECT --reject-with';
const CASES: readonly Case[] = [
  { name: 'a closed port', client: 'nc -z -v -p 6001 10.0.0.2 7001' },
  { name: 'a listener, and nothing said', server: 'nc -l 7002', client: 'nc -N -p 6002 10.0.0.2 7002' },
  { name: 'a line', server: 'nc -l 7003', client: 'nc -N -p 6003 10.0.0.2 7003', input: 'hello\n' },
  { name: 'more than a segment', server: 'nc -l 7004', client: 'nc -N -p 6004 10.0.0.2 7004', input: 'x'.repeat(2000) },
  {
    name: 'no window scale',
    server: 'nc -l 7005',
    client: 'nc -N -p 6005 10.0.0.2 7005',
    setUp: ['sysctl -qw net.ipv4.tcp_window_scaling=0'],
    tearDown: ['sysctl -qw net.ipv4.tcp_window_scaling=1'],
  },
  {
    name: 'no timestamps, no SACK',
    server: 'nc -l 7006',
    client: 'nc -N -p 6006 10.0.0.2 7006',
    setUp: ['sysctl -qw net.ipv4.tcp_timestamps=0', 'sysctl -qw net.ipv4.tcp_sack=0'],
    tearDown: ['sysctl -qw net.ipv4.tcp_timestamps=1', 'sysctl -qw net.ipv4.tcp_sack=1'],
  },
  {
    name: 'silence: the SYN once a second',
    client: 'nc -z -v -w 4 -p 6007 10.0.0.2 7000',
    setUp: ['iptables -A INPUT -p tcp --dport 7000 -j DROP'],
    tearDown: ['iptables -F INPUT'],
  },
  ...[
    'icmp-port-unreachable',
    'icmp-host-unreachable',
    'icmp-net-unreachable',
    'icmp-admin-prohibited',
    'tcp-reset',
  ].map(
    (kind, i): Case => ({
      name: `REJECT with ${kind}`,
      client: `nc -z -v -p 60${10 + i} 10.0.0.2 7000`,
      setUp: [`${REJECT} ${kind}`],
      tearDown: ['iptables -F INPUT'],
    }),
  ),
  { name: 'a UDP port that nobody has', client: 'nc -u -z -v -p 6020 10.0.0.2 7020' },
];

const why = missing('nc', 'tcpdump', 'iptables');

function masked(text: string): readonly string[] {
  const lines = text
    .split('\n')
    .filter((line) => / IP /.test(line))
    .map((line) =>
      line
        .replace(/^\S+ /, '')
        // Without a scale the kernel's window may be a byte short of the simulated one.
        .replace(/win (6423\d|6424\d|65159|65160), (?=length|options \[nop,nop,TS)/, 'win FULL, ')
        .replace(/TS val \d+ ecr (\d+)/g, (_, echo: string) => `TS val N ecr ${echo === '0' ? 0 : 'N'}`)
        .replace(/\b\d{6,10}\b/g, 'N'),
    );
  // Each direction for itself: the real cable takes no time, so that an answer overtakes what is sent next. And whether
  // a FIN's acknowledgement goes out before the program has answered with its own depends on how fast it is.
  const sender = (line: string) => line.split(' ')[1] ?? '';
  const sorted = lines.toSorted((one, other) => sender(one).localeCompare(sender(other)));
  return sorted.filter((line, i) => {
    const [, ack] = / Flags \[\.\], ack (\d+),/.exec(line) ?? [];
    const next = sorted[i + 1] ?? '';
    return ack === undefined || sender(line) !== sender(next) || !next.includes(`[F.], seq 1, ack ${ack},`);
  });
}

describe.skipIf(why !== undefined)(`TCP says what the kernel's says (left out: ${why ?? 'no'})`, () => {
  const simulated = new SimulatedPair();
  const { bench, a, b } = simulated;
  let real: RealPair;

  beforeAll(async () => {
    real = new RealPair('tcp');
    for (const netns of [real.a, real.b]) {
      real.run(netns, ['sysctl', '-qw', 'net.ipv4.tcp_rmem=4096 131072 6291456']);
      for (const feature of ['tso', 'gso', 'gro']) real.run(netns, `ethtool -K eth0 ${feature} off`);
    }
    // The simulated devices merge nothing, so that there is nothing else to switch off.
    for (const netns of [a, b]) expect(await bench.run(netns, 'ethtool -K eth0 tso off')).toMatchObject({ code: 0 });
  });
  afterAll(() => real.end());

  test.each(CASES)('$name', async ({ server, client, input = '', setUp = [], tearDown = [] }) => {
    for (const line of setUp) expect(real.run(real.b, line), line).toMatchObject({ code: 0 });
    const dump = await real.start(real.a, DUMP);
    let theirs = '';
    dump.stdout?.on('data', (data) => (theirs += data));
    const listener = server === undefined ? undefined : await real.start(real.b, server.split(' '), true);
    listener?.stdin?.end();
    const port = server?.split(' ').at(-1);
    while (port !== undefined && real.run(real.b, `ss -Htanl sport = :${port}`).stdout === '');
    const wire = real.run(real.a, client, input);
    for (const line of tearDown) real.run(real.b, line);

    for (const line of setUp) expect(await bench.run(b, line), line).toMatchObject({ code: 0 });
    const ours = bench.start(a, DUMP);
    if (server !== undefined) bench.start(b, server);
    await bench.lab.clock.runTo(bench.lab.clock.now() + 20);
    const mine = await bench.run(a, client, 60_000, input);
    await bench.lab.clock.runTo(bench.lab.clock.now() + 200);
    ours.child.kill('INT');
    const captured = (await bench.lab.settle(ours.result))?.stdout ?? '';
    for (const line of tearDown) await bench.run(b, line);

    expect(mine).toEqual(wire);
    const wanted = masked(captured);
    // The real tcpdump tells of packets a little later.
    for (let i = 0; i < 40 && masked(theirs).length < wanted.length; i++) real.run(real.a, 'sleep 0.05');
    dump.kill('SIGINT');
    await new Promise((resolve) => dump.once('close', resolve));
    expect(wanted).toEqual(masked(theirs));
  });
});
