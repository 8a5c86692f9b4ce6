import { NetworkNamespace } from '../../linux/namespace.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { missing } from '../ip/netns.ts';
import { Arguments, abbreviated, IpError } from '../iproute2/arguments.ts';
import type { IpOptions } from '../iproute2/context.ts';
import { tellingRefusals } from '../iproute2/refusals.ts';
import { fdb } from './fdb.ts';
import { link } from './link.ts';
import { notModelled } from './words.ts';

const OBJECTS = ['link', 'fdb', 'mdb', 'vlan', 'monitor', 'vni', 'help'] as const;

const USAGE = `Usage: bridge [ OPTIONS ] OBJECT { COMMAND | help }
       bridge [ -force ] -batch filename
where  OBJECT := { link | fdb | mdb | vlan | monitor }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] |
                    -o[neline] | -t[imestamp] | -n[etns] name |
                    -c[ompressvlans] -color -p[retty] -j[son] }`;

const OPTIONS = [
  '-help',
  '-Version',
  '-stats',
  '-statistics',
  '-details',
  '-oneline',
  '-timestamp',
  '-family',
  '-netns',
  '-color',
  '-compressvlans',
  '-force',
  '-json',
  '-pretty',
  '-batch',
] as const;

/** bridge(8) of iproute2 6.1: the ports and the forwarding tables of bridges. */
export const bridge: Program = tellingRefusals(run, 255);

async function run(process: Process): Promise<number> {
  if (!(process.netns instanceof NetworkNamespace)) throw new TypeError('bridge needs a simulated network namespace');
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
    switch (abbreviated(option, OPTIONS)) {
      case '-help':
        throw new IpError(USAGE, 255);
      case '-Version':
        await process.stdout.write('bridge utility, 6.1.0\n');
        return 0;
      case '-stats':
      case '-statistics':
        options.statistics = true;
        break;
      case '-details':
        options.details = true;
        break;
      case '-oneline':
        options.oneline = true;
        break;
      case '-json':
        options.json = true;
        break;
      case '-pretty':
        options.pretty = true;
        break;
      case '-color':
        break;
      case '-netns': {
        const name = args.next();
        const found = process.services.namespaces?.get(name);
        if (found === undefined) throw missing(name);
        namespace = found;
        break;
      }
      case undefined:
        throw new IpError(`Option "${option}" is unknown, try "bridge help".`, 255);
      default:
        throw notModelled(`option ${option}`);
    }
  }
  if (!args.more) throw new IpError(USAGE, 255);
  const word = args.next();
  const context = { process, netns: namespace, options, args };
  switch (abbreviated(word, OBJECTS)) {
    case 'link':
      return link(context);
    case 'fdb':
      return fdb(context);
    case 'help':
      throw new IpError(USAGE, 255);
    case undefined:
      throw new IpError(`Object "${word}" is unknown, try "bridge help".`, 255);
    default:
      throw notModelled(`"bridge ${word}"`);
  }
}
