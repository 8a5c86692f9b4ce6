import { type Scope, scopeNumber } from '../../linux/device/interface-address.ts';
import { type IpAddress, netmask, networkOf, type Prefix } from '../../linux/packet/address.ts';
import { IpError, notModelled } from '../iproute2/arguments.ts';
import { addressArgument, type IpContext, linkNamed, numberOf, prefixArgument } from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { reader, short } from '../iproute2/words.ts';
import { ADDRESS_USAGE } from './addr-usage.ts';
import { numberArgument } from './route-words.ts';

export function scopeWord(word: string): Scope {
  const number = numberOf(word);
  const known = Object.entries(scopeNumber).find(([name, value]) => name === word || value === number);
  if (known !== undefined) return known[0] as Scope;
  throw new IpError(`Error: argument "${word}" is wrong: invalid scope value.`, 255);
}

/** An address as it is being read. */
interface Draft {
  prefix?: Prefix;
  /** As it was typed. */
  written: string;
  device?: string;
  peer?: IpAddress;
  broadcast?: IpAddress | '+' | '-';
  scope?: Scope;
  label?: string;
  noPrefixRoute: boolean;
  metric?: number;
  readonly warnings: string[];
}

function peer(draft: Draft, { args }: IpContext): void {
  const other = prefixArgument(args.next());
  draft.peer = other.address;
  if (draft.prefix !== undefined) draft.prefix = { address: draft.prefix.address, length: other.length };
}

function broadcast(draft: Draft, { args }: IpContext): void {
  draft.broadcast = args.take('+') ? '+' : args.take('-') ? '-' : addressArgument(args);
}

function metric(draft: Draft, { args }: IpContext): void {
  draft.metric = numberArgument(args, '"metric" value is invalid');
}

function lifetime(_draft: Draft, { args }: IpContext): void {
  if (args.next() !== 'forever') throw notModelled('an address that does not hold for ever');
}

function forIpv6({ warnings }: Draft, _context: IpContext, word: string): void {
  warnings.push(`Warning: ${word} option can be set only for IPv6 addresses\n`);
}

/** ipaddr_modify of iproute2's ip/ipaddress.c */
const read = reader<Draft>({
  name: 'ip address',
  usage: ADDRESS_USAGE,
  words: {
    peer,
    remote: peer,
    broadcast: short(broadcast),
    brd: broadcast,
    anycast: short(UNMODELLED),
    scope: (draft, { args }) => (draft.scope = scopeWord(args.next())),
    dev: (draft, { args }) => (draft.device = args.next()),
    label: (draft, { args }) => (draft.label = args.next()),
    metric: short(metric),
    priority: short(metric),
    preference: metric,
    valid_lft: short(lifetime),
    preferred_lft: short(lifetime),
    home: forIpv6,
    nodad: forIpv6,
    mngtmpaddr: forIpv6,
    noprefixroute: (draft) => (draft.noPrefixRoute = true),
    autojoin: UNMODELLED,
  },
  rest: {
    word: 'local',
    take(draft, value) {
      draft.prefix = prefixArgument(value);
      draft.written = value;
    },
  },
});

/** `ip address add`, `change`, `replace` and `delete`. */
export async function change(context: IpContext, action: 'add' | 'replace' | 'delete'): Promise<number> {
  const { netns, process } = context;
  const draft = read(context, { written: '', noPrefixRoute: false, warnings: [] });
  for (const warning of draft.warnings) await process.stderr.write(warning);
  const { written, device, peer, broadcast, scope, label, noPrefixRoute, metric } = draft;
  let { prefix } = draft;
  if (device === undefined) throw new IpError('Not enough information: "dev" argument is required.', 1);
  linkNamed(context, device);
  if (prefix === undefined) throw new IpError('RTNETLINK answers: Operation not supported', 2);
  if (action === 'delete') {
    if (!written.includes('/')) {
      await process.stderr.write(
        `Warning: Executing wildcard deletion to stay compatible with old scripts.
         Explicitly specify the prefix length (${written}/32) to avoid this warning.
         This special behaviour is likely to disappear in further releases,
         fix your scripts!
`,
      );
      const found = netns.link(device)?.addresses.find((a) => a.local === prefix?.address);
      if (found !== undefined) prefix = { address: found.local, length: found.length };
    }
    netns.removeAddress(device, prefix);
    return 0;
  }
  const exists = netns.link(device)?.addresses.some((a) => a.local === prefix.address && a.length === prefix.length);
  if (action === 'replace' && exists === true) return 0;
  netns.addAddress(device, prefix, {
    ...(peer !== undefined && { peer }),
    ...(broadcast !== undefined && { broadcast: broadcastOf(prefix, peer, broadcast) }),
    ...(scope !== undefined && { scope }),
    ...(label !== undefined && { label }),
    ...(metric !== undefined && metric !== 0 && { metric }),
    noPrefixRoute,
  });
  return 0;
}

function broadcastOf(prefix: Prefix, peer: IpAddress | undefined, given: IpAddress | '+' | '-'): IpAddress {
  if (typeof given !== 'string') return given;
  const network = networkOf({ address: peer ?? prefix.address, length: prefix.length });
  if (given === '-') return network.address;
  return (Number(network.address) | ~netmask(prefix.length)) >>> 0;
}
