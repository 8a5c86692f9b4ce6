import type { Stack } from '../../ip/stack.ts';
import { parseNumber } from '../iptables/names.ts';
import { parseElements } from './element.ts';
import { type EntryOptions, IpSet, type SetOptions } from './ip-set.ts';
import { SetProblem, setMessages } from './set-problem.ts';
import { listText, saveText } from './set-text.ts';
import { findSetType, isOtherSetType, type SetType } from './set-type.ts';
import { type Sets, setsOf } from './sets.ts';

/** The options that stand before, behind or between the other words. */
export interface SetFormat {
  readonly exist: boolean;
  readonly quiet: boolean;
  readonly sorted: boolean;
  readonly namesOnly: boolean;
  readonly headersOnly: boolean;
  readonly output: 'plain' | 'save';
}

/** What a command prints; `status` 1: an element that `test` has not found. */
export interface SetAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: 0 | 1;
}

/** Each command with its other names, in ipset's order. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  create: ['create', 'n', '-N'],
  add: ['add', 'a', '-A'],
  del: ['del', 'd', '-D'],
  test: ['test', 't', '-T'],
  destroy: ['destroy', 'x', '-X'],
  list: ['list', 'l', '-L'],
  save: ['save', 's', '-S'],
  restore: ['restore', 'r', '-R'],
  flush: ['flush', 'f', '-F'],
  rename: ['rename', 'e', '-E'],
  swap: ['swap', 'w', '-W'],
  help: ['help', 'h', '-H', '--help', '-h'],
  version: ['version', 'v', '-V', '--version', '-v'],
  quit: ['quit'],
};

export function setCommandName(word: string): string | undefined {
  return Object.keys(COMMANDS).find((name) => COMMANDS[name]?.includes(word));
}

const NAME_LENGTH = 31;
const NOTHING: SetAnswer = { stdout: '', stderr: '', status: 0 };

/** Carries out one command but `restore`, `help` and `version`. Throws `SetProblem`. */
export function runSetCommand(stack: Stack, command: string, words: readonly string[], format: SetFormat): SetAnswer {
  const sets = setsOf(stack);
  try {
    return run(stack, sets, command, words, format);
  } catch (error) {
    if (error instanceof SetProblem && error.existing && format.exist) return NOTHING;
    throw error;
  }
}

function run(stack: Stack, sets: Sets, command: string, words: readonly string[], format: SetFormat): SetAnswer {
  switch (command) {
    case 'create':
      create(stack, sets, words, format);
      return NOTHING;
    case 'add':
    case 'del':
    case 'test':
      return onElements(sets, command, words, format);
    case 'list':
    case 'save':
      return show(stack, sets, command, words, format);
    case 'destroy':
    case 'flush': {
      const [name, more] = words;
      if (more !== undefined) throw unknown(more);
      if (name !== undefined) checkName(name);
      if (command === 'destroy') {
        if (name === undefined) sets.destroyAll();
        else if (sets.find(name) !== undefined || !format.exist) sets.destroy(name);
      } else if (name === undefined) for (const [, set] of sets.list()) set.flush();
      else sets.get(name).flush();
      return NOTHING;
    }
    default: {
      const [from, to] = mandatory(words, 2, command) as [string, string];
      if (words[2] !== undefined) throw unknown(words[2]);
      if (command === 'rename') sets.rename(from, checkName(to));
      else sets.swap(from, to);
      return NOTHING;
    }
  }
}

function mandatory(words: readonly string[], count: 1 | 2, command: string): readonly string[] {
  if (words.length === 0) throw new SetProblem(`Missing mandatory argument to command ${command}`, 2);
  if (words.length < count) throw new SetProblem(`Missing second mandatory argument to command ${command}`, 2);
  checkName(words[0] as string);
  return words;
}

function checkName(name: string): string {
  if (name.length <= NAME_LENGTH) return name;
  throw new SetProblem(`Syntax error: setname '${name}' is longer than ${NAME_LENGTH} characters`);
}

function unknown(word: string): SetProblem {
  return new SetProblem(`Unknown argument ${word}`, 2);
}

function create(stack: Stack, sets: Sets, words: readonly string[], format: SetFormat): void {
  const [name, typeName, ...rest] = mandatory(words, 2, 'create') as [string, string, ...string[]];
  const type = findSetType(typeName);
  if (type === undefined) {
    if (isOtherSetType(typeName)) throw new SetProblem(`${typeName} is not modelled in this simulation`);
    throw new SetProblem(`Syntax error: typename '${typeName}' is unknown`);
  }
  const options = createOptions(type, rest, stack.random.uint32());
  const old = sets.find(name);
  if (old !== undefined) {
    if (format.exist && old.type === type) return;
    throw new SetProblem(setMessages.sameName);
  }
  sets.put(name, new IpSet(type, options, stack.clock));
}

function createOptions(type: SetType, words: readonly string[], initialValue: number): SetOptions {
  const hash = type.options.includes('hash');
  const options: { -readonly [K in keyof SetOptions]: SetOptions[K] } = {
    hashSize: 1024,
    maxElements: 65536,
    netmask: 32,
    counters: false,
    comment: false,
    forceAdd: false,
    bucketSize: 12,
    initialValue,
    range: [0, 65535],
    size: 8,
  };
  const rest = [...words];
  let ranged = false;
  const argument = (option: string) => {
    const word = rest.shift();
    if (word === undefined) throw new SetProblem(`Missing mandatory argument of option \`${option}'`, 2);
    return word;
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const value = (most = 0xffffffff) => aNumber(argument(word as string), most);
    if (word === 'timeout') options.timeout = value(4294967);
    else if (word === 'counters') options.counters = true;
    else if (word === 'comment') options.comment = true;
    else if (hash && word === 'forceadd') options.forceAdd = true;
    else if (hash && word === 'hashsize') options.hashSize = hashSize(value());
    else if (hash && word === 'maxelem') options.maxElements = value();
    else if (hash && word === 'bucketsize') options.bucketSize = Math.max(2, Math.min(12, value(255)));
    else if (hash && word === 'initval') options.initialValue = value();
    else if (hash && (word === 'family' || word === '-4' || word === 'inet')) {
      const family = word === 'family' ? argument(word) : 'inet';
      if (family === 'inet6') throw new SetProblem('IPv6 is not modelled in this simulation');
      if (family !== 'inet') throw new SetProblem(`Syntax error: unknown INET family ${family}`);
    } else if (type.options.includes('netmask') && word === 'netmask') {
      options.netmask = aNumber(argument(word), 32);
      if (options.netmask === 0) throw new SetProblem('The value of the netmask parameter is invalid');
    } else if (type.options.includes('size') && word === 'size') options.size = Math.max(4, value());
    else if (type.options.includes('range') && word === 'range') {
      const [from, to] = argument(word)
        .replace(/^(tcp|udp):/, '')
        .split(/-(.*)/s);
      if (to === undefined) throw new SetProblem("Mandatory option `to' is missing", 2);
      const ends = [aNumber(from as string, 65535), aNumber(to, 65535)].sort((a, b) => a - b);
      options.range = ends as [number, number];
      ranged = true;
    } else if (word === 'skbinfo' || word === 'bitmask' || word === 'markmask') {
      throw new SetProblem(`${word} is not modelled in this simulation`);
    } else throw new SetProblem(`Unknown argument: \`${word}'`, 2);
  }
  if (type.options.includes('range') && !ranged) throw new SetProblem("Mandatory option `range' is missing", 2);
  return options;
}

/** A power of two, at least 64. */
function hashSize(wanted: number): number {
  return Math.max(64, 2 ** Math.ceil(Math.log2(Math.max(wanted, 1))));
}

function aNumber(word: string, most: number): number {
  const value = parseNumber(word, Number.MAX_SAFE_INTEGER);
  if (value === undefined) throw new SetProblem(`Syntax error: '${word}' is invalid as number`);
  if (value > most) throw new SetProblem(`Syntax error: '${word}' is out of range 0-${most}`);
  return value;
}

function onElements(
  sets: Sets,
  command: 'add' | 'del' | 'test',
  words: readonly string[],
  format: SetFormat,
): SetAnswer {
  const [name, text, ...rest] = mandatory(words, 2, command) as [string, string, ...string[]];
  const set = sets.get(name);
  const elements = parseElements(set.type, text);
  const options = entryOptions(set.type, command, rest);
  if (command === 'test') {
    const [element] = elements;
    if (set.type.name === 'list:set') checkMember(sets, String(element?.[0]));
    if (element !== undefined && set.test(element)) {
      return { stdout: '', stderr: format.quiet ? '' : `Warning: ${text} is in set ${name}.\n`, status: 0 };
    }
    return { stdout: '', stderr: format.quiet ? '' : `${text} is NOT in set ${name}.\n`, status: 1 };
  }
  for (const element of elements) {
    if (set.type.name === 'list:set') {
      checkMember(sets, String(element[0]));
      const beside = options.before ?? options.after;
      if (beside !== undefined && !set.entries().some(({ element: other }) => other[0] === beside)) {
        throw new SetProblem("The set to which you referred with 'before' or 'after' does not exist.");
      }
    }
    if (command === 'add') set.add(element, options, format.exist);
    else if (format.exist) {
      try {
        set.delete(element);
      } catch (error) {
        if (!(error instanceof SetProblem) || !error.existing) throw error;
      }
    } else set.delete(element);
  }
  return NOTHING;
}

/** A member of a set of sets has to be there, and none itself. */
function checkMember(sets: Sets, member: string): void {
  const found = sets.find(member);
  if (found === undefined) throw new SetProblem('Set to be added/deleted/tested as element does not exist.');
  if (found.type.name === 'list:set') throw new SetProblem('Sets with list:set type cannot be added to the set.');
}

function entryOptions(type: SetType, command: string, words: readonly string[]): EntryOptions {
  const options: { -readonly [K in keyof EntryOptions]: EntryOptions[K] } = {};
  const rest = [...words];
  const argument = (option: string) => {
    const word = rest.shift();
    if (word === undefined) throw new SetProblem(`Missing mandatory argument of option \`${option}'`, 2);
    return word;
  };
  const nets = type.parts.includes('net');
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const adds = command === 'add';
    if (adds && word === 'timeout') options.timeout = aNumber(argument(word), 4294967);
    else if (adds && word === 'comment') options.comment = argument(word).slice(0, 255);
    else if (adds && word === 'packets') options.packets = aNumber(argument(word), Number.MAX_SAFE_INTEGER);
    else if (adds && word === 'bytes') options.bytes = aNumber(argument(word), Number.MAX_SAFE_INTEGER);
    else if (nets && command !== 'del' && word === 'nomatch') options.nomatch = true;
    else if (type.name === 'list:set' && word === 'before') options.before = argument(word);
    else if (type.name === 'list:set' && word === 'after') options.after = argument(word);
    else throw new SetProblem(`Unknown argument: \`${word}'`, 2);
  }
  return options;
}

function show(stack: Stack, sets: Sets, command: string, words: readonly string[], format: SetFormat): SetAnswer {
  const [name, more] = words;
  if (more !== undefined) throw unknown(more);
  const shown = name === undefined ? sets.list() : [[checkName(name), sets.get(name)] as const];
  let parts: readonly string[];
  if (format.namesOnly) parts = [shown.map(([one]) => `${one}\n`).join('')];
  else if (command === 'save' || format.output === 'save') {
    parts = [shown.map(([one, set]) => saveText(one, set, stack.clock, format.sorted)).join('')];
  } else parts = shown.map(([one, set]) => listText(one, set, sets.references(one), stack.clock, format));
  return { ...NOTHING, stdout: parts.join('\n') };
}
