import { expect, test } from 'vitest';
import { Lab } from './network.fixture.ts';
import { networkFiles } from './network-files.ts';

test('/proc/net and /proc/sys/net show the namespace and set it', async () => {
  const lab = new Lab({ traced: false });
  const { podA } = lab.cluster();
  await lab.ping(podA, '10.244.3.6');
  const { proc } = networkFiles(podA);
  expect(proc.read('sys/net/ipv4/ip_forward')).toBe('0\n');
  proc.write?.('sys/net/ipv4/ip_forward', '1\n');
  expect(podA.getSysctl('net.ipv4.ip_forward')).toBe('1');
  expect(() => proc.write?.('sys/net/ipv4/ip_forward', 'yes')).toThrow('Invalid argument');
  expect(() => proc.write?.('net/arp', 'x')).toThrow('Permission denied');
  expect(proc.list('sys/net/ipv4')).toContain('ip_local_port_range');
  expect(proc.stat('net')).toBe('directory');
  expect(proc.stat('net/nosuch')).toBeUndefined();
  const [header = '', first = ''] = proc.read('net/route').split('\n');
  expect(header.trimEnd()).toBe('Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT');
  expect(first.trimEnd()).toBe('eth0\t00000000\t0102F40A\t0003\t0\t0\t0\t00000000\t0\t0\t0');
  expect(proc.read('net/arp').split('\n')[1]).toMatch(
    /^10\.244\.2\.1 {7}0x1 {9}0x2 {9}([0-9a-f]{2}:){5}[0-9a-f]{2} {5}\* {8}eth0$/,
  );
  expect(proc.read('net/dev').split('\n')[3]).toMatch(/^ {2}eth0: {5}140 {7}2 {4}0 {4}0/);
});

test('/sys/class/net leads from a veth to its peer', () => {
  const lab = new Lab({ traced: false });
  const { a, podA } = lab.cluster();
  const pod = networkFiles(podA).sys;
  const node = networkFiles(a).sys;
  expect(pod.list('class/net')).toEqual(['eth0', 'lo']);
  expect(pod.read('class/net/eth0/iflink')).toBe(node.read('class/net/veth5/ifindex'));
  expect(pod.read('class/net/eth0/operstate')).toBe('up\n');
  expect(pod.read('class/net/lo/operstate')).toBe('unknown\n');
  expect(pod.list('class/net/eth0/statistics')).toContain('rx_bytes');
  a.setLink('veth5', { up: false });
  expect(pod.read('class/net/eth0/carrier')).toBe('0\n');
  expect(() => node.read('class/net/veth5/carrier')).toThrow('Invalid argument');
  a.deleteLink('veth5');
  expect(pod.list('class/net')).toEqual(['lo']);
});
