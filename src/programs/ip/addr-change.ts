import { type Scope, scopeNumber } from '../../linux/device/interface-address.ts';
import { type IpAddress, netmask, networkOf, type Prefix } from '../../linux/packet/address.ts';
import { garbage, IpError, notModelled } from '../iproute2/arguments.ts';
import { addressArgument, type IpContext, linkNamed, numberOf, prefixArgument } from '../iproute2/context.ts';
import { numberArgument } from './route-words.ts';

export function scopeWord(word: string): Scope {
  const number = numberOf(word);
  const known = Object.entries(scopeNumber).find(([name, value]) => name === word || value === number);
  if (known !== undefined) return known[0] as Scope;
  throw new IpError(`Error: argument "${word}" is wrong: invalid scope value.`, 255);
}

/** `ip address add`, `change`, `replace` and `delete`. */
export async function change(context: IpContext, action: 'add' | 'replace' | 'delete'): Promise<number> {
  const { args, netns, process } = context;
  let prefix: Prefix | undefined;
  let written = '';
  let device: string | undefined;
  let peer: IpAddress | undefined;
  let broadcast: IpAddress | '+' | '-' | undefined;
  let scope: Scope | undefined;
  let label: string | undefined;
  let noPrefixRoute = false;
  let metric: number | undefined;
  while (args.more) {
    const word = args.next();
    if (word === 'dev') device = args.next();
    else if (word === 'peer' || word === 'remote') {
      const other = prefixArgument(args.next());
      peer = other.address;
      if (prefix !== undefined) prefix = { address: prefix.address, length: other.length };
    } else if (word === 'broadcast' || word === 'brd') {
      broadcast = args.take('+') ? '+' : args.take('-') ? '-' : addressArgument(args);
    } else if (word === 'scope') scope = scopeWord(args.next());
    else if (word === 'label') label = args.next();
    else if (word === 'noprefixroute') noPrefixRoute = true;
    else if (word === 'metric' || word === 'priority' || word === 'preference') {
      metric = numberArgument(args, '"metric" value is invalid');
    } else if (word === 'valid_lft' || word === 'preferred_lft') {
      if (args.next() !== 'forever') throw notModelled('an address that does not hold for ever');
    } else if (word === 'home' || word === 'nodad' || word === 'mngtmpaddr') {
      await process.stderr.write(`Warning: ${word} option can be set only for IPv6 addresses\n`);
    } else if (word === 'anycast' || word === 'autojoin') {
      throw notModelled(`"ip address ${action} ... ${word}"`);
    } else {
      const value = word === 'local' ? args.next() : word;
      if (prefix !== undefined) throw garbage('local', value);
      prefix = prefixArgument(value);
      written = value;
    }
  }
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
