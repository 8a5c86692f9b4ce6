import { type IpAddress, parseIp } from '../../linux/packet/address.ts';

/** What one call of curl asks for; times in milliseconds. */
export interface CurlOptions {
  readonly urls: string[];
  readonly headers: string[];
  readonly data: string[];
  /** `HOST:PORT` -> address. */
  readonly resolve: Map<string, IpAddress>;
  readonly outputs: string[];
  silent: boolean;
  showError: boolean;
  verbose: boolean;
  include: boolean;
  head: boolean;
  fail: boolean;
  ipv4: boolean;
  method: string | undefined;
  userAgent: string | undefined;
  writeOut: string | undefined;
  location: boolean;
  maxRedirects: number;
  failWithBody: boolean;
  noMeter: boolean;
  /** Where the headers go, too. */
  dumpHeader: string | undefined;
  /** `NAME:PASSWORD`. */
  user: string | undefined;
  interface: string | undefined;
  retries: number;
  /** Absent: a second, then ever twice as long. */
  retryDelay: number | undefined;
  retryMaxTime: number;
  retryRefused: boolean;
  retryAll: boolean;
  maxTime: number | undefined;
  connectTimeout: number;
}

/** A call that curl refuses; the message has no `curl: ` before it. */
export class CurlUsage extends Error {
  readonly hint: boolean;

  constructor(message: string, hint = true) {
    super(message);
    this.name = 'CurlUsage';
    this.hint = hint;
  }
}

const DEFAULT_CONNECT_TIMEOUT = 300_000;

type Setter = (options: CurlOptions, value: string, name: string) => void;

const flags: Readonly<Record<string, (options: CurlOptions) => void>> = {
  silent: (o) => (o.silent = true),
  'show-error': (o) => (o.showError = true),
  verbose: (o) => (o.verbose = true),
  include: (o) => (o.include = true),
  head: (o) => (o.head = true),
  fail: (o) => (o.fail = true),
  // Nothing is encrypted here.
  insecure: () => {},
  ipv4: (o) => (o.ipv4 = true),
  'no-buffer': () => {},
  'no-progress-meter': (o) => (o.noMeter = true),
  location: (o) => (o.location = true),
  'fail-with-body': (o) => (o.failWithBody = true),
  'retry-connrefused': (o) => (o.retryRefused = true),
  'retry-all-errors': (o) => (o.retryAll = true),
  'http1.1': () => {},
};

const settings: Readonly<Record<string, Setter>> = {
  output: (o, value) => o.outputs.push(value),
  'write-out': (o, value) => (o.writeOut = value),
  header: (o, value) => o.headers.push(value),
  request: (o, value) => (o.method = value),
  'user-agent': (o, value) => (o.userAgent = value),
  data: (o, value) => o.data.push(value),
  'data-ascii': (o, value) => o.data.push(value),
  'data-binary': (o, value) => o.data.push(value.startsWith('@') ? `\u0001${value.slice(1)}` : value),
  'data-raw': (o, value) => o.data.push(value.startsWith('@') ? `\0${value}` : value),
  'max-time': (o, value, name) => (o.maxTime = seconds(value, name)),
  'connect-timeout': (o, value, name) => (o.connectTimeout = seconds(value, name) || DEFAULT_CONNECT_TIMEOUT),
  'dump-header': (o, value) => (o.dumpHeader = value),
  user: (o, value) => (o.user = value),
  interface: (o, value) => (o.interface = value),
  'max-redirs': (o, value, name) => (o.maxRedirects = whole(value, name)),
  retry: (o, value, name) => (o.retries = whole(value, name)),
  'retry-delay': (o, value, name) => (o.retryDelay = whole(value, name) * 1000),
  'retry-max-time': (o, value, name) => (o.retryMaxTime = whole(value, name) * 1000),
  url: (o, value) => o.urls.push(value),
  resolve: (o, value) => {
    const match = /^\+?([^:]+):(\d+):(.+)$/.exec(value);
    const address = parseIp(match?.[3] ?? '');
    if (match === null || address === undefined) {
      throw new CurlUsage(`--resolve wants HOST:PORT:ADDRESS with an IPv4 address, not ${value}`, false);
    }
    o.resolve.set(`${match[1]?.toLowerCase()}:${match[2]}`, address);
  },
};

const LETTERS: Readonly<Record<string, string>> = {
  s: 'silent',
  S: 'show-error',
  v: 'verbose',
  i: 'include',
  I: 'head',
  f: 'fail',
  k: 'insecure',
  '4': 'ipv4',
  N: 'no-buffer',
  o: 'output',
  w: 'write-out',
  H: 'header',
  X: 'request',
  A: 'user-agent',
  d: 'data',
  D: 'dump-header',
  L: 'location',
  u: 'user',
  m: 'max-time',
};

/** Known to the real curl, not to this one. */
const UNMODELLED =
  '6 ipv6 x proxy F form T upload-file G get O remote-name J remote-header-name e referer b cookie c ' +
  'cookie-jar E cert cacert capath compressed z time-cond C continue-at r range ' +
  'local-port unix-socket connect-to fail-early json ' +
  'data-urlencode http2 http0.9 http1.0 http3 tlsv1.2 tlsv1.3 trace trace-ascii trace-time q disable K config ' +
  'n netrc p proxytunnel tcp-nodelay keepalive-time limit-rate Y y Z parallel post301 raw stderr basic digest ' +
  'ntlm negotiate oauth2-bearer a append globoff g progress-bar # haproxy-protocol request-target path-as-is dns-servers';
const unmodelled = new Set(UNMODELLED.split(' '));

/** Reads the command line as curl does: short options may stand together, a value may be attached. Throws `CurlUsage`. */
export function readOptions(words: readonly string[]): CurlOptions {
  const options: CurlOptions = {
    urls: [],
    headers: [],
    data: [],
    resolve: new Map(),
    outputs: [],
    silent: false,
    showError: false,
    verbose: false,
    include: false,
    head: false,
    fail: false,
    ipv4: false,
    method: undefined,
    userAgent: undefined,
    writeOut: undefined,
    location: false,
    maxRedirects: 50,
    failWithBody: false,
    noMeter: false,
    dumpHeader: undefined,
    user: undefined,
    interface: undefined,
    retries: 0,
    retryDelay: undefined,
    retryMaxTime: 0,
    retryRefused: false,
    retryAll: false,
    maxTime: undefined,
    connectTimeout: DEFAULT_CONNECT_TIMEOUT,
  };
  let plain = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (plain || !word.startsWith('-') || word === '-') options.urls.push(word);
    else if (word === '--') plain = true;
    else if (word.startsWith('--')) {
      const name = longName(word.slice(2));
      if (name === undefined) throw unknown(word, word.slice(2));
      apply(options, name, word, () => words[++i]);
    } else {
      for (let at = 1; at < word.length; at++) {
        const letter = word[at] ?? '';
        const name = LETTERS[letter];
        if (name === undefined) throw unknown(word, letter);
        const attached = word.slice(at + 1);
        if (apply(options, name, word, () => (attached === '' ? words[++i] : attached))) break;
      }
    }
  }
  if (options.fail && options.failWithBody) {
    throw new CurlUsage('option --fail-with-body: is badly used here');
  }
  return options;
}

/** @returns whether a value was taken. */
function apply(options: CurlOptions, name: string, word: string, value: () => string | undefined): boolean {
  const flag = flags[name];
  if (flag !== undefined) {
    flag(options);
    return false;
  }
  const given = value();
  if (given === undefined) throw new CurlUsage(`option ${word}: requires parameter`);
  settings[name]?.(options, given, word);
  return true;
}

/** curl takes any unambiguous beginning of a long name. */
function longName(text: string): string | undefined {
  const names = [...Object.keys(flags), ...Object.keys(settings)];
  if (names.includes(text)) return text;
  const found = names.filter((name) => name.startsWith(text));
  return found.length === 1 && !unmodelled.has(text) ? found[0] : undefined;
}

function unknown(word: string, name: string): CurlUsage {
  return unmodelled.has(name)
    ? new CurlUsage(`option ${word}: is not modelled in this simulation`, false)
    : new CurlUsage(`option ${word}: is unknown`);
}

function whole(text: string, name: string): number {
  if (!/^-?\d{1,9}$/.test(text)) throw new CurlUsage(`option ${name}: expected a proper numerical parameter`);
  return Number(text);
}

function seconds(text: string, name: string): number {
  if (!/^\d+(\.\d*)?$|^\.\d+$/.test(text)) throw new CurlUsage(`option ${name}: expected a proper numerical parameter`);
  return Number(text) * 1000;
}
