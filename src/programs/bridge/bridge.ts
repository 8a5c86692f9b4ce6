import type { Program } from '../../linux/process/process.ts';
import { IpError } from '../iproute2/arguments.ts';
import { showUsage } from '../iproute2/commands.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { countStatistics, ignored, inNamespace, printed, turnOn } from '../iproute2/options.ts';
import { iproute2 } from '../iproute2/tool.ts';
import { fdb } from './fdb.ts';
import { link } from './link.ts';

const USAGE = `Usage: bridge [ OPTIONS ] OBJECT { COMMAND | help }
       bridge [ -force ] -batch filename
where  OBJECT := { link | fdb | mdb | vlan | monitor }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] |
                    -o[neline] | -t[imestamp] | -n[etns] name |
                    -c[ompressvlans] -color -p[retty] -j[son] }`;

/** bridge(8) of iproute2 6.1: the ports and the forwarding tables of bridges. */
export const bridge: Program = iproute2({
  name: 'bridge',
  options: {
    '-help': () => {
      throw new IpError(USAGE, 255);
    },
    '-Version': printed('bridge utility, 6.1.0\n'),
    '-stats': countStatistics,
    '-statistics': countStatistics,
    '-details': turnOn('details'),
    '-oneline': turnOn('oneline'),
    '-timestamp': UNMODELLED,
    '-family': UNMODELLED,
    '-netns': inNamespace,
    '-color': ignored,
    '-compressvlans': UNMODELLED,
    '-force': UNMODELLED,
    '-json': turnOn('json'),
    '-pretty': turnOn('pretty'),
    '-batch': UNMODELLED,
  },
  doubleDash: true,
  objects: {
    link,
    fdb,
    mdb: UNMODELLED,
    vlan: UNMODELLED,
    monitor: UNMODELLED,
    vni: UNMODELLED,
    help: showUsage(USAGE),
  },
  alone: showUsage(USAGE),
  advice: 'bridge help',
  status: { unknownObject: 255, refused: 255, notModelled: 255 },
});
