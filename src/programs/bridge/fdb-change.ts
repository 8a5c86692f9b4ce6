import { Bridge } from '../../linux/device/bridge/bridge.ts';
import type { FdbEntry } from '../../linux/device/bridge/fdb.ts';
import { BridgePort } from '../../linux/device/bridge/port.ts';
import type { Device } from '../../linux/device/device.ts';
import { Vxlan } from '../../linux/device/vxlan/vxlan.ts';
import { NetlinkError } from '../../linux/netlink-error.ts';
import { type IpAddress, type MacAddress, parseMac } from '../../linux/packet/address.ts';
import { garbage, IpError, notModelled } from '../iproute2/arguments.ts';
import { addressArgument, type IpContext } from '../iproute2/context.ts';
import { FDB_USAGE as USAGE } from './fdb-usage.ts';

interface Request {
  mac: MacAddress;
  device: Device;
  self: boolean;
  master: boolean;
  state: FdbEntry['state'];
  remote: { address?: IpAddress; port?: number; vni?: number; via?: Device };
}

type Action = 'add' | 'append' | 'replace' | 'delete';

function request(context: IpContext): Request {
  const { args, netns } = context;
  let written: string | undefined;
  let name: string | undefined;
  let self = false;
  let master = false;
  let state: FdbEntry['state'] = 'permanent';
  const remote: Request['remote'] = {};
  while (args.more) {
    const word = args.next();
    if (word === 'dev') name = args.next();
    else if (word === 'self') self = true;
    else if (word === 'master') master = true;
    else if (word === 'local' || word === 'permanent') state = 'permanent';
    else if (word === 'static' || word === 'temp') state = 'static';
    else if (word === 'dynamic') state = 'dynamic';
    else if (word === 'dst') remote.address = addressArgument(args);
    else if (word === 'port') remote.port = args.number('invalid port', 65535);
    else if (word === 'vni') remote.vni = args.number('invalid VNI', (1 << 24) - 1);
    else if (word === 'via') {
      const name = args.next();
      const via = netns.link(name);
      if (via === undefined) throw new IpError(`Cannot find device "${name}"`, 255);
      remote.via = via;
    } else if (UNMODELLED.includes(word)) throw notModelled(`"bridge fdb ... ${word}"`);
    else if (word === 'help') throw new IpError(USAGE, 255);
    else {
      const address = word === 'to' ? args.next() : word;
      if (written !== undefined) throw garbage('to', address);
      written = address;
    }
  }
  if (written === undefined || name === undefined) {
    throw new IpError('Device and address are required arguments.', 255);
  }
  const mac = parseMac(written);
  if (mac === undefined) throw new IpError(`Invalid mac address ${written}`, 255);
  const device = netns.link(name);
  if (device === undefined) throw new IpError(`Cannot find device "${name}"`, 255);
  return { mac, device, self: self || !master, master, state, remote };
}

const UNMODELLED = ['use', 'router', 'extern_learn', 'sticky', 'vlan', 'nhid', 'src_vni'];

/** `bridge fdb add|append|replace|del`. */
export async function modify(context: IpContext, action: Action): Promise<number> {
  const { mac, device, self, master, state, remote } = request(context);
  if (master) changeBridge(device.port?.master, device, mac, state, action);
  if (self) {
    if (device instanceof Vxlan) changeTunnel(device, mac, remote, state, action);
    else if (device instanceof Bridge) changeBridge(device, device, mac, state, action);
    else throw notModelled(`an address of ${device.name}'s own ("bridge fdb ... self")`);
  }
  return 0;
}

function changeBridge(
  bridge: Device | undefined,
  device: Device,
  mac: MacAddress,
  state: FdbEntry['state'],
  action: Action,
): void {
  if (!(bridge instanceof Bridge)) throw new NetlinkError('EOPNOTSUPP');
  const port = device.port instanceof BridgePort ? device.port : undefined;
  if (action === 'delete') {
    bridge.fdb.remove(mac, port);
    return;
  }
  // fdb_add_entry: what a port can't learn, it can't be given for a while.
  if (port !== undefined && state === 'dynamic' && port.state !== 'learning' && port.state !== 'forwarding') {
    throw new NetlinkError('EPERM');
  }
  bridge.fdb.set(mac, port, state, action === 'add' ? 'add' : 'replace');
}

/** vxlan_fdb_add and vxlan_fdb_delete: without an address all remotes of the entry are meant. */
function changeTunnel(
  device: Vxlan,
  mac: MacAddress,
  { address, port, vni, via }: Request['remote'],
  state: FdbEntry['state'],
  action: Action,
): void {
  const remote = { address: address ?? 0, port, vni, via };
  if (action === 'delete') {
    device.fdb.remove(mac, address === undefined ? undefined : remote);
    return;
  }
  device.fdb.set(mac, remote, state, action);
}
