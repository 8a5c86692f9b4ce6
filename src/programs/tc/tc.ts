import type { Process, Program } from '../../linux/process/process.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { countStatistics, ignored, inNamespace, printed, turnOn } from '../iproute2/options.ts';
import { iproute2 } from '../iproute2/tool.ts';
import { qdisc } from './qdisc.ts';

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

/** Told to stderr, and yet no failure. */
async function tellUsage({ stderr }: Process): Promise<number> {
  await stderr.write(USAGE);
  return 0;
}

/** tc(8) of iproute2 6.1: `qdisc ... netem` at a device's root. */
export const tc: Program = iproute2({
  name: 'tc',
  options: {
    '-statistics': countStatistics,
    '-stats': countStatistics,
    '-details': turnOn('details'),
    '-raw': UNMODELLED,
    '-pretty': turnOn('pretty'),
    '-graph': UNMODELLED,
    '-Version': printed('tc utility, iproute2-6.1.0\n'),
    '-iec': UNMODELLED,
    '-help': ({ process }) => tellUsage(process),
    '-force': UNMODELLED,
    '-batch': UNMODELLED,
    '-netns': inNamespace,
    '-Numeric': UNMODELLED,
    '-names': UNMODELLED,
    '-conf': UNMODELLED,
    '-color': ignored,
    '-timestamp': UNMODELLED,
    '-tshort': UNMODELLED,
    '-json': turnOn('json'),
    '-oneline': UNMODELLED,
    '-brief': UNMODELLED,
  },
  doubleDash: false,
  objects: {
    qdisc,
    class: UNMODELLED,
    filter: UNMODELLED,
    chain: UNMODELLED,
    actions: UNMODELLED,
    monitor: UNMODELLED,
    exec: UNMODELLED,
    help: ({ process }) => tellUsage(process),
  },
  alone: ({ process }) => tellUsage(process),
  advice: 'tc -help',
  status: { unknownObject: 255, refused: 2, notModelled: 1 },
});
