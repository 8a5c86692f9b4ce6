import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Bench } from '../../src/programs/network.fixture.ts';
import { files } from './packets.fixture.ts';
import { captured } from './real-capture.fixture.ts';

/**
 * Files of packets, read by the real tcpdump (4.99.3) and by ours, must give the same text; the same filters must take
 * the same packets out of them; and tshark must find nothing wrong in what we write.
 */

const version = spawnSync('tcpdump', ['--version'], { encoding: 'utf8' });
const judge = `${version.stdout}${version.stderr}`.includes('tcpdump version 4.99.3');
const tshark = spawnSync('tshark', ['--version']).status === 0;

const folder = mkdtempSync(join(tmpdir(), 'hop-tcpdump-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The low byte of LINKTYPE_LINUX_SLL2, as it stands in a file. */
const COOKED_LINK = 276 & 255;

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

function real(name: string, bytes: Uint8Array, words: readonly string[]): Ran {
  writeFileSync(join(folder, name), bytes);
  const options = { cwd: folder, encoding: 'latin1', maxBuffer: 1e8, env: { ...process.env, TZ: 'UTC' } } as const;
  // It shows devices by the names that their numbers have where it runs: in an empty namespace only `lo` has one.
  const where = bytes[20] === COOKED_LINK ? ['unshare', '-n'] : [];
  const [command = '', ...rest] = [...where, 'tcpdump', '-r', name, ...words];
  const { stdout, stderr, status } = spawnSync(command, rest, options);
  return { stdout, stderr, code: status };
}

async function ours(name: string, bytes: Uint8Array, words: readonly string[]): Promise<Ran> {
  const bench = new Bench();
  const netns = bench.lab.namespace('empty');
  const machine = bench.machine(netns);
  machine.files.write('/etc/services', 'ssh 22/tcp\ndomain 53/tcp\ndomain 53/udp\nhttp 80/tcp www\n');
  machine.files.write(`/${name}`, bytes);
  return bench.run(netns, ['tcpdump', '-r', name, ...words]);
}

/** Where in the expression a fault is, is told by ours alone. */
const withoutPlace = (text: string) => text.replace(/\n {2}.*\n {2} *\^\n/, '\n');

async function compare(name: string, bytes: Uint8Array, words: readonly string[]): Promise<void> {
  const [found, expected] = [await ours(name, bytes, words), real(name, bytes, words)];
  // BPF's optimizer notices that, say, `arp` takes nothing on a link without ARP; ours takes nothing without a word.
  if (expected.stderr.includes('expression rejects all packets')) expect(found).toMatchObject({ code: 0, stdout: '' });
  else expect({ ...found, stderr: withoutPlace(found.stderr) }).toEqual(expected);
}

const STYLES = [
  '-n',
  '-n -e',
  '-n -v',
  '-n -vv',
  '-n -vvv -e',
  '-n -X',
  '-n -XX -v',
  '-n -x',
  '-n -xx',
  '-n -A',
  '-n -AA',
  '-n -q',
  '-n -q -e -v',
  '-n -S',
  '-n -K -vv',
  '-n -t',
  '-n -tt',
  '-n -ttt',
  '-n -tttt',
  '-n -ttttt',
  '-n -# -c 7',
  '--count',
  '-n --count -c 5',
];

describe.skipIf(!judge)('tcpdump prints and filters as the real one (left out without tcpdump 4.99.3)', () => {
  const all = { ...files, ...captured() };
  describe.each(Object.keys(all))('%s', (name) => {
    const bytes = all[name] as Uint8Array;
    test.each(STYLES)('%s', async (style) => {
      await compare(name, bytes, style.split(' '));
    });
  });

  const filters = readFileSync('tests/differential/tcpdump-filters.txt', 'utf8').split('\n').filter(Boolean);
  test.each(Object.keys(all))('filters on %s', async (name) => {
    for (const filter of filters) await compare(name, all[name] as Uint8Array, ['-n', '--', filter]);
  });

  test("files that our own -w has written, of a simulated machine's packets", async () => {
    const bench = new Bench();
    const { podA } = bench.lab.cluster();
    const machine = bench.machine(podA);
    const captures = ['eth0', 'any', 'lo'].map((device) => bench.start(podA, `tcpdump -i ${device} -w /${device}`));
    await bench.lab.clock.runTo(10);
    const pings = ['10.244.3.6', '-s 3000 10.244.3.6', '-t 1 10.244.3.6', '8.8.8.8', '127.0.0.1'];
    for (const ping of pings) await bench.run(podA, `ping -c 1 ${ping}`);
    for (const url of ['http://10.244.3.6/', 'http://127.0.0.1:81/']) await bench.run(podA, ['curl', '-s', url]);
    for (const { child } of captures) child.kill('INT');
    for (const { result } of captures) await bench.lab.settle(result, 1000);
    for (const device of ['eth0', 'any', 'lo']) {
      const bytes = machine.files.read(`/${device}`);
      expect(bytes.length).toBeGreaterThan(100);
      for (const style of ['-n', '-n -e -vv', '-n -X']) await compare(device, bytes, style.split(' '));
    }
  });

  test.each(['', 'abc', 'abcdefgh'])('no file of packets: "%s"', async (text) => {
    await compare('none', new TextEncoder().encode(text), ['-n']);
  });

  test('a file that ends too early', async () => {
    const whole = files.whole as Uint8Array;
    for (const length of [10, 24, 30, 50, whole.length - 1]) await compare('early', whole.subarray(0, length), ['-n']);
  });
});

describe.skipIf(!tshark)('tshark finds nothing wrong (left out without tshark)', () => {
  test.each(['sound', 'raw'])('%s', (name) => {
    writeFileSync(join(folder, name), files[name] as Uint8Array);
    const checks = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);
    const bad = ['ip', 'tcp', 'udp', 'icmp', 'sctp'].map((protocol) => `${protocol}.checksum.status == 0`).join(' || ');
    const tells = ['-o', 'sctp.checksum:CRC 32c', '-d', 'udp.port==8472,vxlan'];
    const { stdout, stderr } = spawnSync(
      'tshark',
      ['-r', join(folder, name), ...checks, ...tells, '-Y', `_ws.malformed || ${bad}`],
      { encoding: 'utf8' },
    );
    expect(stdout, stderr).toBe('');
  });
});
