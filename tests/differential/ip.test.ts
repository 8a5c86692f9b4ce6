import { spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../src/linux/namespace.ts';
import { Bench } from '../../src/programs/network.fixture.ts';

/**
 * The same commands, given to iproute2 in real network namespaces and to the simulated `ip`: what they print and their
 * exit statuses are compared byte for byte. The namespaces are called `hoptest-*` and are deleted at the end.
 */

const A = 'hoptest-a';
const B = 'hoptest-b';
const PATIENCE = 20;

function real(line: string): { code: number; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync('ip', line.split(' '), { encoding: 'utf8' });
  return { code: status ?? -1, stdout, stderr };
}

const clean = () => {
  for (const name of [A, B]) real(`netns del ${name}`);
};

/** Root, iproute2, and leave to make namespaces. */
const possible = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  if (spawnSync('ip', ['-V']).error !== undefined) return false;
  clean();
  const made = real(`netns add ${A}`).code === 0;
  clean();
  return made;
})();

/** Words for `ip -n hoptest-a`, unless a line starts with `b ` (the other namespace) or `host ` (neither). */
const NETWORK = [
  'link set lo up',
  `link add veth0 address 02:00:00:00:00:01 type veth peer name eth0 address 02:00:00:00:00:02 netns ${B}`,
  'addr',
  'addr add 10.0.0.1/24 dev veth0',
  'route',
  'link set veth0 up',
  'addr',
  'route',
  'b addr',
  'b addr add 10.0.0.2/24 brd + dev eth0',
  'b link set eth0 up',
  'b addr',
  'addr',
  'route show table local',
  'route add default via 10.0.0.2',
  'route add 10.9.0.0/16 via 10.0.0.9 dev veth0',
  'route add 10.8.0.0/16 via 10.77.0.9 dev veth0 onlink',
  'route add 10.7.0.0/16 dev veth0 scope link src 10.0.0.1',
  'route add 10.6.0.0/16 dev veth0 metric 100',
  'route add 10.6.0.0/24 dev veth0 proto static',
  'route add blackhole 10.5.0.0/16',
  'route add unreachable 10.4.0.0/16',
  'route add prohibit 10.3.0.0/16',
  'link add p0 address 02:00:00:00:00:03 type veth peer name p1 address 02:00:00:00:00:04',
  'link set p0 up mtu 1400',
  'addr add 10.1.0.1/16 dev p0',
  'addr add 10.1.0.2/16 dev p0 label p0:x',
  'addr add 10.2.0.1/32 dev p0 scope link',
  'addr add 10.4.0.5 peer 10.4.0.6 dev p0',
  'addr add 10.7.7.7/24 dev p0 noprefixroute',
  'neigh add 10.0.0.50 lladdr 02:00:00:00:00:09 dev veth0',
];

const QUESTIONS = [
  '-c addr',
  '-c -o addr',
  '-c link',
  '-c -br addr',
  '-c -br link',
  '-c route',
  '-c -d route',
  '-c route show table local',
  '-c route get 10.9.1.1',
  '-c neigh',
  '-c -br neigh',
  '-c rule',
  '-c -j addr',
  '-s -s link show lo',
  '-s -s addr show lo',
  '-h -s link show lo',
  '-iec -h -s link show lo',
  'netns list-id',
  'route show table 300',
  'link set veth0 address 02:11:22:33:44',
  'link set veth0 address 02:11:22:33:444',
  'link set veth0 address foo',
  'addr',
  'a',
  '-4 addr',
  '-6 addr',
  '-br addr',
  '-br link',
  '-o addr',
  '-o link',
  '-o -4 addr show dev veth0',
  '-d link show veth0',
  '-d addr show lo',
  'addr show dev p0',
  'addr show up',
  'addr show scope global',
  'addr show secondary',
  'addr show to 10.1.0.0/16',
  'addr show label p0*',
  'link show type veth',
  'b link',
  'route',
  'r s',
  '-d route',
  'route show table all',
  'route show table local',
  'route show table 77',
  'route show dev veth0',
  'route show via 10.0.0.2',
  'route show proto static',
  'route show scope link',
  'route show default',
  'route show 10.6.0.0/16',
  'route show root 10.6.0.0/16',
  'route show match 10.6.0.9',
  'route get 10.0.0.2',
  'route get 10.9.1.1',
  'route get 10.0.0.1',
  'route get 10.1.0.2',
  'route get 127.0.0.1',
  'route get 10.0.0.255',
  'route get 9.9.9.9 from 10.0.0.1',
  'route get 10.5.0.1',
  'route get 10.4.9.1',
  'route get 10.3.0.1',
  'route get 10.6.0.9 fibmatch',
  '-j addr',
  '-j -br addr',
  '-j link',
  '-j -br link',
  '-j route',
  '-j -p route',
  '-j -p addr show dev veth0',
  '-j route show table local',
  '-j route get 10.9.1.1',
  'neigh',
  'neigh show dev veth0',
  '-br neigh',
  '-j neigh',
  'rule',
  // Refused
  'addr show dev nosuch',
  'link show nosuch',
  'link set nosuch up',
  'link set veth0 foo',
  'link set dev',
  'link set veth0 mtu x',
  'link set veth0 mtu 10',
  'link set veth0 netns nosuch',
  'link set p0 name p1',
  'link set p0 address xx',
  'link add x type nosuch',
  'link add lo type veth peer name y',
  'link del nosuch',
  'link del lo',
  'link foo',
  'addr add 10.0.0.1/24 dev veth0',
  'addr add 10.0.0.1/33 dev veth0',
  'addr add 10.0.0.x dev veth0',
  'addr add 10.0.0.5/24 dev nosuch',
  'addr add 10.0.0.5/24',
  'addr add 10.0.0.5/24 dev veth0 scope foo',
  'addr del 10.0.0.99/24 dev veth0',
  'addr flush',
  'addr foo',
  'addr show lo veth0',
  'route add default via 10.0.0.2',
  'route add 10.66.0.0/16 via 10.77.0.9',
  'route add 10.66.0.1/16 dev veth0',
  'route add 10.66.0.0/16 dev nosuch',
  'route add 10.66.0.0/16 dev p1',
  'route add 10.66.0.0/16',
  'route add 10.66.0.0/16 via 10.0.0.2 src 9.9.9.9',
  'route add default via',
  'route add default via x',
  'route add 10.66.0.0/16 veth0',
  'route del 10.66.0.0/16',
  'route change 10.66.0.0/16 via 10.0.0.2',
  'route get',
  'route get x',
  'route flush',
  'route foo',
  'neigh add 10.0.0.50 lladdr 02:00:00:00:00:09 dev veth0',
  'neigh del 10.0.0.51 dev veth0',
  'neigh add 10.0.0.52 lladdr xx dev veth0',
  'neigh add 10.0.0.52 dev veth0',
  'neigh del 10.0.0.50',
  'neigh show nud foo',
  'neigh flush',
  'neigh foo',
  'foo',
  '-foo addr',
  'netns foo',
  'netns exec nosuch true',
  'netns del nosuch',
  `netns add ${A}`,
  'netns add a/b',
  'netns add',
  `netns exec ${A}`,
  `netns exec ${A} nosuch`,
  'host -n nosuch addr',
];

const CHANGES = [
  'addr del 10.1.0.1/16 dev p0',
  'addr',
  'route',
  'link set p1 up',
  'route',
  'link set veth0 down',
  'addr',
  'route',
  'route show table local',
  'b addr',
  'b route',
  'link set veth0 up',
  'route',
  'route add 10.9.0.0/16 via 10.0.0.2',
  'route append 10.9.0.0/16 via 10.0.0.3',
  'route',
  'route replace 10.9.0.0/16 via 10.0.0.4',
  'route',
  'route del 10.9.0.0/16',
  'route',
  'link set veth0 name foo0',
  'addr',
  `link set p1 netns ${B}`,
  'link',
  'b link',
  'b link set p1 up',
  'addr flush dev foo0',
  'addr',
  'route',
  'neigh flush all',
  'link del p0',
  'link',
  'b link',
];

describe.skipIf(!possible)(
  'ip says what iproute2 says (left out where there is no root, no ip(8) or no network namespaces)',
  () => {
    const bench = new Bench();
    let host: NetworkNamespace;
    const simulated = (line: string) => bench.run(host, `ip ${line}`);

    const compare = async (line: string) => {
      const [, where, rest] = /^(host |b )?(.*)$/.exec(line) ?? [];
      const words = where === 'host ' ? (rest ?? '') : `-n ${where === 'b ' ? B : A} ${rest}`;
      const mine = await simulated(words);
      let theirs = real(words);
      // The kernel notes a carrier that came or went within a second (net/core/link_watch.c).
      for (let i = 0; i < PATIENCE && theirs.code === 0 && theirs.stdout !== mine.stdout; i++) {
        await setTimeout(100);
        theirs = real(words);
      }
      expect(mine, words).toEqual(theirs);
    };

    beforeAll(async () => {
      clean();
      host = bench.lab.namespace('host');
      for (const name of [A, B]) {
        real(`netns add ${name}`);
        await simulated(`netns add ${name}`);
        // IPv6 is not modelled: the real namespaces have it switched off.
        for (const scope of ['all', 'default']) {
          real(`netns exec ${name} sysctl -qw net.ipv6.conf.${scope}.disable_ipv6=1`);
        }
      }
    });
    afterAll(clean);

    test('while a network is being built', async () => {
      for (const line of NETWORK) await compare(line);
    });
    test.each(QUESTIONS)('ip %s', async (line) => {
      await compare(line);
    });
    test('while it is being changed and taken down', async () => {
      for (const line of CHANGES) await compare(line);
    });
  },
);
