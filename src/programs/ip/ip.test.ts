import { expect, test } from 'vitest';
import { Bench } from '../network.fixture.ts';

/** What iproute2 itself prints is compared in tests/differential/ip.test.ts; here is what needs no oracle. */

test('a node shows its wire and its pods the way kind does', async () => {
  const bench = new Bench();
  const { a } = bench.lab.cluster();
  expect((await bench.run(a, 'ip route')).stdout).toBe(
    [
      '10.244.2.5 dev veth5 scope host ',
      '10.244.3.0/24 via 172.18.0.3 dev eth0 ',
      '172.18.0.0/16 dev eth0 proto kernel scope link src 172.18.0.2 ',
      '',
    ].join('\n'),
  );
  const eth0 = (await bench.run(a, 'ip addr show eth0')).stdout.split('\n');
  expect(eth0[0]).toBe('2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default ');
  expect(eth0[1]).toMatch(/^ {4}link\/ether ([0-9a-f]{2}:){5}[0-9a-f]{2} brd ff:ff:ff:ff:ff:ff link-netnsid 0$/);
  expect(eth0[2]).toBe('    inet 172.18.0.2/16 scope global eth0');
});

test('a pod sees its veth without a name for the other end; the node names the pod', async () => {
  const bench = new Bench();
  const { a, podA } = bench.lab.cluster();
  bench.machine(a).namespaces.set('cni-1a2b', podA);
  expect((await bench.run(podA, 'ip -br addr')).stdout).toBe(
    'lo               UNKNOWN        127.0.0.1/8 \neth0@if3         UP             10.244.2.5/24 \n',
  );
  expect((await bench.run(podA, 'ip link show eth0')).stdout).toContain(' link-netnsid 0\n');
  expect((await bench.run(a, 'ip link show veth5')).stdout).toContain(' link-netns cni-1a2b\n');
  expect((await bench.run(a, 'ip netns')).stdout).toBe('cni-1a2b (id: 1)\n');
  expect((await bench.run(a, 'ip netns exec cni-1a2b ip -br -4 addr show eth0')).stdout).toBe(
    'eth0@if3         UP             10.244.2.5/24 \n',
  );
});

test('statistics count bytes and packets', async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  await bench.run(podA, 'ping -c1 -q 10.244.3.6');
  // An ARP request and an echo request of 42 and 98 bytes, and their answers.
  expect((await bench.run(podA, 'ip -s link show eth0')).stdout.split('\n').slice(2)).toEqual([
    '    RX:  bytes packets errors dropped  missed   mcast           ',
    '           140       2      0       0       0       0 ',
    '    TX:  bytes packets errors dropped carrier collsns           ',
    '           140       2      0       0       0       0 ',
    '',
  ]);
});

test('a small network can be built by hand', async () => {
  const bench = new Bench();
  const host = bench.lab.namespace('host');
  const ip = async (words: string) => {
    const { code, stderr } = await bench.run(host, `ip ${words}`);
    expect([code, stderr], words).toEqual([0, '']);
  };
  for (const words of [
    'netns add red',
    'netns add blue',
    'link add veth-red type veth peer name eth0 netns red',
    'link add veth-blue type veth peer name eth0',
    'link set eth0 netns blue',
    'addr add 10.0.1.1/24 dev veth-red',
    'addr add 10.0.2.1/24 dev veth-blue',
    'link set veth-red up',
    'link set veth-blue up',
    '-n red addr add 10.0.1.2/24 dev eth0',
    '-n red link set eth0 up',
    '-n red route add default via 10.0.1.1',
    '-n blue addr add 10.0.2.2/24 dev eth0',
    '-n blue link set eth0 up',
    '-n blue route add default via 10.0.2.1',
  ]) {
    await ip(words);
  }
  const ping = 'ip netns exec red ping -c1 -W1 -q 10.0.2.2';
  expect((await bench.run(host, ping)).code).toBe(1);
  host.setSysctl('net.ipv4.ip_forward', 1);
  expect((await bench.run(host, ping)).code).toBe(0);
  await ip('netns del red');
  expect((await bench.run(host, 'ip -br link')).stdout).not.toContain('veth-red');
});

test.each([
  ['ip link add g0 type amt', 255, 'ip: a device of type amt is not modelled in this simulation\n'],
  ['ip link set lo vrf blue', 255, 'ip: "ip link ... vrf" is not modelled in this simulation\n'],
  ['ip route add 10.0.0.0/8 dev lo advmss 900', 255, 'ip: "ip route ... advmss" is not modelled in this simulation\n'],
  ['ip rule add uidrange 0-5', 255, 'ip: "ip rule ... uidrange" is not modelled in this simulation\n'],
  ['ip tunnel add t mode gre', 255, 'ip: a tunnel of mode gre is not modelled in this simulation\n'],
  ['ip -batch x', 255, 'ip: option -batch is not modelled in this simulation\n'],
])('%s says that it is not modelled', async (line, status, message) => {
  const bench = new Bench();
  expect(await bench.run(bench.lab.namespace('a'), line)).toEqual({ code: status, stdout: '', stderr: message });
});

test('hostname tells the name and the addresses', async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  bench.machine(podA, '10.244.2.5\tpod-10.244.2.5\n');
  expect((await bench.run(podA, 'hostname')).stdout).toBe('pod-10.244.2.5\n');
  expect((await bench.run(podA, 'hostname -I')).stdout).toBe('10.244.2.5 \n');
});

test('numbers are shortened as print_num does it', async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  await bench.run(podA, 'ping -c10 -i0.2 -q 10.244.3.6');
  const { stdout } = await bench.run(podA, 'ip -h -s link show eth0');
  expect(stdout).toContain('         1.02k      11      0       0       0       0 ');
  expect((await bench.run(podA, 'ip -h -iec -s link show eth0')).stdout).toContain('          1022      11 ');
});

test('a namespace has an id as soon as a device has moved there', async () => {
  const bench = new Bench();
  const host = bench.lab.namespace('host');
  for (const line of ['ip netns add red', 'ip link add v0 type veth peer name v1', 'ip link set v1 netns red'])
    await bench.run(host, line);
  expect((await bench.run(host, 'ip netns')).stdout).toBe('red (id: 0)\n');
  expect((await bench.run(host, 'ip netns list-id')).stdout).toBe('nsid 0 (iproute2 netns name: red)\n');
});
