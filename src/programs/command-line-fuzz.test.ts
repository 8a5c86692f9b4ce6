import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NetworkNamespace } from '../linux/namespace.ts';
import { COMMAND_LINES } from './command-lines.fixture.ts';
import { Bench, type Ran } from './network.fixture.ts';

/** What is there to be shown and changed: devices of most kinds, a namespace, sets, files to read. */
const MACHINE = [
  'ip link add br0 type bridge',
  'ip link add v0 type veth peer name v1',
  'ip link set v0 master br0 up',
  'ip link set v1 up',
  'ip link set br0 up',
  'ip addr add 10.7.7.1/24 dev br0',
  'ip link add vx type vxlan id 7 local 10.244.2.5 dstport 4789 dev eth0',
  'ip link set vx up',
  'ip link add wg0 type wireguard',
  'ip link add t1 type ipip local 10.244.2.5 remote 10.244.2.1',
  'ip netns add x',
  'ip route add 10.9.0.0/16 via 10.244.2.1 table 100',
  'ip rule add from 10.0.0.0/8 lookup 100 pref 99',
  'tc qdisc add dev eth0 root netem delay 1ms',
  'ipset create s hash:ip timeout 100 counters comment',
  'ipset create np hash:net,port',
  'ipset create l list:set',
];
const CONFIGURATION =
  '[Interface]\nListenPort = 5\n[Peer]\nPublicKey = fE/wdxzl0klVp/IR8UcaoGUMjqaWi3jAd7KzHKFS6Ds=\nAllowedIPs = 10.0.0.0/8\n';
const KEY = 'yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\n';

/** A pod of a network of two nodes, furnished with the above. */
async function furnished(): Promise<{ bench: Bench; pod: NetworkNamespace }> {
  const bench = new Bench();
  const { podA: pod } = bench.lab.cluster();
  const { files } = bench.machine(pod);
  files.write('/conf', CONFIGURATION);
  files.write('/key', KEY);
  for (const line of MACHINE) expect(await bench.run(pod, line), line).toMatchObject({ code: 0 });
  return { bench, pod };
}

/** Words that no tool has but in the wrong place, and numbers at the ends of what fits. */
const STRANGE =
  '|-|--|-1|0|1|255|256|65535|65536|4294967295|4294967296|99999999999999999999|0x|1e400|NaN|%|:|,|/|a,b|10.0.0.0/33|::1|=|__proto__|constructor|toString|é\n'.split(
    '|',
  );

/** A right line or the beginning of one, some of its words replaced, left out or put in; or words from anywhere. */
function lines(tool: string): fc.Arbitrary<string[]> {
  const known = (COMMAND_LINES[tool] ?? []).map((line) => line.split(' ').slice(1));
  const vocabulary = [...new Set(known.flat()), ...STRANGE];
  const word = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...vocabulary) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom(...vocabulary), fc.string({ maxLength: 3 })).map((parts) => parts.join('')),
    },
  );
  const edit = fc.record({ at: fc.nat(30), remove: fc.nat(2), words: fc.array(word, { maxLength: 2 }) });
  const edited = fc
    .tuple(fc.constantFrom(...known), fc.array(edit, { maxLength: 3 }), fc.option(fc.nat(12), { freq: 1 }))
    .map(([line, edits]) => {
      const words = [...line];
      for (const { at, remove, words: inserted } of edits) words.splice(at % (words.length + 1), remove, ...inserted);
      return words;
    });
  return fc.oneof({ weight: 4, arbitrary: edited }, { weight: 1, arbitrary: fc.array(word, { maxLength: 10 }) });
}

/** What listens or repeats for ever is ended. @returns how it ended; `undefined`: not even by SIGKILL. */
async function ended(bench: Bench, pod: NetworkNamespace, argv: readonly string[]): Promise<Ran | undefined> {
  const { child, result } = bench.start(pod, argv, 'ip addr\nlist\n');
  const ran = await bench.lab.settle(result, 2_000);
  if (ran !== undefined) return ran;
  child.kill('KILL');
  return bench.lab.settle(result, 1_000);
}

test.each(Object.keys(COMMAND_LINES))('%s: any command line ends with a status and no internal error', async (tool) => {
  // A machine for several lines, so that they meet what the ones before have made.
  const several = fc.array(lines(tool), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(several, async (all) => {
      const { bench, pod } = await furnished();
      for (const words of all) {
        const ran = await ended(bench, pod, [tool, ...words.filter((word) => !word.includes('\0'))]);
        expect(ran?.code, JSON.stringify(words)).toBeTypeOf('number');
        expect(ran?.stderr, JSON.stringify(words)).not.toContain('internal error');
      }
      // And what has been made can be shown.
      for (const show of [
        'ip -d addr',
        'ip route show table all',
        'ip rule',
        'bridge -d link',
        'tc -s qdisc',
        'ipset save',
      ])
        expect((await bench.run(pod, show)).stderr, show).not.toContain('internal error');
    }),
    { numRuns: tool === 'ip' ? 200 : 60 },
  );
});
