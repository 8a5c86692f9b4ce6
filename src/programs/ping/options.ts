/** What one call of ping asks for; times in milliseconds. */
export interface PingOptions {
  host: string;
  count: number | undefined;
  interval: number;
  deadline: number | undefined;
  /** How long to wait for the last answers. */
  linger: number;
  size: number;
  ttl: number | undefined;
  numeric: boolean;
  quiet: boolean;
  /** `-I`: a device's name or an own address. */
  from: string | undefined;
  /** `-M`: whether packets may be cut into fragments, here or on the way. */
  discovery: 'do' | 'want' | 'dont';
  /** `-D`: each line begins with the time of day. */
  stamped: boolean;
  /** `-O`: says before the next request that the last one has no answer yet. */
  outstanding: boolean;
  /** `-a`: a bell with each answer. */
  audible: boolean;
  /** `-A`: as fast as answers come. */
  adaptive: boolean;
  /** `-f`: without pause, a dot for each request that has no answer. */
  flood: boolean;
  /** `-b`: a broadcast address will do. */
  broadcast: boolean;
  /** `-l`: so many requests at once, at first. */
  preload: number;
  /** `-p`: what the data are filled with. */
  pattern: Uint8Array | undefined;
  tos: number | undefined;
  mark: number | undefined;
  identifier: number | undefined;
}

export class PingUsage extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = 'PingUsage';
    this.status = status;
  }
}

const USAGE = `
Usage
  ping [-4aAbDfnOqUV] [-c COUNT] [-e IDENTIFIER] [-i INTERVAL] [-I INTERFACE] [-l PRELOAD] [-m MARK] [-M do|want|dont]
       [-p PATTERN] [-Q TOS] [-s SIZE] [-t TTL] [-w DEADLINE] [-W TIMEOUT] DESTINATION
Other options of the real tool are not modelled in this simulation.`;

const LEAST_INTERVAL = 2;
/** iputils' own limit for `-s`. */
const MOST_SIZE = 127992;
/** LONG_MAX, as it prints. */
const MAX = 9223372036854775807n;
/** Letters of the real tool that ask for what is not modelled. */
const LEFT_OUT = 'BCdFHLNrRSTv';

/** Reads the command line as iputils does. Throws `PingUsage`. */
export function readOptions(words: readonly string[]): PingOptions {
  const options: PingOptions = {
    host: '',
    count: undefined,
    interval: 1000,
    deadline: undefined,
    linger: 10_000,
    size: 56,
    ttl: undefined,
    numeric: false,
    quiet: false,
    from: undefined,
    discovery: 'want',
    stamped: false,
    outstanding: false,
    audible: false,
    adaptive: false,
    flood: false,
    broadcast: false,
    preload: 1,
    pattern: undefined,
    tos: undefined,
    mark: undefined,
    identifier: undefined,
  };
  const hosts: string[] = [];
  let plain = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (plain || !word.startsWith('-') || word === '-') {
      hosts.push(word);
      continue;
    }
    if (word === '--') {
      plain = true;
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] ?? '';
      if (flag(options, letter)) continue;
      if (LEFT_OUT.includes(letter)) throw new PingUsage(`ping: -${letter} is not modelled in this simulation`, 2);
      if (!'cwWistIMlpQme'.includes(letter)) throw new PingUsage(`ping: invalid option -- '${letter}'\n${USAGE}`, 2);
      const attached = word.slice(at + 1);
      const value = attached === '' ? words[++i] : attached;
      if (value === undefined) throw new PingUsage(`ping: option requires an argument -- '${letter}'\n${USAGE}`, 2);
      setting(options, letter, value);
      break;
    }
  }
  const [host, ...more] = hosts;
  if (host === undefined) throw new PingUsage('ping: usage error: Destination address required', 1);
  if (more.length > 0) throw new PingUsage('ping: routes given by the sender (more than one host) are not modelled', 2);
  options.host = host;
  return options;
}

type Flag = 'numeric' | 'quiet' | 'stamped' | 'outstanding' | 'audible' | 'adaptive' | 'flood' | 'broadcast';

const VERSION = `ping from iputils 20221126
libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes`;

const FLAGS: ReadonlyMap<string, Flag> = new Map([
  ['n', 'numeric'],
  ['q', 'quiet'],
  ['D', 'stamped'],
  ['O', 'outstanding'],
  ['a', 'audible'],
  ['A', 'adaptive'],
  ['f', 'flood'],
  ['b', 'broadcast'],
]);

function flag(options: PingOptions, letter: string): boolean {
  const name = FLAGS.get(letter);
  if (name !== undefined) options[name] = true;
  else if (letter === 'V') throw new PingUsage(VERSION, 0);
  else if (letter === '6') throw new PingUsage('ping: IPv6 is not modelled in this simulation', 2);
  else if (letter === 'h') throw new PingUsage(USAGE.trimStart(), 2);
  else return letter === '4' || letter === 'U';
  return true;
}

function setting(options: PingOptions, letter: string, value: string): void {
  if (letter === 'c') options.count = whole(value, 1, MAX);
  else if (letter === 'w') options.deadline = whole(value, 0, 2 ** 31 - 1) * 1000;
  else if (letter === 'l') options.preload = whole(value, 1, 65536);
  else if (letter === 'm') options.mark = whole(value, 0, 2 ** 31 - 1);
  else if (letter === 'Q') options.tos = trafficClass(value);
  else if (letter === 'e') options.identifier = whole(value, 0, 65535);
  else if (letter === 'p') options.pattern = pattern(value);
  else if (letter === 'W') options.linger = seconds(value, 'linger time');
  else if (letter === 's') options.size = whole(value, 0, MOST_SIZE);
  else if (letter === 't') options.ttl = whole(value, 0, 255);
  else if (letter === 'I') options.from = value;
  else if (letter === 'i') {
    options.interval = seconds(value, 'timing interval');
    if (options.interval === 0) options.adaptive = true;
    else if (options.interval < LEAST_INTERVAL) options.interval = LEAST_INTERVAL;
  } else if (value === 'do' || value === 'want' || value === 'dont') options.discovery = value;
  else throw new PingUsage(`ping: invalid -M argument: ${value}`, 2);
}

/** Up to 16 bytes, two hexadecimal digits each; a last one alone is a byte, too. */
function pattern(text: string): Uint8Array {
  if (!/^[0-9a-f]+$/i.test(text)) {
    throw new PingUsage(`ping: patterns must be specified as hex digits: ${text}`, 2);
  }
  const bytes = (text.slice(0, 32).match(/..?/g) ?? []).map((digits) => Number.parseInt(digits, 16));
  return Uint8Array.from(bytes);
}

/** parsetos: decimal, or hexadecimal after `0x`. */
function trafficClass(text: string): number {
  const value = /^0x[0-9a-f]+$/i.test(text) ? Number(text) : whole(text, 0, 255);
  if (value > 255) throw new PingUsage(`ping: the decimal value of TOS bits must be in range 0-255: ${value}`, 2);
  return value;
}

function whole(text: string, least: number, most: number | bigint): number {
  if (!/^[+-]?\d+$/.test(text)) throw new PingUsage(`ping: invalid argument: '${text}'`, 1);
  const value = Number(text);
  if (value >= least && value <= most) return value;
  throw new PingUsage(`ping: invalid argument: '${text}': out of range: ${least} <= value <= ${most}`, 1);
}

function seconds(text: string, what: string): number {
  if (!/^\d*\.?\d+$|^\d+\.$/.test(text)) throw new PingUsage(`ping: bad ${what}: ${text}`, 2);
  return Number(text) * 1000;
}
