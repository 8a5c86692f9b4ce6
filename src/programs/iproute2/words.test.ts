import { expect, test } from 'vitest';
import { Bench } from '../network.fixture.ts';

/** Lines and what iproute2 6.1 says of them; tests/differential has more, with the real tool as judge. */
test.each([
  ['ip rule add pri 5 ta 7', ''],
  ['ip link set a up', '"up" is invalid lladdr.\n'],
  ['ip link set t up', 'Error: argument "up" is wrong: Invalid "txqueuelen" value\n\n'],
  ['ip neigh add 10.0.0.1 d lo', 'Error: either "to" is duplicate, or "d" is a garbage.\n'],
  ['ip addr add 10.0.0.1/8 met 7 dev lo', ''],
  ['ip addr add 10.0.0.1/8 local 10.0.0.2/8', 'Error: either "local" is duplicate, or "10.0.0.2/8" is a garbage.\n'],
  ['ip route add 10.0.0.0/8 dev lo adv 900', 'Error: either "to" is duplicate, or "adv" is a garbage.\n'],
  ['ip route show 10.0.0.0/8 cl', 'ip: "ip route ... cloned" is not modelled in this simulation\n'],
])('%s: a word may be as short as the real tool lets it be', async (line, stderr) => {
  const bench = new Bench();
  expect((await bench.run(bench.lab.namespace('host'), line)).stderr).toBe(stderr);
});

test('any word of a line may ask for help', async () => {
  const bench = new Bench();
  const host = bench.lab.namespace('host');
  for (const line of ['ip route add 10.0.0.0/8 help', 'ip neigh show h', 'ip link set he', 'bridge fdb show help']) {
    const { code, stderr } = await bench.run(host, line);
    expect([code, stderr.split(' ', 1)[0]], line).toEqual([255, 'Usage:']);
  }
});
