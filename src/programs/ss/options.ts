import type { SocketEntry } from '../../linux/socket/entry.ts';
import { ALL, DEFAULT, LISTENING, statesNamed } from './states.ts';

type Family = SocketEntry['protocol'];

/** One call of ss. */
export interface SsOptions {
  /** In the order in which they are shown. */
  readonly protocols: readonly Family[];
  readonly states: ReadonlySet<SocketEntry['state']>;
  readonly numeric: boolean;
  readonly timers: boolean;
  readonly extended: boolean;
  readonly processes: boolean;
  readonly info: boolean;
  readonly summary: boolean;
  readonly header: boolean;
  readonly oneLine: boolean;
  readonly netns: string | undefined;
  readonly filter: readonly string[];
}

/** A call that ends at once: its words, and where to. */
export class SsEnd extends Error {
  readonly status: number;
  /** Whether the usage follows, and whether it is an answer (`-h`) or a reproach. */
  readonly usage: 'stdout' | 'stderr' | undefined;

  constructor(message: string, status: number, usage?: 'stdout' | 'stderr') {
    super(message);
    this.name = 'SsEnd';
    this.status = status;
    this.usage = usage;
  }
}

const LONG: Readonly<Record<string, string>> = {
  all: 'a',
  extended: 'e',
  family: 'f',
  help: 'h',
  info: 'i',
  ipv4: '4',
  listening: 'l',
  net: 'N',
  'no-header': 'H',
  numeric: 'n',
  oneline: 'O',
  options: 'o',
  processes: 'p',
  query: 'A',
  sctp: 'S',
  socket: 'A',
  summary: 's',
  tcp: 't',
  udp: 'u',
  version: 'V',
  raw: 'w',
};
/** Known to the real ss, not to this one. */
const UNMODELLED =
  'r resolve m memory T threads tipcinfo tos cgroup b bpf E events Z context z contexts 6 ipv6 0 packet M mptcp d dccp x unix ' +
  'tipc vsock xdp K kill inet-sockopt D diag F filter B';
const unmodelled = new Set(UNMODELLED.split(' '));
const TAKES_VALUE = 'fNA';
const ORDER: readonly Family[] = ['udp', 'tcp', 'sctp'];
const QUERIES: Readonly<Record<string, readonly Family[]>> = {
  all: ORDER,
  inet: ORDER,
  raw: [],
  sctp: ['sctp'],
  tcp: ['tcp'],
  udp: ['udp'],
};

/** Reads the command line. Throws `SsEnd`. */
export function readOptions(words: readonly string[]): SsOptions {
  const set = new Set<string>();
  const chosen = new Set<Family>();
  let asked = false;
  let netns: string | undefined;
  const rest: string[] = [];
  const refuse = (option: string) => new SsEnd(`ss: ${option} is not modelled in this simulation`, 255);
  const take = (letter: string, value: string) => {
    if (letter === 'N') netns = value;
    else if (letter === 'f') {
      if (value !== 'inet') throw refuse(`family ${value}`);
    } else if (letter === 'A') {
      asked = true;
      for (const query of value.split(',')) {
        const protocols = QUERIES[query];
        if (protocols === undefined) throw new SsEnd(`ss: "${query}" is illegal value for socket query`, 255, 'stderr');
        for (const protocol of protocols) chosen.add(protocol);
      }
    }
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word.startsWith('--') && word !== '--') {
      const [name = '', value] = word.slice(2).split('=', 2);
      const letter = LONG[name];
      if (unmodelled.has(name)) throw refuse(`--${name}`);
      if (letter === undefined) throw new SsEnd(`ss: unrecognized option '${word}'`, 255, 'stderr');
      if (TAKES_VALUE.includes(letter)) take(letter, value ?? words[++i] ?? '');
      else set.add(letter);
    } else if (word.startsWith('-') && word.length > 1) {
      for (let at = 1; at < word.length; at++) {
        const letter = word[at] as string;
        if (unmodelled.has(letter)) throw refuse(`-${letter}`);
        if (TAKES_VALUE.includes(letter)) {
          take(letter, word.slice(at + 1) || (words[++i] ?? ''));
          break;
        }
        if (!'aeHhilnOopSstuVw4'.includes(letter)) throw new SsEnd(`ss: invalid option -- '${letter}'`, 255, 'stderr');
        set.add(letter);
      }
    } else {
      rest.push(...words.slice(i));
      break;
    }
  }
  if (set.has('h')) throw new SsEnd('', 0, 'stdout');
  if (set.has('V')) throw new SsEnd('ss utility, iproute2-6.1.0', 0);
  for (const [letter, protocol] of [
    ['t', 'tcp'],
    ['u', 'udp'],
    ['S', 'sctp'],
  ] as const) {
    if (set.has(letter)) chosen.add(protocol);
  }
  if (set.has('w')) asked = true;
  const { states, filter } = readStates(rest, set.has('a') ? ALL : set.has('l') ? LISTENING : DEFAULT);
  return {
    protocols: chosen.size === 0 && !asked ? ORDER : ORDER.filter((protocol) => chosen.has(protocol)),
    states,
    numeric: set.has('n'),
    timers: set.has('o') || set.has('e'),
    extended: set.has('e'),
    processes: set.has('p'),
    info: set.has('i'),
    summary: set.has('s'),
    header: !set.has('H'),
    oneLine: set.has('O'),
    netns,
    filter,
  };
}

/** `state established exclude ...`, in front of the expression. */
function readStates(
  words: readonly string[],
  preset: ReadonlySet<SocketEntry['state']>,
): { states: ReadonlySet<SocketEntry['state']>; filter: readonly string[] } {
  let states: Set<SocketEntry['state']> | undefined;
  let at = 0;
  for (; /^(state|exclude|excl)$/.test(words[at] ?? ''); at += 2) {
    const word = words[at + 1];
    if (word === undefined) throw new SsEnd('Command line is not complete. Try option "help"', 255);
    const named = statesNamed(word);
    if (named === undefined) throw new SsEnd(`ss: wrong state name: ${word}`, 255);
    if (words[at] === 'state') states = new Set([...(states ?? []), ...named]);
    else states = new Set([...(states ?? ALL)].filter((state) => !named.has(state)));
  }
  return { states: states ?? preset, filter: words.slice(at) };
}
