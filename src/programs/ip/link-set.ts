import { bridgeSlave } from '../../linux/device/bridge/slave-kind.ts';
import { known } from '../../linux/device/kind.ts';
import { deviceKinds } from '../../linux/device/kinds.ts';
import { IpError } from '../iproute2/arguments.ts';
import { type IpContext, linkNamed } from '../iproute2/context.ts';
import { takeOptions } from './link-add.ts';
import { masterNamed, namedDevice, noteOn, readLink } from './link-request.ts';

const settable = [...deviceKinds, known(bridgeSlave)];

/** `ip link set`. */
export async function set(context: IpContext): Promise<number> {
  const { netns } = context;
  const request = readLink(context);
  const name = namedDevice(request);
  const { type, master, up, switches: _, ...settings } = request;
  if (type !== undefined) changeKind(context, name, type);
  const masterDevice = typeof master === 'string' ? masterNamed(netns, master) : master;
  noteOn(linkNamed(context, name), request);
  netns.setLink(name, {
    ...settings,
    ...(up !== undefined && { up }),
    ...(masterDevice !== undefined && { master: masterDevice }),
  });
  return 0;
}

/** What follows `type KIND`. */
function changeKind(context: IpContext, name: string, type: string): void {
  const kind = settable.find((one) => one.name === type);
  const change = kind?.edit(linkNamed(context, name));
  if (kind === undefined || change === undefined) throw new IpError('RTNETLINK answers: Operation not supported', 2);
  takeOptions(context, kind, change);
  change.apply();
}
