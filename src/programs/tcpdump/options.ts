import type { PrintOptions } from './printer.ts';
import { TcpdumpError, USAGE } from './usage.ts';

/** What one call of tcpdump asks for. */
export interface TcpdumpOptions {
  readonly print: PrintOptions;
  /** `-i` */
  readonly device: string | undefined;
  /** `-r`, `-w`: `-` is standard input, output. */
  readonly read: string | undefined;
  readonly write: string | undefined;
  /** `-c` */
  readonly count: number | undefined;
  /** `--count`: how many packets there were, and nothing of them. */
  readonly countOnly: boolean;
  /** `--print`: what is written with -w too. */
  readonly printWritten: boolean;
  /** `-Q` */
  readonly direction: 'in' | 'out' | undefined;
  /** Not `-p`. */
  readonly promiscuous: boolean;
  /** `-s` */
  readonly snapLength: number;
  /** `-D`, `-L`, `-h`, `--version` */
  readonly action: 'capture' | 'devices' | 'links' | 'help' | 'version';
  readonly expression: string;
}

const MOST = 262144;
const WITH_VALUE = 'BcCEFGijmMQrsTVwWyzZ';
/** They change nothing here: output is never held back, names of links are all there are, nothing is optimized. */
const NO_EFFECT = 'abHlOuU';
const COUNTED = 'AeKnNpqStvxX#';
const ACTIONS: Readonly<Record<string, TcpdumpOptions['action']>> = { D: 'devices', L: 'links', h: 'help' };

const long: Readonly<Record<string, string>> = {
  'list-interfaces': 'D',
  help: 'h',
  interface: 'i',
  'list-data-link-types': 'L',
  'dont-verify-checksums': 'K',
  'no-optimize': 'O',
  'no-promiscuous-mode': 'p',
  direction: 'Q',
  'snapshot-length': 's',
  'absolute-tcp-sequence-numbers': 'S',
  'packet-buffered': 'U',
  number: '#',
  'buffer-size': 'B',
  'monitor-mode': 'I',
  'time-stamp-type': 'j',
  'list-time-stamp-types': 'J',
  linktype: 'y',
  'relinquish-privileges': 'Z',
  'time-stamp-precision': '--time-stamp-precision',
  'immediate-mode': '--immediate-mode',
  micro: '--micro',
  nano: '--nano',
  print: '--print',
  count: '--count',
  version: '--version',
};
const LONG_WITH_VALUE = ['--time-stamp-precision'];

/** What getopt_long(3) has found: options in their order, and the words of the expression. */
interface Found {
  readonly option: string;
  readonly value: string;
}

/** Reads the command line as getopt_long(3) does for tcpdump. Throws `TcpdumpError`. */
export function readOptions(words: readonly string[]): TcpdumpOptions {
  const found: Found[] = [];
  const expression: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === '--') {
      expression.push(...words.slice(i + 1));
      break;
    }
    if (word.startsWith('--')) i += readLong(word, words[i + 1], found);
    else if (word.startsWith('-') && word !== '-') i += readShort(word, words[i + 1], found);
    else expression.push(word);
  }
  return interpret(found, expression.join(' '));
}

const misuse = (problem: string): TcpdumpError => new TcpdumpError(`${problem}\n${USAGE}`);

/** @returns how many words more it took. */
function readLong(word: string, next: string | undefined, found: Found[]): number {
  const [name = '', attached] = word.slice(2).split(/=(.*)/s);
  const matches = Object.keys(long).filter((known) => known === name || known.startsWith(name));
  const exact = matches.includes(name) ? name : matches.length === 1 ? matches[0] : undefined;
  if (exact === undefined) {
    throw misuse(matches.length > 1 ? `option '${word}' is ambiguous` : `unrecognized option '${word}'`);
  }
  const option = long[exact] as string;
  const takesValue = LONG_WITH_VALUE.includes(option) || (option.length === 1 && WITH_VALUE.includes(option));
  if (!takesValue) {
    if (attached !== undefined) throw misuse(`option '--${exact}' doesn't allow an argument`);
    found.push({ option, value: '' });
    return 0;
  }
  const value = attached ?? next;
  if (value === undefined) throw misuse(`option '--${exact}' requires an argument`);
  found.push({ option, value });
  return attached === undefined ? 1 : 0;
}

function readShort(word: string, next: string | undefined, found: Found[]): number {
  for (let at = 1; at < word.length; at++) {
    const option = word[at] as string;
    if (!WITH_VALUE.includes(option)) {
      found.push({ option, value: '' });
      continue;
    }
    const attached = word.slice(at + 1);
    const value = attached === '' ? next : attached;
    if (value === undefined) throw misuse(`option requires an argument -- '${option}'`);
    found.push({ option, value });
    return attached === '' ? 1 : 0;
  }
  return 0;
}

function interpret(found: readonly Found[], expression: string): TcpdumpOptions {
  const counts = new Map<string, number>();
  const values = new Map<string, string>();
  let action: TcpdumpOptions['action'] = 'capture';
  for (const { option, value } of found) {
    if (COUNTED.includes(option)) counts.set(option, (counts.get(option) ?? 0) + 1);
    else if (option in ACTIONS) action = ACTIONS[option] as TcpdumpOptions['action'];
    else if (option === '--version') action = 'version';
    else if ('cirwQs'.includes(option)) values.set(option, checked(option, value));
    else if (['--count', '--print'].includes(option)) values.set(option, '');
    else if (!NO_EFFECT.includes(option) && option !== '--immediate-mode' && option !== '--micro') refuse(option);
  }
  const times = (option: string) => counts.get(option) ?? 0;
  if (times('t') > 5) throw new TcpdumpError('only -t, -tt, -ttt, -tttt and -ttttt are supported');
  const count = values.get('c');
  const direction = values.get('Q')?.toLowerCase();
  const snapLength = Number(values.get('s') ?? 0);
  return {
    print: {
      link: times('e') > 0,
      numeric: times('n') > 0,
      shortNames: times('N') > 0,
      verbose: times('v'),
      quiet: times('q'),
      absolute: times('S') > 0,
      uncheckedSums: times('K') > 0,
      time: times('t'),
      hex: times('x'),
      hexAscii: times('X'),
      ascii: times('A'),
      count: times('#') > 0,
    },
    device: values.get('i'),
    read: values.get('r'),
    write: values.get('w'),
    count: count === undefined ? undefined : Number.parseInt(count, 10),
    countOnly: values.has('--count'),
    printWritten: values.has('--print'),
    direction: direction === 'in' || direction === 'out' ? direction : undefined,
    promiscuous: times('p') === 0,
    snapLength: snapLength === 0 ? MOST : snapLength,
    action,
    expression,
  };
}

function checked(option: string, value: string): string {
  if (option === 'c' && !(Number.parseInt(value, 10) > 0)) throw new TcpdumpError(`invalid packet count ${value}`);
  if (option === 'Q' && !/^(in|out|inout)$/i.test(value))
    throw new TcpdumpError(`unknown capture direction \`${value}'`);
  if (option === 's' && !(/^(\d+|0x[0-9a-f]+)$/i.test(value) && Number(value) <= MOST)) {
    throw new TcpdumpError(`invalid snaplen ${value} (must be >= 0 and <= ${MOST})`);
  }
  return value;
}

function refuse(option: string): never {
  const known = `${WITH_VALUE}dEfIJ`.includes(option) || option.startsWith('--');
  if (!known) throw misuse(`invalid option -- '${option}'`);
  throw new TcpdumpError(`${option.length === 1 ? `-${option}` : option} is not modelled in this simulation`);
}
