import fc from 'fast-check';
import { expect, test } from 'vitest';
import { serveZone } from './dns/server.fixture.ts';
import { Bench } from './network.fixture.ts';

/** Words that the tools know, put together at random: each call ends with a status, or can be ended. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  nc: [
    '-l',
    '-z',
    '-v',
    '-u',
    '-k',
    '-w',
    '1',
    '-p',
    '80',
    '-n',
    '-N',
    '-q',
    '0',
    '-s',
    '10.244.2.5',
    '10.244.3.6',
    'localhost',
    '79-82',
    '-x',
    '-4',
  ],
  ss: [
    '-t',
    '-u',
    '-a',
    '-l',
    '-n',
    '-p',
    '-i',
    '-e',
    '-o',
    '-s',
    '-H',
    '-O',
    'state',
    'exclude',
    'established',
    'all',
    'dst',
    '10.0.0.0/8',
    'sport',
    '=',
    ':80',
    '(',
    ')',
    'not',
    'or',
    '-N',
    '-A',
    'tcp,udp',
  ],
  dig: [
    '@10.244.3.6',
    '@nosuch',
    '+short',
    '+noall',
    '+answer',
    '+tcp',
    '+time=1',
    '+tries=1',
    '+search',
    '-x',
    '10.0.0.2',
    '-t',
    'mx',
    '-p',
    '53',
    '-b',
    'web.example.com',
    '.',
    '..',
    '+bufsize=0',
    'a',
    'CH',
    '-4',
    '-q',
    '+nofoo',
  ],
  nslookup: [
    '-type=mx',
    '-type=foo',
    '-port=53',
    '-timeout=1',
    '-retry=1',
    'web.example.com',
    '10.0.0.2',
    '10.244.3.6',
    '.',
    '..',
    '-vc',
    '-nosearch',
    '-x',
  ],
  getent: [
    'hosts',
    'ahosts',
    'ahostsv6',
    'services',
    'protocols',
    'passwd',
    'rpc',
    'web.example.com',
    '10.0.0.2',
    '80/tcp',
    '-s',
    'dns',
    '--foo',
  ],
  nsenter: ['-t', '1', '-n', '-a', '-m', '--net=/run/netns/x', '--net', '--', 'true', 'hostname', '-U', '-h', '-z'],
  curl: [
    '-s',
    '-v',
    '-L',
    '-I',
    '-d',
    'x',
    '-o',
    '/tmp/x',
    '-w',
    '%{http_code}',
    '--retry',
    '1',
    '--interface',
    'eth0',
    '-m',
    '1',
    'http://10.244.3.6/',
    'http://10.244.3.6:81/../x?y',
    'https://x/',
    '-u',
    'a:b',
    '--resolve',
    'a:80:1.2.3.4',
    '-D',
    '-',
    '--max-redirs',
  ],
};

test.each(Object.keys(WORDS))('%s: any command line ends with a status and no internal error', async (name) => {
  const word = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...(WORDS[name] ?? [])) }, fc.string({ maxLength: 8 }));
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 7 }), async (words) => {
      const bench = new Bench();
      const { podA, podB } = bench.lab.cluster();
      bench.machine(podA).files.write('/etc/resolv.conf', 'nameserver 10.244.3.6\noptions timeout:1 attempts:1\n');
      serveZone(podB);
      const { child, result } = bench.start(podA, [name, ...words], 'input\n');
      let ran = await bench.lab.settle(result, 20_000);
      if (ran === undefined) {
        child.kill('KILL');
        ran = await bench.lab.settle(result);
      }
      expect(ran?.code).toBeTypeOf('number');
      expect(ran?.stderr).not.toContain('internal error');
    }),
    { numRuns: 60 },
  );
});
