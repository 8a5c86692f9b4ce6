import type { Process } from '../../linux/process/process.ts';
import { serviceByName } from '../netdb.ts';

/** One call of nc; times in seconds. */
export interface NcOptions {
  host: string | undefined;
  /** In order; a range is written out. */
  ports: readonly number[];
  /** The first port as it was written. */
  service: string;
  listen: boolean;
  keep: boolean;
  udp: boolean;
  scan: boolean;
  verbose: boolean;
  numeric: boolean;
  ipv4: boolean;
  detached: boolean;
  broadcast: boolean;
  crlf: boolean;
  shutdown: boolean;
  wait: number | undefined;
  quit: number | undefined;
  interval: number;
  source: string | undefined;
  sourcePort: string | undefined;
}

/** A call that nc refuses. `usage`: its usage follows. */
export class NcUsage extends Error {
  readonly usage: boolean;

  constructor(message: string, usage = false) {
    super(message);
    this.name = 'NcUsage';
    this.usage = usage;
  }
}

export const USAGE = `usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
	  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
	  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
	  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
	  [destination] [port]
`;

/** What `-h` prints before the usage. */
const HELP = `OpenBSD netcat (Debian patchlevel 1.219-1)
${USAGE}	Command Summary:
		-4		Use IPv4
		-b		Allow broadcast
		-C		Send CRLF as line-ending
		-d		Detach from stdin
		-h		This help text
		-i interval	Delay interval for lines sent, ports scanned
		-k		Keep inbound sockets open for multiple connects
		-l		Listen mode, for inbound connects
		-N		Shutdown the network socket after EOF on stdin
		-n		Suppress name/port resolutions
		-p port		Specify local port for remote connects
		-q secs		quit after EOF on stdin and delay of secs
		-s sourceaddr	Local source address
		-u		UDP mode
		-v		Verbose
		-w timeout	Timeout for connects and final net reads
		-z		Zero-I/O mode [used for scanning]
	Port numbers can be individual or ranges: lo-hi [inclusive]
	Other options of the real tool are not modelled in this simulation.
`;

const flags: Readonly<Record<string, (options: NcOptions) => void>> = {
  '4': (o) => (o.ipv4 = true),
  b: (o) => (o.broadcast = true),
  C: (o) => (o.crlf = true),
  d: (o) => (o.detached = true),
  k: (o) => (o.keep = true),
  l: (o) => (o.listen = true),
  N: (o) => (o.shutdown = true),
  n: (o) => (o.numeric = true),
  u: (o) => (o.udp = true),
  v: (o) => (o.verbose = true),
  z: (o) => (o.scan = true),
};

const settings: Readonly<Record<string, (options: NcOptions, value: string) => void>> = {
  i: (o, value) => (o.interval = number(value, 'interval')),
  p: (o, value) => (o.sourcePort = value),
  q: (o, value) => {
    o.quit = number(value, 'quit timer', -2147483648);
    if (o.quit < 0) o.quit = undefined;
    else o.shutdown = true;
  },
  s: (o, value) => (o.source = value),
  w: (o, value) => (o.wait = number(value, 'timeout')),
};

/** Known to the real nc, not to this one. */
const UNMODELLED = { flags: '6DFrStUZ', values: 'IMmOPTVWXx' };

/** Reads the command line as getopt(3) does. Throws `NcUsage`. */
export function readOptions(process: Pick<Process, 'files'>, words: readonly string[]): NcOptions {
  const options: NcOptions = {
    host: undefined,
    ports: [],
    service: '',
    listen: false,
    keep: false,
    udp: false,
    scan: false,
    verbose: false,
    numeric: false,
    ipv4: false,
    detached: false,
    broadcast: false,
    crlf: false,
    shutdown: false,
    wait: undefined,
    quit: undefined,
    interval: 0,
    source: undefined,
    sourcePort: undefined,
  };
  const operands: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') {
      operands.push(...words.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] as string;
      if (letter === 'h') throw new NcUsage(HELP);
      const flag = flags[letter];
      if (flag !== undefined) {
        flag(options);
        continue;
      }
      if (UNMODELLED.flags.includes(letter) || UNMODELLED.values.includes(letter)) {
        throw new NcUsage(`nc: option -${letter} is not modelled in this simulation`);
      }
      const set = settings[letter];
      if (set === undefined) throw new NcUsage(`nc: invalid option -- '${letter}'`, true);
      const value = word.slice(at + 1) || words[++i];
      if (value === undefined) throw new NcUsage(`nc: option requires an argument -- '${letter}'`, true);
      set(options, value);
      break;
    }
  }
  place(process, options, operands);
  return options;
}

/** What is host and what is port, and what doesn't go together (main() of netcat.c). */
function place(process: Pick<Process, 'files'>, options: NcOptions, operands: readonly string[]): void {
  const [first, second, third] = operands;
  const protocol = options.udp ? 'udp' : 'tcp';
  if (first === undefined && !options.listen) throw new NcUsage('', true);
  if (third !== undefined) throw new NcUsage('', true);
  let port = second;
  if (options.listen) {
    if (options.sourcePort !== undefined) {
      if (second !== undefined || (first !== undefined && /^\d+$/.test(first))) throw new NcUsage('', true);
      options.host = first;
      port = options.sourcePort;
    } else if (second === undefined) port = first;
    else options.host = first;
  } else options.host = first;
  if (options.listen && options.scan) throw new NcUsage('nc: cannot use -z and -l');
  if (!options.listen && options.keep) throw new NcUsage('nc: must use -l with -k');
  if (port === undefined) throw new NcUsage('nc: missing port number');
  options.service = port;
  options.ports = ports(process, port, protocol);
}

function ports(process: Pick<Process, 'files'>, text: string, protocol: string): readonly number[] {
  const known = serviceByName(process, text, protocol);
  if (known !== undefined) return [known.port];
  const dash = text.indexOf('-');
  if (dash <= 0) return [portNumber(text)];
  const [a, b] = [portNumber(text.slice(0, dash)), portNumber(text.slice(dash + 1))];
  const low = Math.min(a, b);
  return Array.from({ length: Math.abs(b - a) + 1 }, (_, i) => low + i);
}

function portNumber(text: string): number {
  return number(text, 'port number', 1, 65535);
}

/** strtonum(3)'s words. */
function number(text: string, what: string, least = 0, most = 2147483647): number {
  if (!/^-?\d+$/.test(text)) throw new NcUsage(`nc: ${what} invalid: ${text}`);
  if (Number(text) < least) throw new NcUsage(`nc: ${what} too small: ${text}`);
  if (Number(text) > most) throw new NcUsage(`nc: ${what} too large: ${text}`);
  return Number(text);
}
