import { expect, test } from 'vitest';
import { ip, Lab, prefix } from '../network.fixture.ts';

function router() {
  const a = new Lab().namespace('a');
  for (const [i, name] of ['v0', 'v1'].entries()) {
    a.addVeth({ name }, { name: `${name}p` });
    a.setLink(name, { up: true });
    a.setLink(`${name}p`, { up: true });
    a.addAddress(name, prefix(`10.0.${i}.1/24`));
  }
  const nextHops = [{ via: ip('10.0.0.2') }, { via: ip('10.0.1.2'), weight: 3 }];
  a.addRoute({ destination: prefix('0.0.0.0/0'), nextHops });
  return a;
}

const flow = (i: number, port: number) => ({
  source: ip('192.0.2.1'),
  destination: 0x08000000 + i,
  payload: { protocol: 'tcp', sourcePort: port, destinationPort: 80 } as const,
});

test('flows are shared out by weight, and one flow keeps its way', () => {
  const { fib } = router().stack;
  const ways = Array.from({ length: 4000 }, (_, i) => fib.lookup(flow(i, 1))?.device?.name);
  const share = ways.filter((name) => name === 'v1').length / ways.length;
  expect(share).toBeGreaterThan(0.7);
  expect(share).toBeLessThan(0.8);
  expect(Array.from({ length: 4000 }, (_, i) => fib.lookup(flow(i, 1))?.device?.name)).toEqual(ways);
});

test('ports count only when fib_multipath_hash_policy says so', () => {
  const a = router();
  const { fib } = a.stack;
  const ways = () => new Set(Array.from({ length: 50 }, (_, i) => fib.lookup(flow(7, i))?.device?.name));
  expect(ways().size).toBe(1);
  a.setSysctl('net.ipv4.fib_multipath_hash_policy', 1);
  expect(ways().size).toBe(2);
});

test('a dead next hop gets no flows; the route goes with its last one', () => {
  const a = router();
  const { fib } = a.stack;
  const ways = () => new Set(Array.from({ length: 50 }, (_, i) => fib.lookup(flow(i, 1))?.device?.name));
  a.setLink('v1', { up: false });
  expect([...ways()]).toEqual(['v0']);
  a.setLink('v1', { up: true });
  expect(ways().size).toBe(2);
  a.setLink('v1', { up: false });
  a.setLink('v0', { up: false });
  expect(a.routes(254)).toEqual([]);
});
