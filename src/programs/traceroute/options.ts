/** A call that ends before the first probe, with what goes to stderr (or stdout: the usage, the version). */
export class TracerouteExit extends Error {
  readonly status: number;
  readonly out: boolean;

  constructor(message: string, status = 2, out = false) {
    super(message);
    this.status = status;
    this.out = out;
  }
}

export interface TracerouteOptions {
  method: 'default' | 'udp' | 'icmp' | 'tcp';
  first: number;
  most: number;
  queries: number;
  simultaneous: number;
  /** `-w MAX,HERE,NEAR`: seconds, and how many times longer than another answer. */
  wait: { most: number; here: number; near: number };
  numeric: boolean;
  port: number | undefined;
  sourcePort: number | undefined;
  source: string | undefined;
  device: string | undefined;
  mark: number | undefined;
  tos: number;
  dontFragment: boolean;
  host: string;
  hostPosition: number;
  argc: number;
  length: number;
}

interface OptionSpec {
  readonly short?: string;
  readonly long?: string;
  /** The value's name, where it has one. */
  readonly value?: string;
  set(options: TracerouteOptions, value: string, wrong: () => TracerouteExit): void;
}

const DEFAULT_LENGTH = 60;
const MOST_LENGTH = 65_000;

function integer(value: string, wrong: () => TracerouteExit): number {
  if (!/^(0x[0-9a-f]+|-?\d+)$/i.test(value)) throw wrong();
  return Number(value);
}

function unmodelled(short: string | undefined, long?: string): Omit<OptionSpec, 'value'> {
  return {
    ...(short !== undefined && { short }),
    ...(long !== undefined && { long }),
    set: () => {
      const name = short === undefined ? `--${long}` : `-${short}`;
      throw new TracerouteExit(`traceroute: ${name} is not modelled in this simulation`);
    },
  };
}

/** Each option once: how it is written and what it sets. */
const OPTIONS: readonly OptionSpec[] = [
  { short: '4', set: () => {} },
  unmodelled('6'),
  unmodelled('d', 'debug'),
  { short: 'F', long: 'dont-fragment', set: (o) => void (o.dontFragment = true) },
  { short: 'f', long: 'first', value: 'first_ttl', set: (o, v, wrong) => void (o.first = integer(v, wrong)) },
  { ...unmodelled('g', 'gateway'), value: 'gate,...' },
  { short: 'I', long: 'icmp', set: (o) => void (o.method = 'icmp') },
  { short: 'T', long: 'tcp', set: (o) => void (o.method = 'tcp') },
  { short: 'U', long: 'udp', set: (o) => void (o.method = 'udp') },
  { short: 'i', long: 'interface', value: 'device', set: (o, v) => void (o.device = v) },
  { short: 'm', long: 'max-hops', value: 'max_ttl', set: (o, v, wrong) => void (o.most = integer(v, wrong)) },
  {
    short: 'N',
    long: 'sim-queries',
    value: 'squeries',
    set: (o, v, wrong) => void (o.simultaneous = integer(v, wrong)),
  },
  { short: 'n', set: (o) => void (o.numeric = true) },
  { short: 'p', long: 'port', value: 'port', set: (o, v, wrong) => void (o.port = integer(v, wrong)) },
  { short: 't', long: 'tos', value: 'tos', set: (o, v, wrong) => void (o.tos = integer(v, wrong)) },
  { ...unmodelled('l', 'flowlabel'), value: 'flow_label' },
  { short: 'w', long: 'wait', value: 'MAX,HERE,NEAR', set: setWait },
  { short: 'q', long: 'queries', value: 'nqueries', set: (o, v, wrong) => void (o.queries = integer(v, wrong)) },
  unmodelled('r'),
  { short: 's', long: 'source', value: 'src_addr', set: (o, v) => void (o.source = v) },
  { ...unmodelled('z', 'sendwait'), value: 'sendwait' },
  unmodelled('e', 'extensions'),
  unmodelled('A', 'as-path-lookups'),
  { ...unmodelled('M', 'module'), value: 'name' },
  { ...unmodelled('O', 'options'), value: 'OPTS,...' },
  {
    long: 'sport',
    value: 'num',
    set: (o, v, wrong) => {
      o.sourcePort = integer(v, wrong);
      o.simultaneous = 1;
    },
  },
  { long: 'fwmark', value: 'num', set: (o, v, wrong) => void (o.mark = integer(v, wrong)) },
  unmodelled('D', 'dccp'),
  { ...unmodelled('P', 'protocol'), value: 'prot' },
  unmodelled(undefined, 'mtu'),
  unmodelled(undefined, 'back'),
];

function setWait(options: TracerouteOptions, value: string, wrong: () => TracerouteExit): void {
  const numbers = value.split(',').map((part) => (/^-?\d*\.?\d+$/.test(part) ? Number(part) : undefined));
  const [most, here = 0, near = 0, ...rest] = numbers;
  if (most === undefined || numbers.includes(undefined) || rest.length > 0) throw wrong();
  if (most < 0 || here < 0 || near < 0) {
    throw new TracerouteExit(`bad wait specifications \`${most},${here},${near}' used`);
  }
  options.wait = { most, here, near };
}

const VERSION = `Modern traceroute for Linux, version 2.1.2
Copyright (c) 2016  Dmitry Butskoy,   License: GPL v2 or any later`;

const USAGE = `Usage:
  traceroute [ -4FITnU ] [ -f first_ttl ] [ -i device ] [ -m max_ttl ] [ -N squeries ] [ -p port ] [ -t tos ] [ -w MAX,HERE,NEAR ] [ -q nqueries ] [ -s src_addr ] [ --sport=num ] [ --fwmark=num ] host [ packetlen ]
Other options of the real tool are not modelled in this simulation.`;

/** Reads a command line as traceroute's own clif.c does. Throws `TracerouteExit`. */
export function readOptions(args: readonly string[]): TracerouteOptions {
  const options: TracerouteOptions = {
    method: 'default',
    first: 1,
    most: 30,
    queries: 3,
    simultaneous: 16,
    wait: { most: 5, here: 3, near: 10 },
    numeric: false,
    port: undefined,
    sourcePort: undefined,
    source: undefined,
    device: undefined,
    mark: undefined,
    tos: 0,
    dontFragment: false,
    host: '',
    hostPosition: 0,
    argc: 0,
    length: DEFAULT_LENGTH,
  };
  const operands: { readonly text: string; readonly argc: number }[] = [];
  if (args.length === 0) throw new TracerouteExit(USAGE, 0);
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    if (word === '--') continue;
    if (word.startsWith('--')) {
      const [name = '', given] = word.slice(2).split('=', 2);
      if (name === 'help') throw new TracerouteExit(USAGE, 0);
      if (name === 'version') throw new TracerouteExit(VERSION, 0);
      const spec = OPTIONS.find(({ long }) => long === name);
      if (spec === undefined) throw new TracerouteExit(`Bad option \`--${name}' (argc ${i + 1})`);
      const at = i + 1;
      const value = spec.value === undefined ? '' : (given ?? args[++i]);
      if (value === undefined) {
        throw new TracerouteExit(`Option \`--${name}' (argc ${at}) requires an argument: \`--${name}=${spec.value}'`);
      }
      const wrong = () => new TracerouteExit(`Cannot handle \`--${name}' option with arg \`${value}' (argc ${i + 1})`);
      spec.set(options, value, wrong);
    } else if (word.startsWith('-') && word.length > 1) i = letters(args, i, options);
    else operands.push({ text: word, argc: i + 1 });
  }
  const [host, length, extra] = operands;
  if (host === undefined) throw new TracerouteExit('Specify "host" missing argument.');
  options.host = host.text;
  options.argc = host.argc;
  if (length !== undefined) {
    const wrong = `Cannot handle "packetlen" cmdline arg \`${length.text}' on position 2 (argc ${length.argc})`;
    options.length = integer(length.text, () => new TracerouteExit(wrong));
  }
  if (extra !== undefined) {
    throw new TracerouteExit(`Extra arg \`${extra.text}' (position 3, argc ${extra.argc})`);
  }
  check(options);
  return options;
}

/** @returns the index of the last word that was used. */
function letters(args: readonly string[], index: number, options: TracerouteOptions): number {
  const word = args[index] ?? '';
  let i = index;
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    if (letter === 'V') throw new TracerouteExit(VERSION, 0);
    const spec = OPTIONS.find(({ short }) => short === letter);
    if (spec === undefined) throw new TracerouteExit(`Bad option \`-${letter}' (argc ${index + 1})`);
    if (spec.value === undefined) {
      spec.set(options, '', () => new TracerouteExit(''));
      continue;
    }
    const attached = word.slice(at + 1);
    const value = attached === '' ? args[++i] : attached;
    if (value === undefined) {
      throw new TracerouteExit(
        `Option \`-${letter}' (argc ${index + 1}) requires an argument: \`-${letter} ${spec.value}'`,
      );
    }
    spec.set(options, value, () => {
      return new TracerouteExit(`Cannot handle \`-${letter}' option with arg \`${value}' (argc ${i + 1})`);
    });
    return i;
  }
  return i;
}

function check({ first, most, queries, simultaneous, length }: TracerouteOptions): void {
  if (first <= 0 || first > most) throw new TracerouteExit('first hop out of range');
  if (most > 255) throw new TracerouteExit('max hops cannot be more than 255');
  if (queries <= 0 || queries > 10) throw new TracerouteExit('no more than 10 probes per hop');
  if (simultaneous <= 0) throw new TracerouteExit('number of simultaneous probes out of range');
  if (length > MOST_LENGTH) throw new TracerouteExit(`too big packetlen ${length} specified`);
  if (length < 0) throw new TracerouteExit(`too big packetlen ${length} specified`);
}
