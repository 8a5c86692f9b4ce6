import { expect, test } from 'vitest';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { Bench } from '../network.fixture.ts';

// This machine's kernel has no WireGuard: wg(8), wireguard-tools' show.c and drivers/net/wireguard are the judges.

const KEYS = {
  a: ['SDSzAkwt5qvW5dQRJ/W56XBd9RAwGFwGQt60yCa1JXQ=', 'uTb9cb38yCdp+cmVqD61i51P9yT0vAZAYQuV9I/zF24='],
  b: ['8GrOP6A371d82HwdIejbALD20C9pgCEVeGRIzszax0g=', 'CqvRxxHRf3HnLGs6fZ3mPn/9O1STyfoc6sP8EgafVk4='],
  c: ['uFo43zlIOAv6m83ginCKttg9sDW+M4XJ7tqlYclNe1U=', 'Wj8s3yuQNOhqtbIPypbJNiqnx67AxyzIDEtb8aV51HA='],
} as const;

async function setup() {
  const bench = new Bench();
  const { lab } = bench;
  const a = lab.node('a', 2);
  const b = lab.node('b', 3);
  const run = async (where: NetworkNamespace, ...lines: readonly string[]) => {
    let last = '';
    for (const line of lines) {
      const { code, stdout, stderr } = await bench.run(where, line);
      if (code !== 0) throw new Error(`${line}: ${stderr}`);
      last = stdout;
    }
    return last;
  };
  for (const [node, own, host, other, otherHost] of [
    [a, 'a', 2, 'b', 3],
    [b, 'b', 3, 'a', 2],
  ] as const) {
    bench.machine(node).files.write('/tmp/key', `${KEYS[own][0]}\n`);
    await run(
      node,
      'ip link add wg0 type wireguard',
      `ip addr add 10.9.0.${host}/24 dev wg0`,
      `wg set wg0 listen-port 51820 private-key /tmp/key peer ${KEYS[other][1]} allowed-ips 10.9.0.${otherHost}/32 endpoint 172.18.0.${otherHost}:51820`,
      'ip link set wg0 up',
    );
  }
  const reasons = (stage: string) =>
    lab.events.filter((event) => event.stage === stage).map(({ verdict = '', reason = '' }) => `${verdict} ${reason}`);
  return { bench, lab, a, b, run, reasons };
}

test('packets go to the peer whose allowed IPs hold their destination, and show shows what was said', async () => {
  const { lab, a, b, run, reasons } = await setup();
  expect(await run(a, 'ip link show wg0')).toBe(
    '3: wg0: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1420 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\n' +
      '    link/none \n',
  );
  expect(await lab.ping(a, '10.9.0.3')).toBeDefined();
  expect(reasons('encapsulate')[0]).toBe(` 10.9.0.3 is an allowed IP of peer ${KEYS.b[1]}`);
  expect(reasons('decapsulate')[0]).toBe(`accept peer ${KEYS.a[1]}`);
  expect(await run(b, 'wg show')).toBe(
    `interface: wg0
  public key: ${KEYS.b[1]}
  private key: (hidden)
  listening port: 51820

peer: ${KEYS.a[1]}
  endpoint: 172.18.0.2:51820
  allowed ips: 10.9.0.2/32
  latest handshake: Now
  transfer: 128 B received, 128 B sent
`,
  );
  expect(
    await run(
      b,
      `wg set wg0 fwmark 0x20 peer ${KEYS.a[1]} persistent-keepalive 90 allowed-ips 10.9.0.2/32,10.8.0.0/16`,
      'wg showconf wg0',
    ),
  ).toBe(
    `[Interface]
ListenPort = 51820
FwMark = 0x20
PrivateKey = ${KEYS.b[0]}

[Peer]
PublicKey = ${KEYS.a[1]}
AllowedIPs = 10.9.0.2/32, 10.8.0.0/16
Endpoint = 172.18.0.2:51820
PersistentKeepalive = 90
`,
  );
  expect(await run(b, 'wg show all allowed-ips')).toBe(`wg0\t${KEYS.a[1]}\t10.9.0.2/32 10.8.0.0/16\n`);
  expect(await run(b, 'wg show interfaces')).toBe('wg0\n');
});

test('who lacks the key, or speaks from an address that is not allowed, is not let in', async () => {
  const { bench, lab, a, b, run, reasons } = await setup();
  await run(b, `wg set wg0 peer ${KEYS.a[1]} remove`, `wg set wg0 peer ${KEYS.c[1]} allowed-ips 10.9.0.2/32`);
  expect(await lab.ping(a, '10.9.0.3', { patience: 100 })).toBeUndefined();
  expect(reasons('decapsulate')).toEqual([`drop wg0 has no peer with the sender's key ${KEYS.a[1]}`]);
  // What can't be opened is not shown.
  expect(lab.events.find(({ stage }) => stage === 'decapsulate')?.after).toBeUndefined();
  await run(b, `wg set wg0 peer ${KEYS.a[1]} allowed-ips 10.9.7.0/24`);
  lab.events.length = 0;
  await lab.ping(a, '10.9.0.3', { patience: 100 });
  expect(reasons('decapsulate')).toEqual([`drop 10.9.0.2 is not an allowed IP of peer ${KEYS.a[1]}`]);
  // The endpoint was learned all the same; now only the key is wrong.
  expect(await run(b, 'wg show wg0 endpoints')).toContain(`${KEYS.a[1]}\t172.18.0.2:51820\n`);
  bench.machine(b).files.write('/tmp/other', KEYS.c[0]);
  await run(b, 'wg set wg0 private-key /tmp/other');
  lab.events.length = 0;
  await lab.ping(a, '10.9.0.3', { patience: 100 });
  expect(reasons('decapsulate')).toEqual(["drop it is sealed for another machine's key"]);
  lab.events.length = 0;
  await lab.ping(a, '10.9.0.4', { patience: 100 });
  expect(reasons('encapsulate')).toEqual(['drop 10.9.0.4 is an allowed IP of no peer']);
});

test('keys, and what is refused', async () => {
  const { bench, a } = await setup();
  bench.machine(a).files.write('/tmp/conf', `[Interface]\nListenPort = 99\n[Peer]\nPublicKey = ${KEYS.c[1]}\n`);
  const said = async (line: string) => {
    const { code, stdout, stderr } = await bench.run(a, line);
    return `${code} ${stdout}${stderr}`;
  };
  expect(await said('wg genkey')).toMatch(/^0 [A-Za-z\d+/]{43}=\n$/);
  expect(await said('wg setconf wg0 /tmp/conf')).toBe('0 ');
  expect(await said('wg show wg0 peers')).toBe(`0 ${KEYS.c[1]}\n`);
  expect(await said('wg show wg0 listen-port')).toBe('0 99\n');
  for (const [line, message] of [
    ['wg show nosuch', 'Unable to access interface: No such device'],
    ['wg show eth0', 'Unable to access interface: Operation not supported'],
    ['wg set wg0 peer x remove', "Key is not the correct length or format: `x'"],
    ['wg set wg0 listen-port x', "Servname not supported for ai_socktype: `x'"],
    ['wg set wg0 foo', 'Invalid argument: foo'],
    [`wg set wg0 peer ${KEYS.c[1]} allowed-ips 10.0.0.0/33`, "AllowedIP is not in the correct format: `10.0.0.0/33'"],
    [`wg set wg0 peer ${KEYS.c[1]} endpoint 10.0.0.1`, "Unable to find port of endpoint: `10.0.0.1'"],
    ['wg set wg0 private-key /nosuch', 'fopen: No such file or directory'],
  ]) {
    expect(await said(line ?? '')).toBe(`1 ${message}\n`);
  }
});
