import { Ipip, tunnelsOf } from '../../linux/device/ipip/ipip.ts';
import { ipip } from '../../linux/device/ipip/kind.ts';
import { known } from '../../linux/device/kind.ts';
import { formatIp } from '../../linux/packet/address.ts';
import { garbage, IpError, notModelled } from '../iproute2/arguments.ts';
import { commands, showUsage } from '../iproute2/commands.ts';
import { type IpCommand, type IpContext, print, printJson } from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { makeCompanion } from './link-add.ts';
import { nameArgument, propertyWords } from './link-words.ts';

const USAGE = `Usage: ip tunnel { add | change | del | show | prl | 6rd } [ NAME ]
        [ mode { gre | ipip | isatap | sit | vti } ]
        [ remote ADDR ] [ local ADDR ]
        [ [i|o]seq ] [ [i|o]key KEY ] [ [i|o]csum ]
        [ prl-default ADDR ] [ prl-nodefault ADDR ] [ prl-delete ADDR ]
        [ 6rd-prefix ADDR ] [ 6rd-relay_prefix ADDR ] [ 6rd-reset ]
        [ ttl TTL ] [ tos TOS ] [ [no]pmtudisc ] [ dev PHYS_DEV ]

Where: NAME := STRING
       ADDR := { IP_ADDRESS | any }
       TOS  := { STRING | 00..ff | inherit | inherit/STRING | inherit/00..ff }
       TTL  := { 1..255 | inherit }
       KEY  := { DOTTED_QUAD | NUMBER }`;

const kind = known(ipip);

async function add(context: IpContext): Promise<number> {
  const { args, netns } = context;
  const made = kind.begin();
  if (made === undefined) throw new TypeError('an ipip device can be made');
  const words = propertyWords(context);
  let name: string | undefined;
  let mode: string | undefined;
  while (args.more) {
    const word = args.next();
    if (word === 'mode') {
      mode = args.next();
      if (mode === 'ipip' || mode === 'ip/ip') continue;
      if (['gre', 'sit', 'isatap', 'vti', 'ip6ip', 'any'].includes(mode)) throw notModelled(`a tunnel of mode ${mode}`);
      throw new IpError(`Unknown tunnel mode "${mode}"`, 255);
    } else if (word !== 'name' && made.take(word, words)) continue;
    else if (/^[io]?(seq|key|csum)$/.test(word)) throw notModelled(`"ip tunnel add ... ${word}"`);
    else {
      const given = word === 'name' ? args.next() : word;
      if (name !== undefined) throw garbage('name', given);
      name = nameArgument(given);
    }
  }
  if (mode === undefined) throw new IpError('cannot determine tunnel mode (ipip, gre, vti or sit)', 255);
  makeCompanion(netns, made);
  if (name !== undefined && netns.link(name) !== undefined) {
    throw new IpError(`add tunnel "${made.companion?.name}" failed: File exists`, 1);
  }
  netns.addLink({ name }, 'tunl', (settings) => made.make(netns.stack, settings, { mac: false, mtu: false }));
  return 0;
}

async function remove(context: IpContext): Promise<number> {
  const { args, netns } = context;
  const name = args.next();
  const device = netns.link(name);
  if (!(device instanceof Ipip)) throw new IpError(`delete tunnel "${name}" failed: No such device`, 1);
  if (!device.config.named) throw new IpError(`delete tunnel "${name}" failed: Operation not permitted`, 1);
  netns.deleteLink(name);
  return 0;
}

async function show(context: IpContext): Promise<number> {
  const { args, netns, options } = context;
  const name = args.more ? args.next() : undefined;
  if (name !== undefined && !(netns.link(name) instanceof Ipip)) return 1;
  const any = (address: Ipip['config']['remote']) => (address === 0 ? 'any' : formatIp(address));
  const all = netns.stack.tunnels.ipip === undefined ? [] : [...tunnelsOf(netns.stack)];
  const shown = all.filter((one) => name === undefined || one.name === name);
  if (options.json) {
    await printJson(
      context,
      shown.map(({ name: ifname, config }) => ({
        ifname,
        mode: config.named ? 'ip/ip' : 'any/ip',
        remote: any(config.remote),
        local: any(config.local),
        link: config.lower?.name,
        ttl: config.ttl === 0 || config.ttl === 'inherit' ? 0 : config.ttl,
        pmtudisc: config.pathMtuDiscovery ? undefined : false,
      })),
    );
    return 0;
  }
  await print(
    context,
    shown.map(({ name: ifname, config }) => {
      const { named, remote, local, lower, ttl, pathMtuDiscovery } = config;
      const dev = lower === undefined ? '' : ` dev ${lower.name}`;
      const life = ttl === 0 ? 'inherit' : ttl;
      const cut = pathMtuDiscovery ? '' : ' nopmtudisc';
      return `${ifname}: ${named ? 'ip' : 'any'}/ip remote ${any(remote)} local ${any(local)}${dev} ttl ${life}${cut}`;
    }),
  );
  return 0;
}

/** ip-tunnel(8), as far as mode ipip goes. */
export const tunnel: IpCommand = commands({
  name: 'ip tunnel',
  alone: show,
  words: {
    add,
    change: UNMODELLED,
    delete: remove,
    show,
    lst: show,
    list: show,
    prl: UNMODELLED,
    '6rd': UNMODELLED,
    help: showUsage(USAGE),
  },
});
