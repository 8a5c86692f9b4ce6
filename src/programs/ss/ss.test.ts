import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryFiles } from '../../linux/files/memory.ts';
import { Lab } from '../../linux/network.fixture.ts';
import { Bench } from '../network.fixture.ts';
import { layOut } from './columns.ts';
import { timerText } from './details.ts';
import { FilterFault, parseFilter } from './filter.ts';

/** What is compared with the real ss stands in tests/differential/sockets/ss.test.ts. */

test('listeners and connections, whose they are, and a summary', async () => {
  const bench = new Bench();
  const { podA, podB } = bench.lab.cluster();
  bench.start(podB, 'nc -l -k 8080');
  await bench.lab.clock.runTo(bench.lab.clock.now() + 5);
  bench.start(podA, 'nc -n 10.244.3.6 8080', { read: () => new Promise(() => {}) });
  await bench.lab.clock.runTo(bench.lab.clock.now() + 5);
  const { stdout } = await bench.run(podB, 'ss -tanpH');
  expect(stdout).toMatch(/^LISTEN 0 {6}1 {9}0.0.0.0:8080 +0.0.0.0:\* +users:\(\("nc",pid=2,fd=3\)\)\nESTAB /);
  expect((await bench.run(podB, 'ss -s')).stdout).toBe(
    'Total: 2\nTCP:   2 (estab 1, closed 0, orphaned 0, timewait 0)\n\nTransport Total     IP        IPv6\n' +
      'RAW\t  0         0         0        \nUDP\t  0         0         0        \nTCP\t  2         2         0        \n' +
      'INET\t  2         2         0        \nFRAG\t  0         0         0        \n\n',
  );
  expect((await bench.run(podA, 'ss -tniO')).stdout).toMatch(
    / reno wscale:7,7 rto:\d+ rtt:[\d.]+\/[\d.]+ mss:1448 pmtu:1500 advmss:1448 cwnd:10 bytes_acked:1 segs_out:2 segs_in:1 /,
  );
});

test("the last line's last field is not measured", () => {
  const row = {
    netid: 'tcp',
    state: 'ESTAB',
    receiveQueue: '0',
    sendQueue: '0',
    localAddress: '1:',
    localPort: '2',
    peerAddress: '3:',
    peerPort: '4',
    process: ' users',
  };
  const shape = { header: true, netid: false, state: false };
  expect(layOut([row], shape)).toBe(
    'Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n0      0                  1:2               3:4    users \n',
  );
  expect(layOut([], shape)).toBe('Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n');
});

test.each([
  [59_000, '59sec'],
  [118_500, '1min58sec'],
  [2_345, '2.345ms'],
  [200, '200ms'],
  [7_200_000, '120min'],
])('a timer of %d ms is %s', (expires, text) => {
  expect(timerText({ name: 'keepalive', expires, retries: 0 })).toBe(` timer:(keepalive,${text},0)`);
});

test('any words for a filter give a filter or a clear refusal', () => {
  const files = new MemoryFiles({ clock: new Lab().clock });
  const word = fc.constantFrom(
    '(',
    ')',
    '!',
    'not',
    'and',
    'or',
    '|',
    'dst',
    'src',
    'sport',
    'dport',
    '=',
    '>=',
    ':80',
    '10.0.0.0/8',
    '*',
    'x',
    'dev',
    'fwmark',
    '0x1/0x1',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string({ maxLength: 6 })), { maxLength: 12 }), (words) => {
      try {
        parseFilter({ files }, words);
      } catch (error) {
        expect(error).toBeInstanceOf(FilterFault);
      }
    }),
  );
});
