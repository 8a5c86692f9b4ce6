import { spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../src/linux/namespace.ts';
import { Bench } from '../../src/programs/network.fixture.ts';

/** The same commands for the real tools in two real network namespaces and for ours, compared byte for byte. */

const PATIENCE = 15;

function real(words: readonly string[]): { code: number; stdout: string; stderr: string } {
  const [command = '', ...rest] = words;
  const { status, stdout, stderr } = spawnSync(command, rest, { encoding: 'utf8' });
  return { code: status ?? -1, stdout, stderr };
}

/** Root, iproute2, procps, and leave to make namespaces. */
function possible(name: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  if (spawnSync('ip', ['-V']).error !== undefined || spawnSync('sysctl', ['-V']).error !== undefined) return false;
  real(['ip', 'netns', 'del', name]);
  const made = real(['ip', 'netns', 'add', name]).code === 0;
  real(['ip', 'netns', 'del', name]);
  return made;
}

export const split = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim());

/** Two links between the namespaces, as the first commands. `B` stands for the other namespace's name. */
const NETWORK = split(`
  ip link set lo up
  ip link add v0 address 02:00:00:00:01:01 type veth peer name e0 address 02:00:00:00:01:02 netns B
  ip link add v1 address 02:00:00:00:01:03 type veth peer name e1 address 02:00:00:00:01:04 netns B
  ip link set v0 up
  ip link set v1 up
  b ip link set e0 up
  b ip link set e1 up
  ip addr add 10.0.0.1/24 dev v0
  ip addr add 10.1.0.1/24 dev v1
`);

/** Runs the lines in namespaces that are called `PREFIX-a` and, for lines that start with `b `, `PREFIX-b`. */
export function compareCommands(title: string, prefix: string, lines: readonly string[]): void {
  const a = `${prefix}-a`;
  const b = `${prefix}-b`;
  const clean = () => {
    for (const name of [a, b]) real(['ip', 'netns', 'del', name]);
  };
  const reason = 'left out where there is no root, no ip(8), no sysctl(8) or no network namespaces';
  describe.skipIf(!possible(a))(`${title} (${reason})`, () => {
    const bench = new Bench();
    let host: NetworkNamespace;

    const compare = async (line: string) => {
      const [, where, rest = ''] = /^(b )?(.*)$/.exec(line.replace(/\bB$/, b)) ?? [];
      const words = ['ip', 'netns', 'exec', where === undefined ? a : b, ...rest.split(' ')];
      const mine = await bench.run(host, words);
      let theirs = real(words);
      // The kernel notes a carrier that came or went within a second (net/core/link_watch.c).
      for (let i = 0; i < PATIENCE && theirs.code === 0 && theirs.stdout !== mine.stdout; i++) {
        await setTimeout(100);
        theirs = real(words);
      }
      expect(mine, line).toEqual(theirs);
    };

    beforeAll(async () => {
      clean();
      host = bench.lab.namespace('host');
      for (const name of [a, b]) {
        real(['ip', 'netns', 'add', name]);
        await bench.run(host, `ip netns add ${name}`);
        const settings = ['net.ipv4.ip_forward=0', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.disable_ipv6=1'];
        for (const setting of [...settings, 'net.ipv6.conf.default.disable_ipv6=1']) {
          real(['ip', 'netns', 'exec', name, 'sysctl', '-qw', setting]);
          if (!setting.includes('ipv6')) await bench.run(host, `ip netns exec ${name} sysctl -qw ${setting}`);
        }
      }
    });
    afterAll(clean);

    test.each([...NETWORK, ...lines].map((line, i) => [i, line]))('%i: %s', async (_, line) => {
      await compare(String(line));
    });
  });
}
