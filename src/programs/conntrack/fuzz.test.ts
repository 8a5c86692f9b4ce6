import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conntrackOf } from '../../linux/netfilter/conntrack/conntrack.ts';
import { Bench } from '../network.fixture.ts';

const PIECES =
  '-L -D -E -F -C -S -h -V -p tcp udp icmp sctp 17 -s -d -r -q 10.0.0.1 10.0.0.0/8 ::1 1.2 -m 5 0x5/0xf / -u ASSURED FOO -n -g -j --src-nat --any-nat=1.2.3.4:5 -o id,extended xml -e NEW -f ipv4 -z -w 0 -t --state ESTABLISHED --dport 80 --icmp-type -- - --= -Lz expect conntrack --orig-src --or --m'.split(
    ' ',
  );

test('any command line ends with a status and no internal error', async () => {
  const bench = new Bench();
  const node = bench.lab.node('a', 2);
  conntrackOf(node.stack);
  bench.machine(node);
  const words = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 8 })), {
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(words, async (argv) => {
      const { child, result } = bench.start(node, ['conntrack', ...argv.filter((word) => !word.includes('\0'))]);
      // What listens for events ends when it is told to.
      await bench.lab.clock.runTo(bench.lab.clock.now() + 1);
      child.kill('INT');
      const { code, stderr } = (await bench.lab.settle(result)) ?? { code: -1, stderr: 'still running' };
      expect([0, 1, 2], stderr).toContain(code);
    }),
    { numRuns: 500 },
  );
});
