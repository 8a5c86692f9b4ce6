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
  ping [-4nq] [-c COUNT] [-i INTERVAL] [-I INTERFACE] [-M do|want|dont] [-s SIZE] [-t TTL] [-w DEADLINE] [-W TIMEOUT]
       DESTINATION
Other options of the real tool are not modelled in this simulation.`;

const LEAST_INTERVAL = 2;
/** iputils' own limit for `-s`. */
const MOST_SIZE = 127992;
const MAX = 2 ** 31 - 1;

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
      if (!'cwWistIM'.includes(letter)) throw new PingUsage(`ping: invalid option -- '${letter}'\n${USAGE}`, 2);
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

function flag(options: PingOptions, letter: string): boolean {
  if (letter === 'n') options.numeric = true;
  else if (letter === 'q') options.quiet = true;
  else if (letter === '6') throw new PingUsage('ping: IPv6 is not modelled in this simulation', 2);
  else if (letter === 'h') throw new PingUsage(USAGE.trimStart(), 2);
  else return letter === '4';
  return true;
}

function setting(options: PingOptions, letter: string, value: string): void {
  if (letter === 'c') options.count = whole(value, 1, MAX);
  else if (letter === 'w') options.deadline = whole(value, 0, MAX) * 1000;
  else if (letter === 'W') options.linger = seconds(value, 'linger time');
  else if (letter === 's') options.size = whole(value, 0, MOST_SIZE);
  else if (letter === 't') options.ttl = whole(value, 0, 255);
  else if (letter === 'I') options.from = value;
  else if (letter === 'i') {
    options.interval = seconds(value, 'timing interval');
    if (options.interval < LEAST_INTERVAL) options.interval = LEAST_INTERVAL;
  } else if (value === 'do' || value === 'want' || value === 'dont') options.discovery = value;
  else throw new PingUsage(`ping: invalid -M argument: ${value}`, 2);
}

function whole(text: string, least: number, most: number): number {
  if (!/^[+-]?\d+$/.test(text)) throw new PingUsage(`ping: invalid argument: '${text}'`, 1);
  const value = Number(text);
  if (value >= least && value <= most) return value;
  throw new PingUsage(`ping: invalid argument: '${text}': out of range: ${least} <= value <= ${most}`, 1);
}

function seconds(text: string, what: string): number {
  if (!/^\d*\.?\d+$|^\d+\.$/.test(text)) throw new PingUsage(`ping: bad ${what}: ${text}`, 2);
  return Number(text) * 1000;
}
