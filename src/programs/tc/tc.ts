import { NetworkNamespace } from '../../linux/namespace.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { missing } from '../ip/netns.ts';
import { Arguments, abbreviated, IpError } from '../iproute2/arguments.ts';
import type { IpOptions } from '../iproute2/context.ts';
import { tellingRefusals } from '../iproute2/refusals.ts';
import { notModelled, qdisc } from './qdisc.ts';

const USAGE = `Usage:	tc [ OPTIONS ] OBJECT { COMMAND | help }
	tc [-force] -batch filename
where  OBJECT := { qdisc | class | filter | chain |
		    action | monitor | exec }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[aw] |
		    -o[neline] | -j[son] | -p[retty] | -c[olor]
		    -b[atch] [filename] | -n[etns] name | -N[umeric] |
		     -nm | -nam[es] | { -cf | -conf } path
		     -br[ief] }
`;

const OBJECTS = ['qdisc', 'class', 'filter', 'chain', 'actions', 'monitor', 'exec', 'help'] as const;
const OPTIONS = [
  '-statistics',
  '-stats',
  '-details',
  '-raw',
  '-pretty',
  '-graph',
  '-Version',
  '-iec',
  '-help',
  '-force',
  '-batch',
  '-netns',
  '-Numeric',
  '-names',
  '-conf',
  '-color',
  '-timestamp',
  '-tshort',
  '-json',
  '-oneline',
  '-brief',
] as const;

/** tc(8) of iproute2 6.1: `qdisc ... netem` at a device's root. */
export const tc: Program = tellingRefusals(run, 2);

async function run(process: Process): Promise<number> {
  if (!(process.netns instanceof NetworkNamespace)) throw new TypeError('tc needs a simulated network namespace');
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
    const option = args.next();
    switch (abbreviated(option, OPTIONS)) {
      case '-statistics':
      case '-stats':
        options.statistics = true;
        break;
      case '-details':
        options.details = true;
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
      case '-Version':
        await process.stdout.write('tc utility, iproute2-6.1.0\n');
        return 0;
      case '-help':
        await process.stdout.write(USAGE);
        return 0;
      case undefined:
        throw new IpError(`Option "${option}" is unknown, try "tc -help".`, 255);
      default:
        throw notModelled(`option ${option}`);
    }
  }
  const word = args.more ? args.next() : 'help';
  switch (abbreviated(word, OBJECTS)) {
    case 'qdisc':
      return qdisc({ process, netns: namespace, options, args });
    case 'help':
      await process.stdout.write(USAGE);
      return 0;
    case undefined:
      throw new IpError(`Object "${word}" is unknown, try "tc help".`, 255);
    default:
      throw notModelled(`"tc ${word}"`);
  }
}
