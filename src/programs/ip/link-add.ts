import type { KnownKind, NewDevice } from '../../linux/device/kind.ts';
import { deviceKinds } from '../../linux/device/kinds.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { garbage, IpError, notModelled, wrongArgument } from '../iproute2/arguments.ts';
import type { IpContext } from '../iproute2/context.ts';
import { type LinkSettings, nameArgument, propertyWords, setting, UNMODELLED } from './link-words.ts';

/** Kinds that the kernel has and this simulation hasn't (`ip link help`). */
const OTHER_KINDS =
  'amt bareudp bond dsa erspan geneve gre gretap gtp ifb ip6erspan ip6gre ip6gretap ip6tnl ipoib ipvlan ipvtap macsec macvlan macvtap netdevsim nlmon rmnet sit team tun tap vcan vlan vrf vti vxcan wwan xfrm virt_wifi'.split(
    ' ',
  );

interface Wanted extends LinkSettings {
  master?: string;
  up?: boolean;
}

/** `ip link add`. */
export async function add(context: IpContext): Promise<number> {
  const { args } = context;
  const wanted: Wanted = {};
  let type: string | undefined;
  while (args.more && type === undefined) {
    const word = args.next();
    if (word === 'type') type = args.next();
    else if (word === 'up') wanted.up = true;
    else if (word === 'down') wanted.up = false;
    else if (word === 'master') wanted.master = args.next();
    else if (setting(context, word, wanted)) continue;
    else if (UNMODELLED.includes(word) || word === 'link') throw notModelled(`"ip link add ... ${word}"`);
    else {
      const name = word === 'dev' ? args.next() : word;
      if (wanted.name !== undefined) throw garbage('dev', name);
      wanted.name = nameArgument(name);
    }
  }
  if (type === undefined) throw new IpError('Not enough information: "type" argument is required', 1);
  const home = wanted.namespace ?? context.netns;
  const master = wanted.master === undefined ? undefined : masterNamed(home, wanted.master);
  const name = type === 'veth' ? addVeth(context, home, wanted) : await addKind(context, home, type, wanted);
  const made = home.link(name);
  if (made !== undefined) {
    made.group = wanted.group ?? 0;
    made.alias = wanted.alias ?? '';
  }
  home.setLink(name, { ...(master !== undefined && { master }), ...(wanted.up !== undefined && { up: wanted.up }) });
  return 0;
}

export function masterNamed(namespace: NetworkNamespace, name: string) {
  const master = namespace.link(name);
  if (master === undefined) throw wrongArgument(name, 'Device does not exist\n'.trimEnd());
  return master;
}

async function addKind(
  context: IpContext,
  home: NetworkNamespace,
  type: string,
  { name, mac, mtu, queueLength }: LinkSettings,
): Promise<string> {
  const kind = deviceKinds.find((one) => one.name === type);
  const made = kind?.begin();
  if (kind === undefined || made === undefined) {
    if (OTHER_KINDS.includes(type)) {
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
  const given = { mac: mac !== undefined, mtu: mtu !== undefined };
  const settings = { name, mac, mtu, queueLength };
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

function addVeth(context: IpContext, home: NetworkNamespace, end: LinkSettings): string {
  const { args, netns } = context;
  const peer: LinkSettings = {};
  if (args.more) {
    const word = args.next();
    if (word !== 'peer') throw new IpError('Usage: ip link add NAME type veth [ peer NAME ]', 1);
    while (args.more) {
      const option = args.next();
      if (setting(context, option, peer)) continue;
      if (UNMODELLED.includes(option)) throw notModelled(`"ip link add ... peer ... ${option}"`);
      if (peer.name !== undefined) throw garbage('dev', option);
      peer.name = nameArgument(option);
    }
  }
  const there = peer.namespace ?? netns;
  const otherName = peer.name ?? there.freeLinkName('veth', end.name);
  const name = end.name ?? home.freeLinkName('veth', otherName);
  const { mtu, mac, queueLength } = end;
  home.addVeth(
    { name, ...defined({ mtu, mac, queueLength }) },
    {
      name: otherName,
      ...defined({ mtu: peer.mtu, mac: peer.mac, queueLength: peer.queueLength }),
      namespace: there,
    },
  );
  return name;
}

function defined<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
