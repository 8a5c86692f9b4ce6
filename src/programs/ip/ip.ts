import type { Program } from '../../linux/process/process.ts';
import { IpError } from '../iproute2/arguments.ts';
import { showUsage } from '../iproute2/commands.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { countStatistics, inNamespace, type Option, printed, shortenNumbers, turnOn } from '../iproute2/options.ts';
import { iproute2 } from '../iproute2/tool.ts';
import { addr } from './addr.ts';
import { painterOf } from './colour.ts';
import { link } from './link.ts';
import { neigh } from './neigh.ts';
import { netns } from './netns.ts';
import { route } from './route.ts';
import { rule } from './rule.ts';
import { tunnel } from './tunnel.ts';

const USAGE = `Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { address | link | neighbour | netns | route | rule | tunnel }
       OPTIONS := { -4 | -6 | -0 | -br[ief] | -d[etails] | -f[amily] { inet | inet6 | link } | -j[son] |
                    -n[etns] NAME | -o[neline] | -p[retty] | -s[tatistics] | -h[uman-readable] | -iec |
                    -a[ll] | -c[olor] | -V[ersion] }
Other objects of the real tool are not modelled in this simulation.`;

const family: Option = ({ args, options }) => {
  const word = args.next();
  if (word !== 'inet' && word !== 'inet6' && word !== 'link') {
    throw new IpError(`Error: argument "${word}" is wrong: invalid protocol family`, 255);
  }
  options.family = word;
  return undefined;
};

const FAMILIES = new Map([
  ['-4', 'inet'],
  ['-6', 'inet6'],
  ['-0', 'link'],
] as const);

/** ip(8), with the words, layouts and exit statuses of iproute2 6.1. IPv6 is not modelled: as if it were switched off. */
export const ip: Program = iproute2({
  name: 'ip',
  options: {
    '-loops': UNMODELLED,
    '-family': family,
    '-human-readable': shortenNumbers(1000),
    '-iec': shortenNumbers(1024),
    '-statistics': countStatistics,
    '-stats': countStatistics,
    '-details': turnOn('details'),
    '-resolve': UNMODELLED,
    '-oneline': turnOn('oneline'),
    '-timestamp': UNMODELLED,
    '-tshort': UNMODELLED,
    '-Version': printed('ip utility, iproute2-6.1.0\n'),
    '-force': UNMODELLED,
    '-batch': UNMODELLED,
    '-brief': turnOn('brief'),
    '-json': turnOn('json'),
    '-rcvbuf': UNMODELLED,
    '-pretty': turnOn('pretty'),
    '-help': () => {
      throw new IpError(USAGE, 255);
    },
    '-netns': inNamespace,
    '-Numeric': UNMODELLED,
    '-all': turnOn('all'),
    '-color': turnOn('colour'),
  },
  doubleDash: true,
  otherOption(option, { options, process }) {
    for (const [word, name] of FAMILIES) if (option === word) options.family = name;
    if (option === '-4' || option === '-6' || option === '-0') return true;
    const colour = /^-c(?:olor)?=(never|auto|always)$/.exec(option)?.[1];
    if (colour === undefined) return false;
    options.colour = colour === 'always' || (colour === 'auto' && process.stdout.tty !== undefined);
    return true;
  },
  painter: painterOf,
  objects: {
    address: addr,
    addrlabel: UNMODELLED,
    maddress: UNMODELLED,
    route,
    rule,
    neighbor: neigh,
    neighbour: neigh,
    ntable: UNMODELLED,
    link,
    l2tp: UNMODELLED,
    fou: UNMODELLED,
    macsec: UNMODELLED,
    tunnel,
    tuntap: UNMODELLED,
    token: UNMODELLED,
    tcpmetrics: UNMODELLED,
    monitor: UNMODELLED,
    xfrm: UNMODELLED,
    mroute: UNMODELLED,
    mrule: UNMODELLED,
    netns,
    netconf: UNMODELLED,
    vrf: UNMODELLED,
    nexthop: UNMODELLED,
    mptcp: UNMODELLED,
    help: showUsage(USAGE),
  },
  alone: showUsage(USAGE),
  advice: 'ip -help',
  status: { unknownObject: 1, refused: 2, notModelled: 255 },
});
