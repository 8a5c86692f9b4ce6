import type { PropertyWords } from '../../linux/device/kind.ts';
import { isDeviceName } from '../../linux/namespace-links.ts';
import { parseMac } from '../../linux/packet/address.ts';
import { type Arguments, IpError, notModelled, wrongArgument } from '../iproute2/arguments.ts';
import { addressArgument, type IpContext } from '../iproute2/context.ts';

/** The words behind `type KIND`, for a kind's own options. */
export function propertyWords(context: IpContext): PropertyWords {
  const { args } = context;
  return {
    next: () => args.next(),
    number(why, most = 2 ** 32 - 1) {
      const word = args.next();
      const value = /^(0x[\da-f]+|\d+)$/i.test(word) ? Number(word) : Number.NaN;
      if (!(value <= most)) throw invalid(word, why);
      return value;
    },
    address: () => addressArgument(args),
    addressOrAny: () => (args.take('any') ? 0 : addressArgument(args)),
    mac: () => macArgument(args),
    device() {
      const name = args.next();
      const device = context.netns.link(name);
      if (device === undefined) throw new IpError(`Cannot find device "${name}"`, 255);
      return device;
    },
    wrong: invalid,
    notOneOf: (option, choices, word) =>
      new IpError(
        `Error: argument of "${option}" must be one of ${choices.map((one) => `"${one}"`).join(', ')}, not "${word}"`,
        234,
      ),
    notModelled,
  };
}

/** invarg() of iproute2, without the newline that some callers bring. */
function invalid(word: string, why: string): IpError {
  return new IpError(`Error: argument "${word}" is wrong: ${why}`, 255);
}

/** rtnl_group_a2n: of the names in /etc/iproute2/group there is `default` alone. */
export function groupArgument(args: Arguments): number {
  const word = args.next();
  if (word === 'default') return 0;
  const value = /^(0x[\da-f]+|\d+)$/i.test(word) ? Number(word) : Number.NaN;
  if (!(value < 2 ** 32)) throw wrongArgument(word, 'Invalid "group" value');
  return value;
}

export function formatGroup(group: number): string {
  return group === 0 ? 'default' : String(group);
}

export function macArgument(args: Arguments): number {
  const word = args.next();
  const mac = parseMac(word);
  if (mac !== undefined) return mac;
  // ll_addr_a2n reads as far as there are hexadecimal digits, part by part; only then are the parts counted.
  const parts = word.split(':');
  for (const part of parts) {
    if (/^\s*(0x)?[0-9a-f]/i.test(part) && Number.parseInt(part, 16) <= 255) continue;
    throw new IpError(`"${part}" is invalid lladdr.`, 1);
  }
  throw new IpError(`Invalid address length ${parts.length} - must be 6 bytes`, 1);
}

export function nameArgument(name: string): string {
  if (!isDeviceName(name)) {
    throw new IpError(`Error: argument "${name}" is wrong: "name" not a valid ifname`, 255);
  }
  return name;
}
