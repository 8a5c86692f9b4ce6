import { Bridge } from '../../linux/device/bridge/bridge.ts';
import type { FdbEntry } from '../../linux/device/bridge/fdb.ts';
import { BridgePort } from '../../linux/device/bridge/port.ts';
import type { Device } from '../../linux/device/device.ts';
import { Vxlan } from '../../linux/device/vxlan/vxlan.ts';
import { NetlinkError } from '../../linux/netlink-error.ts';
import { type IpAddress, type MacAddress, parseMac } from '../../linux/packet/address.ts';
import { IpError, notModelled } from '../iproute2/arguments.ts';
import { addressArgument, type IpContext } from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { reader, short } from '../iproute2/words.ts';
import { deviceNamed } from './device-named.ts';
import { FDB_USAGE as USAGE } from './fdb-usage.ts';

type State = FdbEntry['state'];

interface Request {
  /** The address, as it was typed. */
  written?: string;
  device?: string;
  self: boolean;
  master: boolean;
  state: State;
  readonly remote: { address?: IpAddress; port?: number; vni?: number; via?: Device };
}

type Action = 'add' | 'append' | 'replace' | 'delete';

const state = (value: State) => (request: Request) => {
  request.state = value;
};

/** fdb_modify of iproute2's bridge/fdb.c */
const read = reader<Request>({
  name: 'bridge fdb',
  usage: USAGE,
  words: {
    dev: (request, { args }) => (request.device = args.next()),
    nhid: UNMODELLED,
    dst: ({ remote }, { args }) => (remote.address = addressArgument(args)),
    port: ({ remote }, { args }) => (remote.port = args.number('invalid port', 65535)),
    vni: ({ remote }, { args }) => (remote.vni = args.number('invalid VNI', (1 << 24) - 1)),
    via: ({ remote }, context) => (remote.via = deviceNamed(context, context.args.next())),
    src_vni: UNMODELLED,
    self: (request) => (request.self = true),
    master: short((request) => (request.master = true)),
    router: short(UNMODELLED),
    local: short(state('permanent')),
    permanent: short(state('permanent')),
    temp: short(state('static')),
    static: short(state('static')),
    dynamic: short(state('dynamic')),
    vlan: short(UNMODELLED),
    use: short(UNMODELLED),
    extern_learn: short(UNMODELLED),
    sticky: short(UNMODELLED),
  },
  rest: {
    word: 'to',
    take(request, address) {
      request.written = address;
    },
  },
});

function requestOf(context: IpContext) {
  const {
    written,
    device: name,
    self,
    master,
    ...rest
  } = read(context, {
    self: false,
    master: false,
    state: 'permanent',
    remote: {},
  });
  if (written === undefined || name === undefined) {
    throw new IpError('Device and address are required arguments.', 255);
  }
  const mac = parseMac(written);
  if (mac === undefined) throw new IpError(`Invalid mac address ${written}`, 255);
  return { ...rest, mac, device: deviceNamed(context, name), self: self || !master, master };
}

/** `bridge fdb add|append|replace|del`. */
export async function modify(context: IpContext, action: Action): Promise<number> {
  const { mac, device, self, master, state, remote } = requestOf(context);
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
