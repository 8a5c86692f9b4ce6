import type { Device } from '../../linux/device/device.ts';
import { Netem } from '../../linux/device/netem.ts';
import { NetlinkError } from '../../linux/netlink-error.ts';
import { IpError, notModelled } from '../iproute2/arguments.ts';
import { commands } from '../iproute2/commands.ts';
import { type IpCommand, type IpContext, print, printJson } from '../iproute2/context.ts';
import type { JsonValue } from '../iproute2/json.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { netemJson, netemText, parseNetem } from './netem.ts';

const USAGE = `Usage: tc qdisc [ add | del | replace | change | show ] dev STRING
       [ handle QHANDLE ] [ root | ingress | clsact | parent CLASSID ]
       [ estimator INTERVAL TIME_CONSTANT ]
       [ stab [ help | STAB_OPTIONS] ]
       [ ingress_block BLOCK_INDEX ] [ egress_block BLOCK_INDEX ]
       [ [ QDISC_KIND ] [ help | OPTIONS ] ]

       tc qdisc { show | list } [ dev STRING ] [ QDISC_ID ] [ invisible ]
Where:
QDISC_KIND := { [p|b]fifo | tbf | prio | cbq | red | etc. }
OPTIONS := ... try tc qdisc add <desired QDISC_KIND> help
STAB_OPTIONS := ... try tc qdisc add stab help
QDISC_ID := { root | ingress | handle QHANDLE | parent CLASSID }`;

type Action = 'add' | 'replace' | 'change' | 'delete';

/** Handles that the kernel gives out itself start here (qdisc_alloc_handle). */
const FIRST_HANDLE = 0x8001;
const OTHER_KINDS =
  'pfifo bfifo pfifo_fast pfifo_head_drop tbf htb hfsc prio cbq red gred sfq sfb fq fq_codel codel cake choke drr dsmark etf ets fq_pie hhf ingress clsact mq mqprio multiq noqueue pie plug qfq skbprio taprio teql0'.split(
    ' ',
  );

function deviceNamed({ netns }: IpContext, name: string): Device {
  const device = netns.link(name);
  if (device === undefined) throw new IpError(`Cannot find device "${name}"`, 1);
  return device;
}

async function show(context: IpContext): Promise<number> {
  const { args, netns, options } = context;
  let only: Device | undefined;
  while (args.more) {
    const word = args.next();
    if (word === 'dev') only = deviceNamed(context, args.next());
    else if (word === 'root' || word === 'invisible') continue;
    else if (word === 'help') await help(context);
    else throw notModelled(`"tc qdisc show ${word}"`);
  }
  // A device that was never up has noop, which is not told (tc_dump_qdisc).
  const shown = netns
    .links()
    .filter((device) => (only ?? device) === device && (device.wasUp || device.queue !== undefined));
  if (options.json) {
    await printJson(
      context,
      shown.map((device) => json(context, device, only === undefined)),
    );
  } else {
    await print(
      context,
      shown.flatMap((device) => text(context, device, only === undefined)),
    );
  }
  return 0;
}

/** A discipline set by hand is each queue's and the device's own (attach_one_default_qdisc, dev_graft_qdisc). */
function references(device: Device): number {
  return device.queue === undefined ? 2 : device.traits.queues + 1;
}

const handleOf = ({ queue }: Device) => (queue instanceof Netem ? queue.handle.toString(16) : '0');

function countersOf({ queue }: Device) {
  if (queue instanceof Netem) return queue.counters;
  return { bytes: 0, packets: 0, dropped: 0, requeues: 0, backlogBytes: 0, backlogPackets: 0 };
}

function text({ options }: IpContext, device: Device, named: boolean): readonly string[] {
  const { queue } = device;
  const kind = queue?.kind ?? 'noqueue';
  const own = queue instanceof Netem ? netemText(queue.settings) : '';
  const dev = named ? `dev ${device.name} ` : '';
  const lines = [`qdisc ${kind} ${handleOf(device)}: ${dev}root refcnt ${references(device)} ${own}`];
  if (options.statistics > 0) {
    const { bytes, packets, dropped, requeues, backlogBytes, backlogPackets } = countersOf(device);
    lines.push(
      ` Sent ${bytes} bytes ${packets} pkt (dropped ${dropped}, overlimits 0 requeues ${requeues}) `,
      ` backlog ${backlogBytes}b ${backlogPackets}p requeues ${requeues}`,
    );
  }
  return lines;
}

function json({ options }: IpContext, device: Device, named: boolean): JsonValue {
  const { queue } = device;
  const { bytes, packets, dropped, requeues, backlogBytes, backlogPackets } = countersOf(device);
  return {
    kind: queue?.kind ?? 'noqueue',
    handle: `${handleOf(device)}:`,
    dev: named ? device.name : undefined,
    root: true,
    refcnt: references(device),
    options: queue instanceof Netem ? netemJson(queue.settings) : {},
    ...(options.statistics > 0 && {
      bytes,
      packets,
      drops: dropped,
      overlimits: 0,
      requeues,
      backlog: backlogBytes,
      qlen: backlogPackets,
    }),
  };
}

/** tc_modify_qdisc and tc_get_qdisc, for the root. */
async function modify(context: IpContext, action: Action): Promise<number> {
  const { args, netns } = context;
  let device: Device | undefined;
  let root = false;
  let handle: number | undefined;
  let kind: string | undefined;
  while (args.more && kind === undefined) {
    const word = args.next();
    if (word === 'dev') device = deviceNamed(context, args.next());
    else if (word === 'root') root = true;
    else if (word === 'handle') handle = handleWord(args.next());
    else if (word === 'help') await help(context);
    else if (['parent', 'ingress', 'clsact', 'estimator', 'stab', 'ingress_block', 'egress_block'].includes(word)) {
      throw notModelled(`"tc qdisc ... ${word}"`);
    } else kind = word;
  }
  const settings = kind === 'netem' ? parseNetem(args) : undefined;
  if (kind !== undefined && settings === undefined && OTHER_KINDS.includes(kind)) throw notModelled(`qdisc ${kind}`);
  if (device === undefined) throw new NetlinkError('ENODEV');
  if (!root) throw new NetlinkError('EINVAL', 'Handle cannot be zero.');
  const there = device.queue instanceof Netem ? device.queue : undefined;
  if (action === 'delete') {
    if (kind !== undefined && kind !== (device.queue?.kind ?? 'noqueue')) {
      throw new NetlinkError('EINVAL', 'Invalid qdisc name: must match existing qdisc.');
    }
    if (there === undefined) throw new NetlinkError('ENOENT', 'Cannot delete qdisc with handle of zero.');
    if (handle !== undefined && handle !== there.handle) throw new NetlinkError('EINVAL', 'Invalid handle');
    device.queue = undefined;
    return 0;
  }
  if (there === undefined && action === 'change') {
    throw new NetlinkError('ENOENT', 'Qdisc not found. To create specify NLM_F_CREATE flag.');
  }
  if (there !== undefined && action === 'add') {
    throw new NetlinkError('EEXIST', 'Exclusivity flag on, cannot modify.');
  }
  if (settings === undefined) throw new NetlinkError('ENOENT', 'Specified qdisc kind is unknown.');
  if (there !== undefined && (handle === undefined || handle === there.handle)) there.settings = settings;
  else if (action === 'change') throw new NetlinkError('EEXIST', 'NLM_F_REPLACE needed to override.');
  else device.queue = new Netem(device, handle ?? freeHandle(netns.links()), settings, netns.stack);
  return 0;
}

function freeHandle(devices: readonly Device[]): number {
  const taken = new Set(devices.map(({ queue }) => (queue instanceof Netem ? queue.handle : 0)));
  for (let handle = FIRST_HANDLE; ; handle++) if (!taken.has(handle)) return handle;
}

/** `12:`, in hexadecimal. */
function handleWord(word: string): number {
  const [, digits] = /^([\da-f]{1,4}):?0?$/i.exec(word) ?? [];
  if (digits === undefined) throw new IpError(`Error: argument "${word}" is wrong: invalid qdisc ID\n`, 255);
  return Number.parseInt(digits, 16);
}

/** Told to stderr, and yet no failure. */
async function help({ process }: IpContext): Promise<number> {
  await process.stderr.write(`${USAGE}\n`);
  return 0;
}

export const qdisc: IpCommand = commands({
  name: 'tc qdisc',
  alone: show,
  words: {
    add: (context) => modify(context, 'add'),
    change: (context) => modify(context, 'change'),
    replace: (context) => modify(context, 'replace'),
    link: UNMODELLED,
    delete: (context) => modify(context, 'delete'),
    show,
    list: show,
    lst: show,
    help,
  },
});
