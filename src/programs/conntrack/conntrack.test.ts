import { expect, test } from 'vitest';
import { conntrackOf } from '../../linux/netfilter/conntrack/conntrack.ts';
import { ip, owner } from '../../linux/network.fixture.ts';
import { Bench } from '../network.fixture.ts';

async function traffic() {
  const bench = new Bench();
  const { a, podA, podB } = bench.lab.cluster();
  conntrackOf(a.stack);
  const server = podB.sockets.openUdp({ address: 0, port: 53 }, owner);
  const client = podA.sockets.openUdp({ address: 0, port: 4000 }, owner);
  client.send({ address: ip('10.244.3.6'), port: 53 }, new Uint8Array(8));
  await bench.lab.clock.runTo(bench.lab.clock.now() + 50);
  return { bench, a, podA, server, client };
}

const LINE =
  'udp      17 29 src=10.244.2.5 dst=10.244.3.6 sport=4000 dport=53 [UNREPLIED] src=10.244.3.6 dst=10.244.2.5 sport=53 dport=4000 mark=0 use=1\n';
const shown = (n: number) => `conntrack v1.4.7 (conntrack-tools): ${n} flow entries have been shown.\n`;
const help = "Try `conntrack -h' or 'conntrack --help' for more information.\n";

test('-L lists what the options ask for', async () => {
  const { bench, a } = await traffic();
  expect(await bench.run(a, 'conntrack -L')).toEqual({ code: 0, stdout: LINE, stderr: shown(1) });
  expect((await bench.run(a, 'conntrack -L -o extended')).stdout).toBe(`ipv4     2 ${LINE}`);
  expect((await bench.run(a, 'conntrack -L -o id')).stdout).toMatch(/use=1 id=\d+\n$/);
  for (const yes of [
    '-p udp',
    '-p 17 --dport 53',
    '-s 10.244.2.0/24',
    '--src 10.244.2.9 --mask-src 255.255.255.0',
    '-q 10.244.2.5',
    '-u UNREPLIED',
    '-m 0',
    '--mark 0/0xff',
    '-f ipv4',
    '-w 0',
    '-p udp --reply-port-src 53',
  ]) {
    expect((await bench.run(a, `conntrack -L ${yes}`)).stderr, yes).toBe(shown(1));
  }
  for (const no of [
    '-p tcp',
    '-d 10.244.2.5',
    '-u ASSURED',
    '-m 1',
    '-n',
    '--dst-nat',
    '-j',
    '-f ipv6',
    '-p udp --sport 1',
  ]) {
    expect((await bench.run(a, `conntrack -L ${no}`)).stderr, no).toBe(shown(0));
  }
  expect((await bench.run(a, 'conntrack -C')).stdout).toBe('1\n');
});

test('-D deletes and says what; nothing deleted is a failure', async () => {
  const { bench, a } = await traffic();
  expect(await bench.run(a, 'conntrack -D -p udp --dport 53')).toEqual({
    code: 0,
    stdout: LINE,
    stderr: 'conntrack v1.4.7 (conntrack-tools): 1 flow entries have been deleted.\n',
  });
  expect((await bench.run(a, 'conntrack -D')).code).toBe(1);
  expect((await bench.run(a, 'conntrack -F')).stderr).toContain('connection tracking table has been emptied.');
});

test('-E tells of beginnings, changes and ends until it is interrupted', async () => {
  const { bench, a, server } = await traffic();
  const started = bench.start(a, 'conntrack -E');
  await bench.lab.clock.runTo(bench.lab.clock.now() + 10);
  server.send({ address: ip('10.244.2.5'), port: 4000 }, new Uint8Array(8));
  await bench.lab.clock.runTo(bench.lab.clock.now() + 31_000);
  started.child.kill('INT');
  const ran = await bench.lab.settle(started.result);
  const ends = 'src=10.244.2.5 dst=10.244.3.6 sport=4000 dport=53 src=10.244.3.6 dst=10.244.2.5 sport=53 dport=4000';
  expect(ran?.stdout).toBe(` [UPDATE] udp      17 30 ${ends}\n[DESTROY] udp      17 ${ends}\n`);
  expect(ran?.stderr).toBe('conntrack v1.4.7 (conntrack-tools): 2 flow events have been shown.\n');
  expect(ran?.code).toBe(0);
});

test('a wrong call is refused as the real tool does, what is not modelled by name', async () => {
  const { bench, a } = await traffic();
  for (const [line, message] of [
    ['-L --foo', "unknown option `--foo'"],
    ['-L --dport 53', "unknown option `--dport'"],
    ['-L -p', "option `-p' requires an argument"],
    ['-L -p foo', "`foo' unsupported protocol"],
    ['-L -p tcp --state FOO', "unknown TCP state `FOO'"],
    ['-L -s foo', "Invalid IP address `foo'"],
    ['-L -s 10.0.0.1/33', 'Invalid netmask'],
    ['-L -u FOO', "Bad parameter `FOO'"],
    ['-L -t 5', "Illegal option `--timeout' with this command"],
    ['-F -p tcp', "Illegal option `--protonum' with this command"],
    ['-L -D', 'Invalid commands combination'],
    ['-L foo', "unknown type `foo'"],
    ['-I -p tcp', '-I is not modelled in this simulation'],
    ['-L -o xml', '-o xml is not modelled in this simulation'],
  ] as const) {
    const { code, stderr } = await bench.run(a, `conntrack ${line}`);
    expect([line, code, stderr]).toEqual([line, 2, `conntrack v1.4.7 (conntrack-tools): ${message}\n${help}`]);
  }
});

test('where nothing is tracked there is nothing to list, and looking starts nothing', async () => {
  const { bench, podA } = await traffic();
  expect((await bench.run(podA, 'conntrack -L')).stderr).toBe(shown(0));
  expect((await bench.run(podA, 'conntrack -C')).stdout).toBe('0\n');
  expect(podA.stack.hooks.active('prerouting')).toBe(false);
});
