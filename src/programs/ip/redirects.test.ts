import { expect, test } from 'vitest';
import { prefix } from '../../linux/network.fixture.ts';
import { Bench } from '../network.fixture.ts';

/** As the kernel and the real tools showed it: a host, its router, and the router behind which 9.9.9.9 is. */
function network() {
  const bench = new Bench();
  const [host, router, other] = ['host', 'router', 'other'].map((name, i) => {
    const node = bench.lab.namespace(name);
    node.attach('eth0', bench.lab.wire);
    node.setLink('eth0', { up: true });
    node.addAddress('eth0', prefix(`10.5.0.${i + 1}/24`));
    if (i > 0) node.setSysctl('net.ipv4.ip_forward', 1);
    return node;
  });
  if (host === undefined || router === undefined || other === undefined) throw new Error('three were made');
  other.addAddress('lo', prefix('9.9.9.9/32'));
  const out = async (node: typeof host, line: string) => {
    const { stdout, stderr } = await bench.run(node, line);
    return stdout + stderr;
  };
  return { host, router, other, out };
}

async function routed() {
  const lab = network();
  await lab.out(lab.host, 'ip route add 9.9.9.0/24 via 10.5.0.2');
  await lab.out(lab.router, 'ip route add 9.9.9.0/24 via 10.5.0.3');
  return lab;
}

test('a redirect is taken once its router is known, for the one destination', async () => {
  const { host, router, out } = await routed();
  const pinged = await out(host, 'ping -c 3 -i 0.3 9.9.9.9');
  expect(
    pinged
      .replaceAll(/time=\S+/g, 'time=T')
      .split('\n')
      .slice(1, 6),
  ).toEqual([
    'From 10.5.0.2: icmp_seq=1 Redirect Host(New nexthop: 10.5.0.3)',
    '64 bytes from 9.9.9.9: icmp_seq=1 ttl=64 time=T ms',
    'From 10.5.0.2: icmp_seq=2 Redirect Host(New nexthop: 10.5.0.3)',
    '64 bytes from 9.9.9.9: icmp_seq=2 ttl=64 time=T ms',
    '64 bytes from 9.9.9.9: icmp_seq=3 ttl=64 time=T ms',
  ]);
  expect(pinged).toContain('3 packets transmitted, 3 received, 0% packet loss');
  const taken = '9.9.9.9 via 10.5.0.3 dev eth0';
  expect(await out(host, 'ip route get 9.9.9.9')).toBe(
    `${taken} src 10.5.0.1 uid 0 \n    cache <redirected> expires 299sec \n`,
  );
  expect(await out(host, 'ip route show cache')).toBe(`${taken} \n    cache <redirected> expires 299sec \n`);
  expect(await out(host, 'ip -j route show cache')).toBe(
    '[{"dst":"9.9.9.9","gateway":"10.5.0.3","dev":"eth0","flags":[],"cache":["redirected"],"expires":299}]\n',
  );
  expect(await out(host, 'ip route get 9.9.9.10')).toContain('via 10.5.0.2');
  expect(await out(router, 'ip route get 9.9.9.9 from 10.5.0.1 iif eth0')).toBe(
    '9.9.9.9 from 10.5.0.1 via 10.5.0.3 dev eth0 \n    cache <redirect> iif eth0 \n',
  );
  await out(host, 'ip route flush cache');
  expect(await out(host, 'ip route get 9.9.9.9')).toContain('via 10.5.0.2');
});

test('a host that is told not to takes none, nor does a router; a router that is told not to sends none', async () => {
  for (const [who, setting] of [
    ['host', 'net.ipv4.ip_forward=1'],
    ['host', 'net.ipv4.conf.all.accept_redirects=0 net.ipv4.conf.eth0.accept_redirects=0'],
    ['router', 'net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0'],
  ] as const) {
    const lab = await routed();
    const { host, out } = lab;
    await out(lab[who], `sysctl -w ${setting}`);
    const pinged = await out(host, 'ping -c 3 -i 0.3 9.9.9.9');
    expect(pinged.includes('Redirect')).toBe(who === 'host');
    expect(await out(host, 'ip route get 9.9.9.9')).toContain('via 10.5.0.2');
    expect(await out(host, 'ip route show cache')).toBe('');
  }
});
