import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PcapFile } from '../../linux/capture/pcap.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { Bench } from '../network.fixture.ts';

/** What it prints is compared with the real one in tests/differential/tcpdump.test.ts; here it runs. */

const LISTENING = `tcpdump: verbose output suppressed, use -v[v]... for full protocol decode
listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes
`;
const counts = (captured: number, received: number) => {
  const plural = (count: number) => (count === 1 ? 'packet' : 'packets');
  return `${captured} ${plural(captured)} captured\n${received} ${plural(received)} received by filter\n0 packets dropped by kernel\n`;
};
const timeless = (text: string) => text.replace(/^\d\d:\d\d:\d\d\.\d{6} /gm, '').replace(/id \d+/g, 'id N');

/** Listens while `act` runs. */
async function during(bench: Bench, netns: NetworkNamespace, line: string, act: string, from = netns) {
  const { child, result } = bench.start(netns, line);
  await bench.lab.clock.runTo(bench.lab.clock.now() + 10);
  await bench.run(from, act);
  child.kill('INT');
  const ran = await bench.lab.settle(result, 1000);
  if (ran === undefined) throw new Error('it does not end');
  return ran;
}

test('a ping, as long as -c wants', async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  const { code, stdout, stderr } = await during(bench, podA, 'tcpdump -n -i eth0 -c 3', 'ping -c 1 10.244.3.6');
  expect(timeless(stdout)).toBe(`ARP, Request who-has 10.244.2.1 tell 10.244.2.5, length 28
ARP, Reply 10.244.2.1 is-at ${stdout.match(/is-at (\S+),/)?.[1]}, length 28
IP 10.244.2.5 > 10.244.3.6: ICMP echo request, id N, seq 1, length 64
`);
  expect(stderr).toBe(LISTENING + counts(3, 3));
  expect(code).toBe(0);
});

test('Ctrl-C ends it, with a line of its own and the counts; a filter is in force', async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  const line = 'tcpdump -n -i eth0 icmp[icmptype] = icmp-echoreply';
  const { stdout, stderr } = await during(bench, podA, line, 'ping -c 2 10.244.3.6');
  expect(timeless(stdout)).toBe(`IP 10.244.3.6 > 10.244.2.5: ICMP echo reply, id N, seq 1, length 64
IP 10.244.3.6 > 10.244.2.5: ICMP echo reply, id N, seq 2, length 64

`);
  expect(stderr).toBe(LISTENING + counts(2, 2));
});

test('-i any: a router sees a packet come and go; -e shows whose it was', async () => {
  const bench = new Bench();
  const { a, podA } = bench.lab.cluster();
  await bench.run(podA, 'ping -c 1 10.244.3.6');
  const any = await during(bench, a, 'tcpdump -n -i any icmp', 'ping -c 1 10.244.3.6', podA);
  expect(timeless(any.stdout)).toBe(`veth5 In  IP 10.244.2.5 > 10.244.3.6: ICMP echo request, id N, seq 1, length 64
eth0  Out IP 10.244.2.5 > 10.244.3.6: ICMP echo request, id N, seq 1, length 64
eth0  In  IP 10.244.3.6 > 10.244.2.5: ICMP echo reply, id N, seq 1, length 64
veth5 Out IP 10.244.3.6 > 10.244.2.5: ICMP echo reply, id N, seq 1, length 64

`);
  expect(any.stderr).toContain(
    'tcpdump: data link type LINUX_SLL2\ntcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n' +
      'listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes\n',
  );
  const link = await during(bench, a, 'tcpdump -n -e -Q in -i eth0 icmp', 'ping -c 1 10.244.3.6', podA);
  expect(timeless(link.stdout)).toMatch(
    /^[0-9a-f:]{17} > [0-9a-f:]{17}, ethertype IPv4 \(0x0800\), length 98: 10.244.3.6 > 10.244.2.5: ICMP echo reply.*\n\n$/,
  );
});

test('-w writes a file that survives cat and is read with -r, names from /etc/hosts', async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  const machine = bench.machine(podA, '10.244.3.6 web\n');
  const wrote = await during(bench, podA, 'tcpdump -i eth0 -w /tmp/x.pcap icmp', 'ping -c 1 10.244.3.6');
  expect(wrote).toMatchObject({ stdout: '', stderr: `tcpdump: ${LISTENING.split('\n')[1]}\n${counts(2, 2)}` });
  const file = new PcapFile(machine.files.read('/tmp/x.pcap'));
  expect(file.header).toEqual({ linkType: 1, snapLength: 262144 });
  expect([...file.packets()].map(({ bytes, length }) => [bytes.length, length])).toEqual([
    [98, 98],
    [98, 98],
  ]);
  expect([...file.packets()][0]?.microseconds).toBeGreaterThan(1.7e15);
  const { code, stdout, stderr } = await bench.run(podA, 'tcpdump -r /tmp/x.pcap src host web');
  expect(timeless(stdout)).toBe('IP web > 10.244.2.5: ICMP echo reply, id N, seq 1, length 64\n');
  expect([code, stderr]).toEqual([
    0,
    'reading from file /tmp/x.pcap, link-type EN10MB (Ethernet), snapshot length 262144\n',
  ]);
  expect((await bench.run(podA, 'tcpdump -r /tmp/x.pcap --count')).stdout).toBe('2 packets\n');
});

test('a device that goes away ends the capture; meanwhile it is promiscuous', async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  const { result } = bench.start(podA, 'tcpdump -i eth0');
  await bench.lab.clock.runTo(10);
  const eth0 = podA.device('eth0');
  expect(eth0.promiscuity).toBe(1);
  podA.setLink('eth0', { up: false });
  podA.setLink('eth0', { up: true });
  podA.deleteLink('eth0');
  const ran = await bench.lab.settle(result, 10);
  expect(ran).toEqual({
    code: 1,
    stdout: '',
    stderr: `${LISTENING}tcpdump: pcap_loop: The interface disappeared\n${counts(0, 0)}`,
  });
  expect(eth0.promiscuity).toBe(0);
});

test("TCP's checksums are left to the device, but for the RST, which the kernel makes itself", async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  const { stdout } = await during(bench, podA, 'tcpdump -n -vv -i eth0 tcp', 'curl -s http://10.244.3.6:81/');
  expect(stdout).toMatch(/Flags \[S\], cksum 0x\w{4} \(incorrect -> 0x\w{4}\)/);
  expect(stdout).toMatch(/Flags \[R\.\], cksum 0x\w{4} \(correct\)/);
});

test('names of hosts and services, unless -n', async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  bench.machine(podA, '10.244.3.6 web.example web\n');
  const act = 'curl -s http://10.244.3.6/';
  expect((await during(bench, podA, 'tcpdump -t -i eth0 tcp', act)).stdout).toMatch(
    /^IP 10\.244\.2\.5\.\d+ > web\.example\.http: Flags \[S\]/,
  );
  expect((await during(bench, podA, 'tcpdump -tN -i eth0 port http', act)).stdout).toMatch(/ > web\.http: /);
  expect((await during(bench, podA, 'tcpdump -tn -i eth0 tcp', act)).stdout).toMatch(/ > 10\.244\.3\.6\.80: /);
});

test('-D lists the devices', async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  expect((await bench.run(podA, 'tcpdump -D')).stdout).toBe(`1.eth0 [Up, Running, Connected]
2.any (Pseudo-device that captures on all interfaces) [Up, Running]
3.lo [Up, Running, Loopback]
4.bluetooth-monitor (Bluetooth Linux Monitor) [Wireless]
5.nflog (Linux netfilter log (NFLOG) interface) [none]
6.nfqueue (Linux netfilter queue (NFQUEUE) interface) [none]
`);
});

test.each([
  ['-i nosuch', 'nosuch: No such device exists\n(No such device exists)'],
  ['-c 0', 'invalid packet count 0'],
  ['-s x', 'invalid snaplen x (must be >= 0 and <= 262144)'],
  ['-Q up', "unknown capture direction `up'"],
  ['-tttttt', 'only -t, -tt, -ttt, -tttt and -ttttt are supported'],
  ['-r /nosuch', '/nosuch: No such file or directory'],
  ['-r /etc/hosts', 'unknown file format'],
  ['-w /nosuch/x', '/nosuch/x: No such file or directory'],
  ['-F filter', '-F is not modelled in this simulation'],
  ['-G 5', '-G is not modelled in this simulation'],
  ['--nano', '--nano is not modelled in this simulation'],
  ['-i nflog', 'nflog: is not modelled in this simulation'],
  ['host nosuch', "unknown host 'nosuch'\n  host nosuch\n       ^"],
  ['tcp and and', "can't parse filter expression: syntax error\n  tcp and and\n          ^"],
])('tcpdump %s is refused', async (words, message) => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  expect(await bench.run(podA, `tcpdump ${words}`)).toEqual({ code: 1, stdout: '', stderr: `tcpdump: ${message}\n` });
});

test('an option that is none gets the usage', async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  for (const [words, problem] of [
    ['-Y', "invalid option -- 'Y'"],
    ['--foo', "unrecognized option '--foo'"],
    ['-c', "option requires an argument -- 'c'"],
  ]) {
    const { code, stderr } = await bench.run(podA, `tcpdump ${words}`);
    expect([code, stderr.startsWith(`tcpdump: ${problem}\ntcpdump version 4.99.3\n`)]).toEqual([1, true]);
    expect(stderr).toContain('Usage: tcpdump [-AbdDefhHIJKlLnNOpqStuUvxX#]');
  }
});

test('a tunnel without Ethernet, inside and outside of it', async () => {
  const bench = new Bench();
  const [a, b] = [bench.lab.node('a', 2), bench.lab.node('b', 3)];
  for (const [netns, own, other] of [
    [a, 2, 3],
    [b, 3, 2],
  ] as const) {
    for (const line of [
      `tunnel add tun0 mode ipip local 172.18.0.${own} remote 172.18.0.${other}`,
      `addr add 10.9.0.${own}/24 dev tun0`,
      'link set tun0 up',
    ]) {
      expect(await bench.run(netns, `ip ${line}`)).toMatchObject({ code: 0, stderr: '' });
    }
  }
  const act = 'ping -c 1 10.9.0.3';
  const inside = await during(bench, a, 'tcpdump -n -e -i tun0 icmp', act);
  expect(inside.stderr).toContain('listening on tun0, link-type RAW (Raw IP), snapshot length 262144 bytes');
  expect(timeless(inside.stdout)).toContain('ip: 10.9.0.2 > 10.9.0.3: ICMP echo request, id N, seq 1, length 64\n');
  const outside = await during(bench, a, 'tcpdump -n -i eth0 ip proto 4', act);
  expect(timeless(outside.stdout)).toContain('IP 172.18.0.2 > 172.18.0.3: IP 10.9.0.2 > 10.9.0.3: ICMP echo request');
  const any = await during(bench, a, 'tcpdump -n -e -i any', act);
  expect(timeless(any.stdout)).toMatch(
    /^tun0 {2}Out ifindex \d+ ethertype IPv4 \(0x0800\), length 104: 10\.9\.0\.2 > 10\.9\.0\.3: ICMP/m,
  );
});

test('any command line ends with a status and no internal error', async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  bench.machine(podA).files.write(
    '/x',
    Uint8Array.from({ length: 40 }, (_, i) => i),
  );
  const words =
    '-i eth0 any -n -vv -e -c 1 -w /y - -r /x --count -Q in -s 0 -tttt --print -X host tcp and ( ) 80 port -Z -F ! --foo= -D --version';
  const word = fc.oneof(fc.constantFrom(...words.split(' ')), fc.string({ unit: 'binary', maxLength: 8 }));
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (argv) => {
      const { child, result } = bench.start(podA, ['tcpdump', ...argv]);
      await bench.lab.clock.runTo(bench.lab.clock.now() + 5);
      child.kill('INT');
      const ran = await bench.lab.settle(result, 1000);
      expect(ran?.code).toBeTypeOf('number');
      expect(ran?.stderr).not.toContain('internal error');
    }),
    { numRuns: 300 },
  );
});
