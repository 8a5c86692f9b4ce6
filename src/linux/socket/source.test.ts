import { expect, test } from 'vitest';
import { addRule } from '../ip/rules.ts';
import { ip, Lab, owner, prefix } from '../network.fixture.ts';

const THERE = { address: ip('8.8.8.8'), port: 53 };
const ANY = { address: 0, port: 0 };
const protocol = 3;

/** Four links; what decides between their ways out stands in rules, as the kernel was asked with the same ones. */
function host() {
  const lab = new Lab();
  const node = lab.namespace('host');
  for (const i of [1, 2, 3, 4]) {
    const peer = lab.namespace(`peer${i}`);
    node.addVeth({ name: `e${i}` }, { name: 'e', namespace: peer });
    peer.setLink('e', { up: true });
    node.setLink(`e${i}`, { up: true });
    node.addAddress(`e${i}`, prefix(`10.0.${i}.1/24`));
  }
  const all = prefix('0.0.0.0/0');
  node.addRoute({ destination: all, via: ip('10.0.1.2') });
  node.addRoute({ destination: all, via: ip('10.0.2.2'), table: 102 });
  node.addRoute({ destination: all, via: ip('10.0.3.2'), table: 103 });
  node.addRoute({ destination: all, via: ip('10.0.4.2'), metric: 900 });
  const { fib } = node.stack;
  addRule(fib, {
    invert: false,
    protocol,
    mark: { value: 1, mask: 0xffffffff },
    action: { kind: 'lookup', table: 102 },
  });
  addRule(fib, { invert: false, protocol, sourcePorts: [5000, 5000], action: { kind: 'lookup', table: 103 } });
  return { lab, node };
}

test('connecting chooses the source by mark, device and ports, as the packets will be routed', async () => {
  const { lab, node } = host();
  const udp = (port: number, options = {}) =>
    node.sockets.openUdp({ ...ANY, port }, owner, THERE, options).local.address;
  expect(udp(0)).toBe(ip('10.0.1.1'));
  expect(udp(0, { mark: 1 })).toBe(ip('10.0.2.1'));
  expect(udp(5000)).toBe(ip('10.0.3.1'));
  expect(udp(0, { device: 'e4' })).toBe(ip('10.0.4.1'));
  for (const options of [{}, { mark: 1 }, { sourcePort: 5000 }, { device: 'e4' }]) {
    node.sockets.connectTcp(THERE, owner, options).catch(() => {});
  }
  await lab.clock.runTo(lab.clock.now() + 10);
  const sources = node.sockets
    .list()
    .filter(({ protocol }) => protocol === 'tcp')
    .map(({ local }) => local.address);
  expect(sources).toEqual(['10.0.1.1', '10.0.2.1', '10.0.3.1', '10.0.4.1'].map(ip));
});
