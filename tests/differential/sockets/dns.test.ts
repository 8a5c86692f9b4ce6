import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveZone } from '../../../src/programs/dns/server.fixture.ts';
import { missing, type Ran, RealPair, SimulatedPair } from './network.ts';

/**
 * dig, nslookup and getent against the same zone, real and simulated: what they print is compared byte for byte, but for
 * times, numbers of queries and the version.
 */

const DIG = [
  '@10.0.0.2 web.example.com',
  '@10.0.0.2 web.example.com +short',
  '@10.0.0.2 nope.example.com',
  '@10.0.0.2 alias.example.com',
  '@10.0.0.2 alias.example.com AAAA',
  '@10.0.0.2 alias.example.com +short',
  '@10.0.0.2 -x 10.0.0.2',
  '@10.0.0.2 -x 10.0.0.2 +short',
  '@10.0.0.2 example.com MX +noedns',
  '@10.0.0.2 example.com SOA +short',
  '@10.0.0.2 example.com SOA',
  '@10.0.0.2 txt.example.com txt +short',
  '@10.0.0.2 _http._tcp.example.com srv',
  '@10.0.0.2 a-name-that-is-long.example.com',
  '@10.0.0.2 kubernetes.default.svc.cluster.example.com',
  '@10.0.0.2 kubernetes.default.svc.cluster.example.com +noall +answer',
  '@10.0.0.2 big.example.com',
  '@10.0.0.2 big.example.com +ignore',
  '@10.0.0.2 big.example.com +noall +answer',
  '@10.0.0.2 web.example.com +tcp +norecurse +nocookie',
  '@10.0.0.2 web.example.com any',
  '@10.0.0.2 www.other.org',
  '@10.0.0.2 servfail.example.com',
  '@10.0.0.2 multi.example.com +noall +answer +comments +question',
  '@10.0.0.2 multi.example.com +noall +stats',
  '@10.0.0.2 web.example.com AAAA +noall +answer +comments',
  '@10.0.0.2 +nocomments web.example.com',
  '@10.0.0.2 web.example.com +noall +answer +nottlid +noclass',
  '@10.0.0.2 web.example.com +noall +answer +nottlid',
  '@10.0.0.2 -4 -q web.example.com -t a -c IN +nocmd +nostats',
  '@10.0.0.2 web.example.com web.example.com',
  '@10.0.0.2 example.com ns multi.example.com +noall +answer',
  '+short @10.0.0.2 alias.example.com multi.example.com',
  'web.example.com @10.0.0.2 +noadflag +cdflag',
  'web +search',
  'web',
  'nope +search +noall +comments',
  '-b 10.0.0.1#5555 @10.0.0.2 web.example.com +short',
  '-t nosuch @10.0.0.2 web.example.com',
  '@box web.example.com +time=1 +tries=1',
  '@10.0.0.2 -p 54 web.example.com +time=1 +tries=2',
  '@10.0.0.2 -p 54 web.example.com +tcp +tries=1',
  '@10.0.0.99 web.example.com +time=1 +tries=1',
  '@10.9.9.9 web.example.com +tries=1',
  '@10.0.0.2 +foo web.example.com',
  '-Z',
  '-p',
  '-v',
  '@10.0.0.2 +time=x web.example.com',
];

const NSLOOKUP = [
  'web.example.com',
  'web',
  'nope',
  'nope.example.com.',
  '10.0.0.2',
  '10.0.0.9',
  'alias.example.com. 10.0.0.2',
  'multi.example.com.',
  '-type=mx example.com. 10.0.0.2',
  '-type=soa example.com.',
  '-q=txt txt.example.com.',
  '-type=ns example.com.',
  '-type=ns nope.example.com.',
  '-type=aaaa web.example.com.',
  '-type=srv _http._tcp.example.com.',
  '-type=ptr 2.0.0.10.in-addr.arpa',
  '-timeout=1 -retry=1 web.example.com. 10.0.0.99',
  '-port=54 web.example.com. 10.0.0.2',
  'www.other.org.',
  'servfail.example.com.',
  'big.example.com. 10.0.0.2',
  '-type=cname alias.example.com.',
];

const GETENT = [
  'hosts web',
  'hosts 10.0.0.2',
  'hosts 10.0.0.9',
  'hosts alias',
  'hosts box',
  'hosts box.local',
  'hosts 10.0.0.77',
  'hosts nope',
  'hosts nope.x',
  'hosts localhost',
  'hosts',
  'hosts big',
  'hosts web multi',
  'ahosts multi',
  'ahosts 1.2.3.4',
  'ahosts box.local',
  'ahosts nope',
  'ahostsv4 web.example.com',
  'ahostsv6 web',
  'services http',
  'services 53/udp',
  'services 53',
  'services nosuch',
  'services domain http-alt ssh',
  'services postgres',
  'protocols tcp',
  'protocols 17',
  'protocols nosuch',
  'foo',
  '',
];

function masked({ code, stdout, stderr }: Ran): Ran {
  const mask = (text: string) =>
    text
      .replace(/DiG \S+/g, 'DiG VERSION')
      .replace(/, id: \d+/g, ', id: N')
      .replace(/Query time: \d+/g, 'Query time: N')
      .replace(/WHEN: .*/g, 'WHEN: then');
  return { code, stdout: mask(stdout), stderr: mask(stderr) };
}

const why = missing('dig', 'nslookup', 'getent');

describe.skipIf(why !== undefined)(`DNS tools say what the real ones say (left out: ${why ?? 'no'})`, () => {
  const simulated = new SimulatedPair();
  let real: RealPair;

  beforeAll(async () => {
    real = new RealPair('dns');
    const server = fileURLToPath(new URL('server.ts', import.meta.url));
    await real.start(real.b, [process.execPath, server, 'dns']);
    serveZone(simulated.b);
  });
  afterAll(() => real.end());

  const compare = async (line: string) => {
    const words = line.split(' ').filter((word) => word !== '');
    const theirs = real.run(real.a, words);
    const mine = await simulated.bench.run(simulated.a, words);
    expect(masked(mine), line).toEqual(masked(theirs));
  };

  test.each(DIG)('dig %s', (line) => compare(`dig ${line}`));
  test.each(NSLOOKUP)('nslookup %s', (line) => compare(`nslookup ${line}`));
  test.each(GETENT)('getent %s', (line) => compare(`getent ${line}`));
});
