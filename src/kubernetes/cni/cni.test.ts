import { expect, test } from 'vitest';
import { formatRoute } from '../../linux/ip/route.ts';
import { tableNumber } from '../../linux/ip/table.ts';
import { Machine } from '../../linux/machine.ts';
import { NetworkNamespace } from '../../linux/namespace.ts';
import { formatIp } from '../../linux/packet/address.ts';
import { installPrograms } from '../../linux/process/lookup.ts';
import { Collector, textReader } from '../../linux/process/streams.ts';
import { eventLoopHost } from '../../simulation/host.ts';
import { Simulation } from '../../simulation/simulation.ts';
import '../runtime/services.ts';
import { cniPlugins } from './programs.ts';

const CONFIG = {
  cniVersion: '0.3.1',
  name: 'kindnet',
  type: 'ptp',
  ipMasq: false,
  mtu: 1500,
  ipam: {
    type: 'host-local',
    dataDir: '/run/cni-ipam-state',
    routes: [{ dst: '0.0.0.0/0' }],
    ranges: [[{ subnet: '10.244.1.0/24' }]],
  },
};

/** A node with the plugins in /opt/cni/bin and one empty namespace, `pod`. */
function node() {
  const clock = new Simulation({ seed: 'cni', host: eventLoopHost() });
  const { random } = clock;
  const netns = new NetworkNamespace({ name: 'node', clock, random });
  const namespaces = new Map<string, NetworkNamespace>();
  const machine = new Machine({ name: 'node', clock, random, netns, programs: cniPlugins, services: { namespaces } });
  installPrograms(machine.files, Object.keys(cniPlugins), '/opt/cni/bin');
  const pod = netns.sibling('node/pod');
  namespaces.set('pod', pod);

  async function call(plugin: string, command: string | undefined, config: unknown, env: Record<string, string> = {}) {
    const stdout = new Collector();
    const stderr = new Collector();
    const variables = {
      CNI_CONTAINERID: 'abc',
      CNI_NETNS: '/var/run/netns/pod',
      CNI_IFNAME: 'eth0',
      CNI_PATH: '/opt/cni/bin',
      ...(command === undefined ? {} : { CNI_COMMAND: command }),
      ...env,
    };
    const child = machine.spawn({
      argv: [`/opt/cni/bin/${plugin}`],
      env: new Map(Object.entries(variables).filter(([, value]) => value !== '')),
      stdin: textReader(typeof config === 'string' ? config : JSON.stringify(config)),
      stdout,
      stderr,
    });
    let status: number | undefined;
    void child.exit.then((code) => {
      status = code;
    });
    await clock.runUntil(() => status !== undefined);
    const text = stdout.text();
    return { status, text, stderr: stderr.text(), json: text === '' ? undefined : JSON.parse(text) };
  }
  const routes = (of: NetworkNamespace) => of.routes(tableNumber.main).map((route) => formatRoute(route).trim());
  return { machine, netns, pod, call, routes };
}

test('ptp ADD gives the pod its address, its routes, and the node a route of scope host', async () => {
  const { call, netns, pod, routes, machine } = node();
  const { status, json } = await call('ptp', 'ADD', CONFIG);
  expect(status).toBe(0);
  expect(json).toMatchObject({
    cniVersion: '0.3.1',
    interfaces: [{ name: expect.stringMatching(/^veth[0-9a-f]{8}$/) }, { name: 'eth0', sandbox: '/var/run/netns/pod' }],
    ips: [{ version: '4', interface: 1, address: '10.244.1.2/24', gateway: '10.244.1.1' }],
    routes: [{ dst: '0.0.0.0/0' }],
    dns: {},
  });
  const veth = json.interfaces[0].name;
  expect(routes(pod)).toEqual([
    'default via 10.244.1.1 dev eth0',
    '10.244.1.0/24 via 10.244.1.1 dev eth0 src 10.244.1.2',
    '10.244.1.1 dev eth0 scope link src 10.244.1.2',
  ]);
  expect(routes(netns)).toEqual([`10.244.1.2 dev ${veth} scope host`]);
  const own = netns.addresses().filter(({ device }) => device.name === veth);
  expect(own.map(({ address }) => [formatIp(address.local), address.length, address.broadcast])).toEqual([
    ['10.244.1.1', 32, undefined],
  ]);
  expect(netns.getSysctl('net.ipv4.ip_forward')).toBe('1');
  expect(machine.files.list('/run/cni-ipam-state/kindnet')).toEqual(['10.244.1.2', 'last_reserved_ip.0', 'lock']);
  expect(machine.files.readText('/run/cni-ipam-state/kindnet/10.244.1.2')).toBe('abc\r\neth0');
});

test('ptp DEL takes all of it away, twice without complaint; the address is not given out again at once', async () => {
  const { call, netns, pod, routes, machine } = node();
  await call('ptp', 'ADD', CONFIG);
  expect(await call('ptp', 'DEL', CONFIG)).toMatchObject({ status: 0, text: '' });
  expect(await call('ptp', 'DEL', CONFIG)).toMatchObject({ status: 0, text: '' });
  expect(pod.link('eth0')).toBeUndefined();
  expect(routes(netns)).toEqual([]);
  expect(machine.files.list('/run/cni-ipam-state/kindnet')).toEqual(['last_reserved_ip.0', 'lock']);
  expect((await call('ptp', 'ADD', CONFIG)).json.ips[0].address).toBe('10.244.1.3/24');
});

test('host-local gives out what is left, wraps around, and says when nothing is', async () => {
  const { call } = node();
  const config = { ...CONFIG, ipam: { ...CONFIG.ipam, ranges: [[{ subnet: '10.244.1.0/29' }]] } };
  const taken: string[] = [];
  for (let i = 2; i <= 6; i++) {
    const { json } = await call('host-local', 'ADD', config, { CNI_CONTAINERID: `c${i}` });
    taken.push(json.ips[0].address);
  }
  expect(taken).toEqual(['10.244.1.2/29', '10.244.1.3/29', '10.244.1.4/29', '10.244.1.5/29', '10.244.1.6/29']);
  expect(await call('host-local', 'ADD', config, { CNI_CONTAINERID: 'c7' })).toMatchObject({
    status: 1,
    json: {
      code: 999,
      msg: 'failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.6',
    },
  });
  await call('host-local', 'DEL', config, { CNI_CONTAINERID: 'c3' });
  expect((await call('host-local', 'ADD', config, { CNI_CONTAINERID: 'c8' })).json.ips[0].address).toBe(
    '10.244.1.3/29',
  );
  expect((await call('host-local', 'ADD', config, { CNI_CONTAINERID: 'c8' })).json.msg).toBe(
    'failed to allocate for range 0: 10.244.1.3 has been allocated to c8, duplicate allocation is not allowed',
  );
});

test('a failed ADD leaves no reservation behind', async () => {
  const { call, machine } = node();
  const { json } = await call('ptp', 'ADD', CONFIG, { CNI_NETNS: '/var/run/netns/nope' });
  expect(json).toEqual({
    code: 999,
    msg: 'failed to open netns "/var/run/netns/nope": failed to Statfs "/var/run/netns/nope": no such file or directory',
  });
  expect(machine.files.list('/run/cni-ipam-state/kindnet')).toEqual(['last_reserved_ip.0', 'lock']);
});

test('bad calls are refused with the codes of the specification', async () => {
  const { call } = node();
  expect((await call('ptp', 'FOO', CONFIG)).json).toEqual({ code: 4, msg: 'unknown CNI_COMMAND: FOO' });
  expect((await call('ptp', 'ADD', CONFIG, { CNI_NETNS: '', CNI_IFNAME: '' })).json).toEqual({
    code: 4,
    msg: 'required env variables [CNI_NETNS,CNI_IFNAME] missing',
  });
  expect((await call('ptp', 'ADD', '{')).json.code).toBe(6);
  expect((await call('ptp', 'ADD', { ...CONFIG, cniVersion: '9.9.9' })).json).toMatchObject({
    code: 1,
    msg: 'incompatible CNI versions',
    details: expect.stringContaining('config is "9.9.9", plugin supports ["0.1.0"'),
  });
  expect((await call('ptp', 'CHECK', CONFIG)).json).toEqual({ code: 1, msg: 'config version does not allow CHECK' });
  expect((await call('ptp', 'VERSION', '{}')).json.supportedVersions).toContain('1.0.0');
  expect((await call('ptp', undefined, '')).stderr).toContain('CNI protocol versions supported: 0.1.0');
});

test('CHECK holds after ADD and fails when the address is gone', async () => {
  const { call, pod } = node();
  const config = { ...CONFIG, cniVersion: '1.0.0' };
  const { json } = await call('ptp', 'ADD', config);
  expect(json.ips[0]).toEqual({ interface: 1, address: '10.244.1.2/24', gateway: '10.244.1.1' });
  expect(await call('ptp', 'CHECK', { ...config, prevResult: json })).toMatchObject({ status: 0, text: '' });
  pod.deleteLink('eth0');
  expect((await call('ptp', 'CHECK', { ...config, prevResult: json })).json.msg).toBe(
    'Cannot find container link eth0',
  );
});

test('loopback sets lo up; portmap hands the result on and refuses host ports', async () => {
  const { call, pod } = node();
  expect((await call('loopback', 'ADD', { cniVersion: '1.0.0', name: 'lo', type: 'loopback' })).status).toBe(0);
  expect(pod.link('lo')?.up).toBe(true);
  const prevResult = { cniVersion: '0.3.1', ips: [{ address: '10.244.1.2/24', gateway: '10.244.1.1', interface: 0 }] };
  const portmap = { cniVersion: '0.3.1', name: 'kindnet', type: 'portmap' };
  expect((await call('portmap', 'ADD', { ...portmap, prevResult })).json.ips[0].address).toBe('10.244.1.2/24');
  expect((await call('portmap', 'ADD', portmap)).json.msg).toBe('must be called as chained plugin');
  const runtimeConfig = { portMappings: [{ hostPort: 80, containerPort: 80 }] };
  expect((await call('portmap', 'ADD', { ...portmap, prevResult, runtimeConfig })).json.msg).toContain('hostPort');
});
