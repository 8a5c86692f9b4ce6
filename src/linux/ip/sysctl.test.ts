import { expect, test } from 'vitest';
import { Lab } from '../network.fixture.ts';

const lab = new Lab();

test('a device takes over what default says until it is set by name', () => {
  const a = lab.namespace('a');
  a.addVeth({ name: 'v0' }, { name: 'v1' });
  a.setSysctl('net.ipv4.conf.v1.rp_filter', 1);
  a.setSysctl('net.ipv4.conf.default.rp_filter', 2);
  expect(['v0', 'v1'].map((name) => a.getSysctl(`net.ipv4.conf.${name}.rp_filter`))).toEqual(['2', '1']);
  a.addVeth({ name: 'v2' }, { name: 'v3' });
  expect(a.getSysctl('net.ipv4.conf.v2.rp_filter')).toBe('2');
});

test('the larger rp_filter of all and the device counts, one of both proxy_arp is enough, forwarding is its own', () => {
  const a = lab.namespace('b');
  a.addVeth({ name: 'v0' }, { name: 'v1' });
  const v0 = a.device('v0');
  a.setSysctl('net.ipv4.conf.all.rp_filter', 1);
  a.setSysctl('net.ipv4.conf.all.proxy_arp', 1);
  expect([v0.inet.rp_filter, v0.inet.proxy_arp, v0.inet.forwarding]).toEqual([1, 1, 0]);
  a.setSysctl('net.ipv4.conf.v0.rp_filter', 2);
  expect([v0.inet.rp_filter, a.device('v1').inet.rp_filter]).toEqual([2, 1]);
});

test('ip_forward is one switch for all devices, those to come too', () => {
  const a = lab.namespace('c');
  a.setSysctl('net.ipv4.ip_forward', 1);
  a.addVeth({ name: 'v0' }, { name: 'v1' });
  expect(a.getSysctl('net.ipv4.conf.v0.forwarding')).toBe('1');
  a.setSysctl('net.ipv4.conf.v0.forwarding', 0);
  expect([a.device('v0').inet.forwarding, a.device('v1').inet.forwarding]).toEqual([0, 1]);
});

test('a room above defines its own, told of each change; what is only counted can not be written', () => {
  const a = lab.namespace('d');
  const { sysctl } = a.stack;
  const heard: number[] = [];
  sysctl.define({ name: 'net.x.y', value: 1, least: 0, most: 1, summary: '', changed: (value) => heard.push(value) });
  sysctl.define({ name: 'net.x.count', value: 0, summary: '', read: () => 7 });
  a.setSysctl('net.x.y', 0);
  expect([a.getSysctl('net.x.y'), a.getSysctl('net.x.count'), heard]).toEqual(['0', '7', [0]]);
  expect(() => a.setSysctl('net.x.count', 1)).toThrow(expect.objectContaining({ errno: 'EACCES' }));
  expect(() => a.setSysctl('net.x.y', 2)).toThrow(expect.objectContaining({ errno: 'EINVAL' }));
  expect(() => a.setSysctl('net.x.y', '1 2')).toThrow(expect.objectContaining({ errno: 'EINVAL' }));
  expect(a.sysctlNames()).toContain('net.x.count');
});

test('numbers may be hexadecimal or octal; a port range must not run backwards', () => {
  const a = lab.namespace('e');
  a.setSysctl('net.ipv4.ip_default_ttl', '0x20');
  expect(a.getSysctl('net.ipv4.ip_default_ttl')).toBe('32');
  a.setSysctl('net.ipv4.ip_default_ttl', '010');
  expect(a.getSysctl('net.ipv4.ip_default_ttl')).toBe('8');
  expect(() => a.setSysctl('net.ipv4.ip_default_ttl', '256')).toThrow(expect.objectContaining({ errno: 'EINVAL' }));
  expect(() => a.setSysctl('net.ipv4.ip_default_ttl', 'x')).toThrow(expect.objectContaining({ errno: 'EINVAL' }));
  expect(() => a.setSysctl('net.ipv4.ip_local_port_range', '9 8')).toThrow(
    expect.objectContaining({ errno: 'EINVAL' }),
  );
  expect(() => a.setSysctl('net.ipv4.nosuch', '1')).toThrow(expect.objectContaining({ errno: 'ENOENT' }));
  expect(() => a.getSysctl('net.ipv4.conf.eth9.rp_filter')).toThrow(expect.objectContaining({ errno: 'ENOENT' }));
});
