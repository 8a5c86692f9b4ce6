import { parseIp } from '../../linux/packet/address.ts';
import type { Endpoint } from '../../linux/socket/socket.ts';
import { CLASS_IN, classNumber } from '../dns/message.ts';
import { reverseName, typeNumber } from '../dns/record.ts';
import { labelsOf } from '../dns/wire.ts';

/** What is set for one question; what comes before the first name holds for all. */
export interface Lookup {
  name: string;
  type: number;
  class: number;
  /** As it was written behind `@`; absent: those of resolv.conf. */
  server: string | undefined;
  question: boolean;
  answer: boolean;
  authority: boolean;
  additional: boolean;
  comments: boolean;
  stats: boolean;
  ttl: boolean;
  showClass: boolean;
  /** Absent: TCP for ANY alone. */
  tcp: boolean | undefined;
  recurse: boolean;
  authenticData: boolean;
  checkingDisabled: boolean;
  search: boolean;
  /** Takes a truncated answer as it is. */
  ignore: boolean;
  edns: boolean;
  dnssec: boolean;
  cookie: boolean;
  size: number;
  /** Seconds. */
  time: number;
  tries: number;
  identify: boolean;
}

export interface DigCall {
  readonly lookups: readonly Lookup[];
  readonly port: number;
  readonly source: Endpoint | undefined;
  /** `;` lines above the first answer. */
  readonly showCommand: boolean;
  readonly short: boolean;
  /** How many servers had been named before the first name. */
  readonly servers: number;
  /** Said before anything else. */
  readonly warnings: readonly string[];
}

/** A call that dig refuses. `usage`: its usage follows. */
export class DigUsage extends Error {
  readonly status: number;
  readonly usage: boolean;
  /** What goes to stdout. */
  readonly said: string;

  constructor(message: string, status: number, usage = false, said = '') {
    super(message);
    this.said = said;
    this.name = 'DigUsage';
    this.status = status;
    this.usage = usage;
  }
}

type Flag = (lookup: Lookup, state: boolean, call: { showCommand: boolean; short: boolean }) => void;

const flags: Readonly<Record<string, Flag>> = {
  additional: (l, state) => (l.additional = state),
  adflag: (l, state) => (l.authenticData = state),
  all: (l, state, call) => {
    sections(l, state);
    call.showCommand = state;
  },
  answer: (l, state) => (l.answer = state),
  authority: (l, state) => (l.authority = state),
  cdflag: (l, state) => (l.checkingDisabled = state),
  class: (l, state) => (l.showClass = state),
  cmd: (_, state, call) => (call.showCommand = state),
  comments: (l, state) => (l.comments = state),
  cookie: (l, state) => (l.cookie = state),
  defname: (l, state) => (l.search = state),
  dnssec: (l, state) => (l.dnssec = state),
  edns: (l, state) => (l.edns = state),
  identify: (l, state) => (l.identify = state),
  ignore: (l, state) => (l.ignore = state),
  question: (l, state) => (l.question = state),
  recurse: (l, state) => (l.recurse = state),
  rdflag: (l, state) => (l.recurse = state),
  search: (l, state) => (l.search = state),
  short: (l, state, call) => {
    call.short = state;
    if (!state) return;
    call.showCommand = false;
    sections(l, false);
    l.answer = true;
  },
  stats: (l, state) => (l.stats = state),
  tcp: (l, state) => (l.tcp = state),
  ttlid: (l, state) => (l.ttl = state),
  vc: (l, state) => (l.tcp = state),
};

const values: Readonly<Record<string, (lookup: Lookup, value: string) => void>> = {
  bufsize: (l, value) => (l.size = number(value, 'buffer size', 65535)),
  retry: (l, value) => (l.tries = number(value, 'retries', 1000) + 1),
  time: (l, value) => (l.time = Math.max(1, number(value, 'timeout', 3600))),
  timeout: (l, value) => (l.time = Math.max(1, number(value, 'timeout', 3600))),
  tries: (l, value) => (l.tries = Math.max(1, number(value, 'tries', 1000))),
};

/** Known to the real dig, not to this one. */
const UNMODELLED =
  'aaflag aaonly badcookie besteffort crypto domain dns64prefix dscp ednsflags ednsnegotiation ednsopt expandaaaa expire fail ' +
  'fuzztime header-only http-plain https https-get idnin idnout keepalive keepopen mapped multiline ndots nsid nssearch ' +
  'onesoa opcode padding qid qr raflag rrcomments showbadvers showsearch split subnet tcflag tls tls-ca tls-hostname trace ' +
  'trusted-key unexpected unknownformat yaml zflag zoneversion nssearch besteffort';
const unmodelled = new Set(UNMODELLED.split(' '));

/** Reads the command line; `-h` and `-v` are the program's own affair. Throws `DigUsage`. */
export function readArguments(words: readonly string[]): DigCall {
  const global: Lookup = { ...DEFAULTS };
  const call = { showCommand: true, short: false };
  const lookups: Lookup[] = [];
  const warnings: string[] = [];
  let port = 53;
  let source: Endpoint | undefined;
  let servers = 0;
  let typed = false;
  const current = () => lookups.at(-1) ?? global;
  const add = (name: string, changes: Partial<Lookup> = {}) => {
    if (name !== '.' && labelsOf(name) === undefined) {
      throw new DigUsage(
        `dig: '${name}' is not a legal name (${name === '' ? 'unexpected end of input' : faultOf(name)})`,
        10,
      );
    }
    if (lookups.length === 0) servers = global.server === undefined ? 0 : 1;
    lookups.push({ ...global, name, ...changes });
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word.startsWith('@')) current().server = word.slice(1);
    else if (word.startsWith('+')) plus(word, current(), call);
    else if (/^-[46]$/.test(word)) {
      if (word === '-6') throw new DigUsage('dig: IPv6 is not modelled in this simulation', 1);
    } else if (/^-[bcfhikmpqrtuvxy]/.test(word)) {
      const letter = word[1] as string;
      if ('imru'.includes(letter)) {
        if (letter !== 'r') throw new DigUsage(`dig: option -${letter} is not modelled in this simulation`, 1);
        continue;
      }
      const value = word.length > 2 ? word.slice(2) : words[++i];
      if (value === undefined) throw new DigUsage(`Invalid option: ${word}`, 1, true);
      if (letter === 'x')
        add(reverseName(value) ?? `${value.split('.').reverse().join('.')}.in-addr.arpa.`, { type: 12 });
      else if (letter === 'q') add(value);
      else if (letter === 'p') port = number(value, 'port number', 65535);
      else if (letter === 't') {
        const type = typeNumber(value);
        if (type === undefined) warnings.push(`;; Warning, ignoring invalid type ${value}`);
        else current().type = type;
      } else if (letter === 'c') {
        const kind = classNumber(value);
        if (kind === undefined) warnings.push(`;; Warning, ignoring invalid class ${value}`);
        else current().class = kind;
      } else if (letter === 'b') {
        const [text = '', from = '0'] = value.split('#');
        const address = parseIp(text);
        if (address === undefined) throw new DigUsage(`dig: invalid address ${value}`, 10);
        source = { address, port: number(from, 'port number', 65535) };
      } else throw new DigUsage(`dig: option -${letter} is not modelled in this simulation`, 1);
    } else if (word.startsWith('-') && word.length > 1) throw new DigUsage(`Invalid option: ${word}`, 1, true);
    else {
      const type = typeNumber(word);
      const kind = classNumber(word);
      if (type !== undefined) {
        if (typed && lookups.length === 0) warnings.push(';; Warning, extra type option');
        typed = lookups.length === 0;
        current().type = type;
      } else if (kind !== undefined) current().class = kind;
      else add(word);
    }
  }
  // dig without a name asks for the root's servers.
  if (lookups.length === 0) add('.', global.type === DEFAULTS.type && !typed ? { type: 2 } : {});
  return { lookups, port, source, servers, warnings, ...call };
}

const DEFAULTS: Lookup = {
  name: '.',
  type: 1,
  class: CLASS_IN,
  server: undefined,
  question: true,
  answer: true,
  authority: true,
  additional: true,
  comments: true,
  stats: true,
  ttl: true,
  showClass: true,
  tcp: undefined,
  recurse: true,
  authenticData: true,
  checkingDisabled: false,
  search: false,
  ignore: false,
  edns: true,
  dnssec: false,
  cookie: true,
  size: 1232,
  time: 5,
  tries: 3,
  identify: false,
};

function sections(lookup: Lookup, state: boolean): void {
  lookup.question = lookup.answer = lookup.authority = lookup.additional = state;
  lookup.comments = lookup.stats = state;
}

function plus(word: string, lookup: Lookup, call: { showCommand: boolean; short: boolean }): void {
  const [option = '', value] = word.slice(1).split('=', 2);
  const no = option.startsWith('no') && option !== 'no' && !(option in flags);
  const name = no ? option.slice(2) : option;
  const found = [...Object.keys(flags), ...Object.keys(values)].filter(
    (known) => known.startsWith(name) && name !== '',
  );
  const exact = found.includes(name) ? name : found[0];
  if (unmodelled.has(name)) throw new DigUsage(`dig: +${option} is not modelled in this simulation`, 1);
  if (exact === undefined || (found.length > 1 && exact !== name))
    throw new DigUsage(`Invalid option: ${word}`, 1, true);
  const set = values[exact];
  if (set !== undefined) {
    if (value === undefined) throw new DigUsage(`Invalid option: ${word}`, 1, true);
    set(lookup, value);
  } else flags[exact]?.(lookup, !no, call);
}

function number(text: string, what: string, most: number): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new DigUsage(`dig: Couldn't parse ${what}`, 10, false, `invalid ${what} '${text}': not a valid number\n`);
  }
  if (Number(text) > most)
    throw new DigUsage(`dig: Couldn't parse ${what}`, 10, false, `invalid ${what} '${text}': out of range\n`);
  return Number(text);
}

function faultOf(name: string): string {
  if (name.includes('..') || name.startsWith('.')) return 'empty label';
  return name.split('.').some((label) => label.length > 63) ? 'label too long' : 'ran out of space';
}
