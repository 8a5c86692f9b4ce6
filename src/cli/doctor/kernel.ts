import { nodeImage } from '../../labs/targets/kind/image.ts';
import { run } from '../../labs/targets/kind/run.ts';
import type { Finding } from './finding.ts';
import type { Patient } from './patient.ts';

/** What pod networks and Services are made of. Each is tried in a container's own network namespace. */
const TRIALS = [
  ['veth pairs', 'ip link add hop0 type veth peer name hop1'],
  ['routes', 'ip link set hop0 up && ip addr add 10.99.0.1/24 dev hop0'],
  ['iptables NAT', 'iptables -t nat -A POSTROUTING -s 10.99.0.0/24 -j MASQUERADE'],
  ['conntrack', 'iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP'],
  ['statistic match', 'iptables -t nat -A PREROUTING -m statistic --mode random --probability 0.5 -j ACCEPT'],
  ['comment match', 'iptables -A FORWARD -m comment --comment hop -j ACCEPT'],
  ['nftables', 'nft add table inet hop && nft add chain inet hop out "{ type nat hook postrouting priority 100; }"'],
  ['bridges', 'ip link add hopbr type bridge'],
  ['VXLAN', 'ip link add hopvx type vxlan id 7 dstport 8472 dev lo'],
] as const;

/** Does this kernel do what nodes need? Only what was tried counts: on WSL2, modules go missing silently. */
export async function kernel({ engine, system }: Patient): Promise<Finding | undefined> {
  if (engine === undefined) return undefined;
  const name = 'kernel';
  const image = nodeImage();
  const there = await run('docker', ['image', 'inspect', image], { timeoutMs: 10_000 });
  if (there.code !== 0) {
    return { name, verdict: 'unsure', found: 'not tried yet: that needs the node image', next: `docker pull ${image}` };
  }
  const script = TRIALS.map(
    ([what, command]) => `if (${command}) >/dev/null 2>&1; then echo "+${what}"; else echo "-${what}"; fi`,
  );
  const flags = ['--rm', '--privileged', '--network', 'none', '--entrypoint', 'sh'];
  const { code, stdout, stderr } = await run('docker', ['run', ...flags, image, '-c', script.join('\n')], {
    timeoutMs: 60_000,
  });
  if (code !== 0) {
    const words = stderr.trim().split('\n').at(-1) ?? '';
    return {
      name,
      verdict: 'bad',
      found: `a privileged container does not start: ${words}`,
      next: 'kind runs nodes as privileged containers; rootless or locked-down engines may forbid them: https://kind.sigs.k8s.io/docs/user/rootless/',
    };
  }
  const missing = stdout.split('\n').flatMap((line) => (line.startsWith('-') ? [line.slice(1)] : []));
  if (missing.length === 0)
    return { name, verdict: 'good', found: `${TRIALS.map(([what]) => what).join(', ')}: all work` };
  const needed = missing.some((what) => !['VXLAN', 'bridges', 'nftables'].includes(what));
  const next = {
    linux: 'Load the modules, or install the package that has them (linux-modules-extra on Ubuntu), and try again.',
    macos: 'Update Docker Desktop (or Colima): its virtual machine brings the kernel.',
    wsl: 'Update WSL and its kernel: wsl --update, then wsl --shutdown.',
    windows: '',
  }[system];
  return { name, verdict: needed ? 'bad' : 'unsure', found: `these do not work: ${missing.join(', ')}`, next };
}
