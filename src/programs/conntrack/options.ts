/** `L`: list, `D`: delete, `E`: events, `F`: flush, `C`: count, `S`: statistics. */
export type Command = 'L' | 'D' | 'E' | 'F' | 'C' | 'S';

/** What the command line has said, by option; of an option that is given twice the last counts. */
export type OptionName =
  | 'src'
  | 'dst'
  | 'reply-src'
  | 'reply-dst'
  | 'mask-src'
  | 'mask-dst'
  | 'protonum'
  | 'family'
  | 'status'
  | 'mark'
  | 'zero'
  | 'event-mask'
  | 'src-nat'
  | 'dst-nat'
  | 'any-nat'
  | 'output'
  | 'timeout'
  | 'zone'
  | 'id'
  | 'buffer-size'
  | 'sport'
  | 'dport'
  | 'reply-port-src'
  | 'reply-port-dst'
  | 'state'
  | 'icmp-type'
  | 'icmp-code'
  | 'icmp-id';

export interface OptionSpec {
  readonly name: OptionName;
  readonly short?: string;
  /** All its long names. */
  readonly long: readonly string[];
  /** `next`: the next word, unless that is an option itself; one that is attached is not looked at. */
  readonly value: 'required' | 'next' | 'none';
  /** With which commands it may stand. */
  readonly with: string;
  /** For `-h`. */
  readonly summary: string;
}

/** conntrack(8), as far as it is modelled. */
export const OPTIONS: readonly OptionSpec[] = [
  {
    name: 'src',
    short: 's',
    long: ['src', 'orig-src'],
    value: 'required',
    with: 'LDE',
    summary: 'Source address from original direction',
  },
  {
    name: 'dst',
    short: 'd',
    long: ['dst', 'orig-dst'],
    value: 'required',
    with: 'LDE',
    summary: 'Destination address from original direction',
  },
  {
    name: 'reply-src',
    short: 'r',
    long: ['reply-src'],
    value: 'required',
    with: 'LDE',
    summary: 'Source address from reply direction',
  },
  {
    name: 'reply-dst',
    short: 'q',
    long: ['reply-dst'],
    value: 'required',
    with: 'LDE',
    summary: 'Destination address from reply direction',
  },
  { name: 'mask-src', long: ['mask-src'], value: 'required', with: 'LDE', summary: 'Source mask address' },
  { name: 'mask-dst', long: ['mask-dst'], value: 'required', with: 'LDE', summary: 'Destination mask address' },
  {
    name: 'protonum',
    short: 'p',
    long: ['protonum'],
    value: 'required',
    with: 'LDE',
    summary: "Layer 4 protocol, eg. 'tcp'",
  },
  {
    name: 'family',
    short: 'f',
    long: ['family'],
    value: 'required',
    with: 'LDE',
    summary: "Layer 3 protocol, eg. 'ipv4'",
  },
  { name: 'status', short: 'u', long: ['status'], value: 'required', with: 'LD', summary: 'Status, eg. ASSURED' },
  {
    name: 'mark',
    short: 'm',
    long: ['mark'],
    value: 'required',
    with: 'LDE',
    summary: 'Mark, with a mask behind a slash',
  },
  { name: 'zero', short: 'z', long: ['zero'], value: 'none', with: 'L', summary: 'Zero counters while listing' },
  {
    name: 'event-mask',
    short: 'e',
    long: ['event-mask'],
    value: 'required',
    with: 'E',
    summary: 'Event mask, eg. NEW,DESTROY',
  },
  { name: 'src-nat', short: 'n', long: ['src-nat'], value: 'next', with: 'LDE', summary: 'Source NAT address' },
  { name: 'dst-nat', short: 'g', long: ['dst-nat'], value: 'next', with: 'LDE', summary: 'Destination NAT address' },
  {
    name: 'any-nat',
    short: 'j',
    long: ['any-nat'],
    value: 'next',
    with: 'LDE',
    summary: 'Source or destination NAT address',
  },
  {
    name: 'output',
    short: 'o',
    long: ['output'],
    value: 'required',
    with: 'LDE',
    summary: 'Output format: extended, id, timestamp',
  },
  {
    name: 'timeout',
    short: 't',
    long: ['timeout'],
    value: 'required',
    with: 'D',
    summary: 'Timeout (without effect on a deletion)',
  },
  {
    name: 'zone',
    short: 'w',
    long: ['zone'],
    value: 'required',
    with: 'LDE',
    summary: 'Conntrack zone; there is zone 0 only',
  },
  {
    name: 'id',
    short: 'i',
    long: ['id'],
    value: 'required',
    with: 'D',
    summary: 'Conntrack ID',
  },
  {
    name: 'buffer-size',
    short: 'b',
    long: ['buffer-size'],
    value: 'required',
    with: 'E',
    summary: 'Netlink socket buffer size (not modelled)',
  },
];

const SOURCE_PORT: OptionSpec = {
  name: 'sport',
  long: ['sport', 'orig-port-src'],
  value: 'required',
  with: 'LDE',
  summary: 'Original source port',
};
const PORTS: readonly OptionSpec[] = [
  SOURCE_PORT,
  { ...SOURCE_PORT, name: 'dport', long: ['dport', 'orig-port-dst'], summary: 'Original destination port' },
  { ...SOURCE_PORT, name: 'reply-port-src', long: ['reply-port-src'], summary: 'Reply source port' },
  { ...SOURCE_PORT, name: 'reply-port-dst', long: ['reply-port-dst'], summary: 'Reply destination port' },
];
const STATE: OptionSpec = { ...SOURCE_PORT, name: 'state', long: ['state'], summary: 'State, eg. ESTABLISHED' };

/** What `-p` adds. */
export const PROTOCOL_OPTIONS: Readonly<Record<string, readonly OptionSpec[]>> = {
  tcp: [...PORTS, STATE],
  udp: PORTS,
  sctp: [...PORTS, STATE],
  icmp: [
    { ...SOURCE_PORT, name: 'icmp-type', long: ['icmp-type'], summary: 'ICMP type' },
    { ...SOURCE_PORT, name: 'icmp-code', long: ['icmp-code'], summary: 'ICMP code' },
    { ...SOURCE_PORT, name: 'icmp-id', long: ['icmp-id'], summary: 'ICMP id' },
  ],
};

/** The real tool's, which are refused by name. */
export const NOT_MODELLED: Readonly<Record<string, string>> = {
  I: '-I',
  U: '-U',
  G: '-G',
  A: '-A',
  R: '-R',
  c: '--secmark',
  l: '--label',
  '<': '--label-add',
  secmark: '--secmark',
  label: '--label',
  'label-add': '--label-add',
  'label-del': '--label-del',
  'orig-zone': '--orig-zone',
  'reply-zone': '--reply-zone',
  'tuple-src': '--tuple-src',
  'tuple-dst': '--tuple-dst',
  'load-file': '--load-file',
};

export function usage(): string {
  const line = ({ short, long, summary }: OptionSpec) => {
    const names = [...(short === undefined ? [] : [`-${short}`]), ...long.map((name) => `--${name}`)];
    return `  ${names.join(', ').padEnd(32)}${summary}\n`;
  };
  let text = 'Command line interface for the connection tracking system. Version 1.4.7\n';
  text += 'Usage: conntrack [commands] [options]\n\nCommands:\n';
  text += '  -L [table] [options]          List conntrack or expectation table\n';
  text += '  -D [table] parameters         Delete conntrack or expectation\n';
  text += '  -E [table] [options]          Show events\n';
  text += '  -F [table]                    Flush table\n';
  text += '  -C [table]                    Show counter\n';
  text += '  -S                            Show statistics\n';
  text += '\nTables: conntrack, expect, dying, unconfirmed\n\nConntrack parameters and options:\n';
  text += OPTIONS.map(line).join('');
  for (const [protocol, options] of Object.entries(PROTOCOL_OPTIONS)) {
    text += `\n${protocol.toUpperCase()} parameters and options:\n${options.map(line).join('')}`;
  }
  return `${text}\n`;
}
