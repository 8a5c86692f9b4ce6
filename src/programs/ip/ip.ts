import { NetworkNamespace } from '../../linux/namespace.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { Arguments, abbreviated, IpError, notModelled } from '../iproute2/arguments.ts';
import type { IpCommand, IpOptions } from '../iproute2/context.ts';
import { tellingRefusals } from '../iproute2/refusals.ts';
import { addr } from './addr.ts';
import { link } from './link.ts';
import { neigh } from './neigh.ts';
import { missing, netns } from './netns.ts';
import { route } from './route.ts';
import { rule } from './rule.ts';
import { tunnel } from './tunnel.ts';

/** The objects in iproute2's own order, which decides what an abbreviation means. */
const OBJECTS = [
  'address',
  'addrlabel',
  'maddress',
  'route',
  'rule',
  'neighbor',
  'neighbour',
  'ntable',
  'link',
  'l2tp',
  'fou',
  'macsec',
  'tunnel',
  'tuntap',
  'token',
  'tcpmetrics',
  'monitor',
  'xfrm',
  'mroute',
  'mrule',
  'netns',
  'netconf',
  'vrf',
  'nexthop',
  'mptcp',
  'help',
] as const;

const COMMANDS: Readonly<Partial<Record<(typeof OBJECTS)[number], IpCommand>>> = {
  address: addr,
  route,
  rule,
  neighbor: neigh,
  neighbour: neigh,
  link,
  netns,
  tunnel,
};

const USAGE = `Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { address | link | neighbour | netns | route | rule | tunnel }
       OPTIONS := { -4 | -6 | -0 | -br[ief] | -d[etails] | -f[amily] { inet | inet6 | link } | -j[son] |
                    -n[etns] NAME | -o[neline] | -p[retty] | -s[tatistics] | -V[ersion] }
Other objects of the real tool are not modelled in this simulation.`;

const VERSION = 'ip utility, iproute2-6.1.0';

/** ip(8), with the words, layouts and exit statuses of iproute2 6.1. IPv6 is not modelled: as if it were switched off. */
export const ip: Program = tellingRefusals(run, 2);

async function run(process: Process): Promise<number> {
  if (!(process.netns instanceof NetworkNamespace)) throw new TypeError('ip needs a simulated network namespace');
  let namespace = process.netns;
  const options: IpOptions = {
    brief: false,
    details: false,
    statistics: false,
    json: false,
    pretty: false,
    oneline: false,
  };
  const args = new Arguments(process.argv.slice(1));
  while (args.rest[0]?.startsWith('-') === true) {
    const word = args.next();
    const option = word.startsWith('--') ? word.slice(1) : word;
    if (option === '-') break;
    if (option === '-4') options.family = 'inet';
    else if (option === '-6') options.family = 'inet6';
    else if (option === '-0') options.family = 'link';
    else {
      switch (abbreviated(option, OPTIONS)) {
        case '-family': {
          const family = args.next();
          if (family !== 'inet' && family !== 'inet6' && family !== 'link') {
            throw new IpError(`Error: argument "${family}" is wrong: invalid protocol family`, 255);
          }
          options.family = family;
          break;
        }
        case '-statistics':
        case '-stats':
          options.statistics = true;
          break;
        case '-details':
          options.details = true;
          break;
        case '-oneline':
          options.oneline = true;
          break;
        case '-brief':
          options.brief = true;
          break;
        case '-json':
          options.json = true;
          break;
        case '-pretty':
          options.pretty = true;
          break;
        case '-netns': {
          const name = args.next();
          const found = process.services.namespaces?.get(name);
          if (found === undefined) throw missing(name);
          namespace = found;
          break;
        }
        case '-color':
          break;
        case '-Version':
          await process.stdout.write(`${VERSION}\n`);
          return 0;
        case '-help':
          throw new IpError(USAGE, 255);
        case undefined:
          if (/^-c(olor)?=(never|auto|always)$/.test(option)) break;
          throw new IpError(`Option "${option}" is unknown, try "ip -help".`, 255);
        default:
          throw notModelled(`option ${option}`);
      }
    }
  }
  if (!args.more) throw new IpError(USAGE, 255);
  const word = args.next();
  const object = abbreviated(word, OBJECTS);
  if (object === undefined) throw new IpError(`Object "${word}" is unknown, try "ip help".`, 1);
  if (object === 'help') throw new IpError(USAGE, 255);
  const command = COMMANDS[object];
  if (command === undefined) throw notModelled(`"ip ${object}"`, 'address, link, neighbour, netns and route are');
  return command({ process, netns: namespace, options, args });
}

/** In iproute2's order; those that no branch knows are refused by name. */
const OPTIONS = [
  '-loops',
  '-family',
  '-human-readable',
  '-iec',
  '-statistics',
  '-stats',
  '-details',
  '-resolve',
  '-oneline',
  '-timestamp',
  '-tshort',
  '-Version',
  '-force',
  '-batch',
  '-brief',
  '-json',
  '-rcvbuf',
  '-pretty',
  '-help',
  '-netns',
  '-Numeric',
  '-all',
  '-color',
] as const;
