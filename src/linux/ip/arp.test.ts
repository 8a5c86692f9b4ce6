import { expect, test } from 'vitest';
import { ip, Lab, owner, prefix } from '../network.fixture.ts';
import { formatIp } from '../packet/address.ts';

/** Two hosts on a link; `a` has two addresses there and one on lo. */
function link() {
  const lab = new Lab();
  const a = lab.namespace('a');
  const b = lab.namespace('b');
  a.addVeth({ name: 'eth0' }, { name: 'eth0', namespace: b });
  for (const host of [a, b]) host.setLink('eth0', { up: true });
  a.addAddress('eth0', prefix('10.0.0.1/24'));
  a.addAddress('eth0', prefix('10.0.0.9/24'));
  a.addAddress('lo', prefix('192.168.7.7/32'));
  b.addAddress('eth0', prefix('10.0.0.2/24'));
  b.addRoute({ destination: prefix('192.168.7.7/32'), via: ip('10.0.0.1') });
  /** The ARP requests that `b` has heard since it was last asked, as tcpdump says them. */
  const heard = async () => {
    await lab.clock.runTo(lab.clock.now() + 100);
    const requests = lab.events.splice(0).flatMap(({ namespace, stage, packet }) => {
      if (namespace !== 'b' || stage !== 'arp' || packet === undefined || !('payload' in packet)) return [];
      const arp = packet.payload;
      if (!('kind' in arp) || arp.kind !== 'arp' || arp.operation !== 'request') return [];
      return [`who-has ${formatIp(arp.targetIp)} tell ${formatIp(arp.senderIp)}`];
    });
    return requests;
  };
  return { a, heard };
}

/**
 * Documentation/networking/ip-sysctl.rst: 0 is any local address, 1 keeps the packet's where the target's subnet on the
 * device has it, 2 always takes the best one of the device. The same was seen on Linux.
 */
test.each([
  [0, '192.168.7.7', '192.168.7.7'],
  [0, '10.0.0.9', '10.0.0.9'],
  [1, '192.168.7.7', '10.0.0.1'],
  [1, '10.0.0.9', '10.0.0.9'],
  [2, '192.168.7.7', '10.0.0.1'],
  [2, '10.0.0.9', '10.0.0.1'],
])('arp_announce %i: for a packet from %s it is %s that asks', async (level, source, asks) => {
  const { a, heard } = link();
  a.setSysctl('net.ipv4.conf.eth0.arp_announce', level);
  const socket = a.sockets.openIcmp(owner, { source: ip(source) });
  socket.send(ip('10.0.0.2'), { sequence: 1, data: new Uint8Array(56) });
  expect(await heard()).toEqual([`who-has 10.0.0.2 tell ${asks}`]);
  socket.close();
});

test('arp_announce: the larger one of all and the device counts', async () => {
  const { a, heard } = link();
  a.setSysctl('net.ipv4.conf.all.arp_announce', 2);
  a.setSysctl('net.ipv4.conf.eth0.arp_announce', 1);
  const socket = a.sockets.openIcmp(owner, { source: ip('10.0.0.9') });
  socket.send(ip('10.0.0.2'), { sequence: 1, data: new Uint8Array(56) });
  expect(await heard()).toEqual(['who-has 10.0.0.2 tell 10.0.0.1']);
  socket.close();
});

/** The same was seen on Linux: each address of the device is told of, and none when an address is added. */
test('arp_notify: gratuitous requests when the device goes up or gets another MAC address; without it none', async () => {
  const { a, heard } = link();
  const mac = (last: number) => 0x02_00_00_00_00_00 + last;
  const told = ['who-has 10.0.0.1 tell 10.0.0.1', 'who-has 10.0.0.9 tell 10.0.0.9'];
  const bounce = async () => {
    a.setLink('eth0', { up: false });
    a.setLink('eth0', { up: true });
    return heard();
  };
  expect(await bounce()).toEqual([]);
  a.setLink('eth0', { mac: mac(0x55) });
  expect(await heard()).toEqual([]);
  a.setSysctl('net.ipv4.conf.eth0.arp_notify', 1);
  expect(await bounce()).toEqual(told);
  a.setLink('eth0', { mac: mac(0x56) });
  expect(await heard()).toEqual(told);
  a.addAddress('eth0', prefix('10.0.0.77/24'));
  expect(await heard()).toEqual([]);
});
