import type { KnownKind, NewDevice } from '../../linux/device/kind.ts';
import { deviceKinds, otherKinds } from '../../linux/device/kinds.ts';
import { vethKind } from '../../linux/device/veth/kind.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { IpError, notModelled } from '../iproute2/arguments.ts';
import type { IpContext } from '../iproute2/context.ts';
import { type LinkRequest, masterNamed, noteOn, readLink } from './link-request.ts';
import { nameArgument, propertyWords } from './link-words.ts';

/** `ip link add`. */
export async function add(context: IpContext): Promise<number> {
  const request = readLink(context);
  const { type, up, master, namespace: home = context.netns } = request;
  if (type === undefined) throw new IpError('Not enough information: "type" argument is required', 1);
  const masterDevice = typeof master === 'string' ? masterNamed(home, master) : undefined;
  const name =
    type === 'veth' ? addVeth(context, home, request) : await addKind(context, home, type, settingsOf(request));
  const made = home.link(name);
  if (made !== undefined) noteOn(made, request);
  home.setLink(name, { ...(masterDevice !== undefined && { master: masterDevice }), ...(up !== undefined && { up }) });
  return 0;
}

/** What a device is made with. */
function settingsOf({ name, device, mac, mtu, queueLength }: LinkRequest) {
  const own = name ?? device;
  return { name: own === undefined ? undefined : nameArgument(own), mac, mtu, queueLength };
}

async function addKind(
  context: IpContext,
  home: NetworkNamespace,
  type: string,
  settings: ReturnType<typeof settingsOf>,
): Promise<string> {
  const kind = deviceKinds.find((one) => one.name === type);
  const made = kind?.begin();
  if (kind === undefined || made === undefined) {
    if (otherKinds.includes(type)) {
      throw notModelled(`a device of type ${type}`);
    }
    throw new IpError('Error: Unknown device type.', 2);
  }
  // Without options the tool leaves all judgement to the kernel.
  if (context.args.more) {
    takeOptions(context, kind, made);
    const missing = made.missing();
    if (missing !== undefined) throw new IpError(missing, 1);
    const warning = made.warning();
    if (warning !== undefined) await context.process.stderr.write(`${warning}\n`);
  }
  makeCompanion(home, made);
  const given = { mac: settings.mac !== undefined, mtu: settings.mtu !== undefined };
  return home.addLink(settings, type, (own) => made.make(home.stack, own, given)).name;
}

/** What comes with the kernel's module. */
export function makeCompanion(home: NetworkNamespace, { companion }: Pick<NewDevice, 'companion'>): void {
  if (companion === undefined || home.link(companion.name) !== undefined) return;
  home.addLink({ name: companion.name }, companion.name, (settings) => companion.make(home.stack, settings));
}

/** Takes the rest of the line as options of `kind`. */
export function takeOptions(context: IpContext, kind: KnownKind, into: Pick<NewDevice, 'take'>): void {
  const { args } = context;
  const words = propertyWords(context);
  while (args.more) {
    const word = args.next();
    if (word === 'help') throw new IpError(kind.usage, 255);
    if (into.take(word, words)) continue;
    if (kind.unmodelled.includes(word)) throw notModelled(`"${kind.name} ... ${word}"`);
    throw new IpError(`${kind.name}: unknown command "${word}"?\n${kind.usage}`, 1);
  }
}

function addVeth(context: IpContext, home: NetworkNamespace, request: LinkRequest): string {
  const { args, netns } = context;
  if (args.more && args.next() !== 'peer') throw new IpError(vethKind.usage, 1);
  const peer = readLink(context);
  if (peer.type !== undefined) {
    throw new IpError(`Error: duplicate "type": "${peer.type}" is the second value.`, 255);
  }
  const { name: wanted, ...end } = settingsOf(request);
  const { name: wantedThere, ...otherEnd } = settingsOf(peer);
  const there = peer.namespace ?? netns;
  const otherName = wantedThere ?? there.freeLinkName('veth', wanted);
  const name = wanted ?? home.freeLinkName('veth', otherName);
  home.addVeth({ name, ...defined(end) }, { name: otherName, ...defined(otherEnd), namespace: there });
  const made = there.link(otherName);
  if (made !== undefined) noteOn(made, peer);
  if (peer.up !== undefined) there.setLink(otherName, { up: peer.up });
  return name;
}

function defined<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
