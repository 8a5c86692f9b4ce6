import { bridgeSlave } from '../../linux/device/bridge/slave-kind.ts';
import type { Device } from '../../linux/device/device.ts';
import { type DeviceChange, known } from '../../linux/device/kind.ts';
import { deviceKinds } from '../../linux/device/kinds.ts';
import { type Arguments, garbage, IpError, notModelled } from '../iproute2/arguments.ts';
import { type IpContext, linkNamed } from '../iproute2/context.ts';
import { masterNamed, takeOptions } from './link-add.ts';
import { type LinkSettings, setting, UNMODELLED } from './link-words.ts';

const settable = [...deviceKinds, known(bridgeSlave)];

/** `ip link set`. */
export async function set(context: IpContext): Promise<number> {
  const { args, netns } = context;
  let name: string | undefined;
  let up: boolean | undefined;
  let master: string | null | undefined;
  let change: DeviceChange | undefined;
  const settings: LinkSettings = {};
  const switches: (readonly [word: string, on: boolean])[] = [];
  while (args.more) {
    const word = args.next();
    if (word === 'up') up = true;
    else if (word === 'down') up = false;
    else if (word === 'master') master = args.next();
    else if (word === 'nomaster') master = null;
    else if (word === 'type') {
      if (name === undefined) throw new IpError('Not enough information: "dev" argument is required.', 255);
      change = changeOf(context, name);
    } else if (SWITCHES.includes(word)) switches.push([word, onOff(args, word)]);
    else if (setting(context, word, settings)) continue;
    else if (UNMODELLED.includes(word)) throw notModelled(`"ip link set ... ${word}"`);
    else {
      const wanted = word === 'dev' ? args.next() : word;
      if (name !== undefined) throw garbage('dev', wanted);
      name = wanted;
    }
  }
  if (name === undefined) throw new IpError('Not enough information: "dev" argument is required.', 255);
  const masterDevice = typeof master === 'string' ? masterNamed(netns, master) : master;
  const device = linkNamed(context, name);
  change?.apply();
  for (const [word, on] of switches) flip(device, word, on);
  if (settings.group !== undefined) device.group = settings.group;
  if (settings.alias !== undefined) device.alias = settings.alias;
  netns.setLink(name, {
    ...settings,
    ...(up !== undefined && { up }),
    ...(masterDevice !== undefined && { master: masterDevice }),
  });
  return 0;
}

/** What is on or off. Without `dev` before it `group` would choose the devices, which is not modelled. */
const SWITCHES = ['arp', 'multicast', 'allmulticast', 'promisc'];

function onOff(args: Arguments, word: string): boolean {
  const value = args.next();
  if (value === 'on' || value === 'off') return value === 'on';
  throw new IpError(`Error: argument of "${word}" must be "on" or "off", not "${value}"`, 1);
}

function flip(device: Device, word: string, on: boolean): void {
  if (word === 'arp') device.asksArp = on;
  else if (word === 'multicast') device.multicast = on;
  else if (word === 'allmulticast') device.allMulticast = on;
  else if (device.promiscuous !== on) {
    device.promiscuous = on;
    device.promiscuity += on ? 1 : -1;
  }
}

/** What follows `type KIND`. */
function changeOf(context: IpContext, name: string): DeviceChange {
  const type = context.args.next();
  const kind = settable.find((one) => one.name === type);
  const device = linkNamed(context, name);
  const change = kind?.edit(device);
  if (kind === undefined || change === undefined) throw new IpError('RTNETLINK answers: Operation not supported', 2);
  takeOptions(context, kind, change);
  return change;
}
