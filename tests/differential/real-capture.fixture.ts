import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What the real tcpdump captures of the real kernel's traffic: two hosts with a router between them, and a VXLAN from
 * host to host. The namespaces are called `hoptest-cap-*` and are deleted at the end.
 */
const SCRIPT = `
set -u
A=hoptest-cap-a R=hoptest-cap-r B=hoptest-cap-b
gone() { for n in $A $R $B; do ip netns del $n 2>/dev/null; done; }
trap gone EXIT
gone
for n in $A $R $B; do
  ip netns add $n || exit 1
  ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  ip -n $n link set lo up
done
ip -n $A link add eth0 type veth peer name up1 netns $R
ip -n $B link add eth0 type veth peer name up2 netns $R
ip -n $A addr add 10.77.1.2/24 dev eth0
ip -n $B addr add 10.77.2.2/24 dev eth0
ip -n $R addr add 10.77.1.1/24 dev up1
ip -n $R addr add 10.77.2.1/24 dev up2
for n in $A $B; do ip -n $n link set eth0 up; done
ip -n $R link set up1 up
ip -n $R link set up2 up mtu 1400
ip -n $A route add default via 10.77.1.1
ip -n $B route add default via 10.77.2.1
ip netns exec $R sysctl -qw net.ipv4.ip_forward=1
for port in 4789 8472; do
  ip -n $A link add vx$port type vxlan id 7 dstport $port remote 10.77.2.2 dev eth0
  ip -n $B link add vx$port type vxlan id 7 dstport $port remote 10.77.1.2 dev eth0
  ip -n $A addr add 10.\${port%??}.0.1/24 dev vx$port
  ip -n $B addr add 10.\${port%??}.0.2/24 dev vx$port
  ip -n $A link set vx$port up
  ip -n $B link set vx$port up
done
in_a() { timeout 3 ip netns exec $A "$@" >/dev/null 2>&1; }
ip netns exec $A timeout 20 tcpdump -i eth0 -U -w ethernet.pcap 2>ethernet.err &
ip netns exec $R timeout 20 tcpdump -i any -U -w any.pcap 2>any.err &
ip netns exec $A timeout 20 tcpdump -i any -y LINUX_SLL -U -w cooked1.pcap 2>cooked1.err &
for try in 1 2 3 4 5 6 7 8 9 10; do
  cat *.err | grep -c listening | grep -q 3 && break
  sleep 0.2
done
printf 'HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nhi\\n' | timeout 5 ip netns exec $B nc -l -N 80 >/dev/null 2>&1 &
sleep 0.3
in_a curl -s http://10.77.2.2/
in_a curl -s http://10.77.2.2:81/
in_a ping -c 1 10.77.2.2
in_a ping -c 1 -t 1 10.77.2.2
in_a ping -c 1 -s 3000 10.77.2.2
in_a ping -c 1 -s 1450 -M do 10.77.2.2
in_a ping -c 1 127.0.0.1
in_a ping -c 1 10.47.0.2
in_a ping -c 1 10.84.0.2
in_a dig +tries=1 +time=1 @10.77.2.2 web.default.svc.cluster.local
in_a bash -c 'echo hello > /dev/udp/10.77.2.2/9999'
in_a ping -c 1 -W 1 192.0.2.1
in_a ping -c 1 -W 1 10.77.1.9
sleep 0.5
kill $(jobs -p) 2>/dev/null
wait
`;

/** Files by name; none without root, network namespaces or tcpdump. */
export function captured(): Readonly<Record<string, Uint8Array>> {
  const folder = mkdtempSync(join(tmpdir(), 'hop-capture-'));
  try {
    spawnSync('bash', ['-c', SCRIPT], { cwd: folder, timeout: 60_000 });
    const files: Record<string, Uint8Array> = {};
    for (const name of ['ethernet', 'any', 'cooked1']) {
      const bytes = readFileSync(join(folder, `${name}.pcap`));
      if (bytes.length > 24) files[`real ${name}`] = bytes;
    }
    return files;
  } catch {
    return {};
  } finally {
    rmSync(folder, { recursive: true });
  }
}
