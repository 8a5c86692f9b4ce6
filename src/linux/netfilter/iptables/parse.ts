import { parseAddresses } from './addresses.ts';
import { type Answer, type Command, type CommandName, commandLetters } from './command.ts';
import { CommandWords } from './command-words.ts';
import type { Place } from './extension.ts';
import { HELP } from './help.ts';
import { LockOptions } from './lock-options.ts';
import { listCommands, longOptions, type OwnOption, optionCommands, ruleCommands, shortOption } from './options.ts';
import { BadArgument, Problem, VERSION } from './problem.ts';
import type { RuleSpec } from './rule.ts';
import { checkInterface, type ExtensionOption, NAME_LENGTH, RuleDraft } from './rule-draft.ts';
import { isTableName } from './table-name.ts';
import { type LongOption, Words } from './words.ts';

type Id = OwnOption | ExtensionOption;

/** Options that may stand behind a `!`. */
const INVERTIBLE = new Set<Id>(['s', 'd', 'p', 'i', 'o', 'f']);
const EVERYTHING = { address: 0, mask: 0 };

/**
 * Reads a command line, without the program's name, as do_parse of iptables/xshared.c. `warn` gets what goes to stderr before anything is done. In a restore file (`table` is
 * then given) `-t` and `-w` have no place. Throws `Problem` for what iptables would refuse with a message.
 */
export function parseCommand(
  words: readonly string[],
  place: Place,
  program: string,
  warn: (text: string) => void,
  table?: string,
): Command | Answer {
  return new Parser(words, place, program, warn, table).run();
}

class Parser {
  readonly #words: Words<Id>;
  readonly #place: Place;
  readonly #program: string;
  readonly #restoring: boolean;
  readonly #rule = new RuleDraft();
  readonly #given = new Map<OwnOption, boolean>();
  readonly #command = new CommandWords();
  readonly #lock: LockOptions;
  #table: string;
  #source = '';
  #destination = '';
  #verbose = 0;
  #counters = { packets: 0, bytes: 0 };

  constructor(
    words: readonly string[],
    place: Place,
    program: string,
    warn: (text: string) => void,
    table: string | undefined,
  ) {
    this.#place = place;
    this.#words = new Words(words);
    this.#program = program;
    this.#restoring = table !== undefined;
    this.#lock = new LockOptions(this.#restoring, warn);
    this.#table = table ?? 'filter';
  }

  run(): Command | Answer {
    let inverted = false;
    for (;;) {
      const long: readonly LongOption<Id>[] = [...longOptions, ...this.#rule.options];
      const step = this.#words.next(shortOption, long);
      if (step === undefined) break;
      if (step.kind === 'word') {
        if (step.text !== '!') throw new BadArgument(`Bad argument \`${step.text}'`);
        if (inverted) throw new Problem('multiple consecutive ! not allowed');
        inverted = true;
        continue;
      }
      if (step.kind === 'unknown') {
        if (!this.#rule.loadProtocol()) throw new Problem(`unknown option "${step.text}"`);
        step.again();
        continue;
      }
      const answer = this.#take(step.id, step.argument, inverted);
      if (answer !== undefined) return answer;
      inverted = false;
    }
    return this.#finish(inverted);
  }

  #take(id: Id, argument: string | undefined, inverted: boolean): Answer | undefined {
    if (typeof id === 'object') {
      this.#rule.giveOption(id, argument ?? '', inverted, this.#words);
      return undefined;
    }
    if (id in commandLetters) {
      this.#command.take(id as CommandName, argument, inverted, this.#words);
      return undefined;
    }
    switch (id) {
      case 'V':
        return { answer: inverted ? `Not ${VERSION} ;-)\n` : `${this.#program} v${VERSION}\n` };
      case 'h':
        return { answer: `${this.#program} v${VERSION}\n\n${HELP.replaceAll('iptables -', `${this.#program} -`)}` };
      case 'm':
        if (inverted) throw new Problem('unexpected ! flag before --match');
        this.#rule.loadMatch(argument ?? '');
        return undefined;
      case 't':
        if (inverted) throw new Problem('unexpected ! flag before --table');
        if (this.#restoring) throw new Problem(`The -t option cannot be used in ${this.#program}.\n`);
        this.#table = argument ?? '';
        if (!isTableName(this.#table)) throw new Problem(`table '${this.#table}' does not exist`, 3);
        return undefined;
      case 'w':
      case 'W':
        this.#lock.take(id, argument, this.#words);
        return undefined;
      case 'M':
      case '4':
        return undefined;
      case '6':
        throw new BadArgument('');
      case 'b':
        throw new Problem('Unknown arg "(null)"');
      case 'v':
        if (this.#verbose++ > 0) return undefined;
        break;
    }
    this.#set(id, inverted);
    this.#ruleOption(id, argument ?? '', inverted);
    return undefined;
  }

  #ruleOption(id: OwnOption, argument: string, inverted: boolean): void {
    switch (id) {
      case 's':
        this.#source = argument;
        return;
      case 'd':
        this.#destination = argument;
        return;
      case 'p':
        // It reads the word before the next one, also where the argument is part of the option's own word.
        this.#rule.setProtocol(this.#words.last, inverted);
        return;
      case 'i':
        this.#rule.in = { name: checkInterface(argument), inverted };
        return;
      case 'o':
        this.#rule.out = { name: checkInterface(argument), inverted };
        return;
      case 'f':
        this.#rule.fragment = true;
        this.#rule.fragmentInverted = inverted;
        return;
      case 'j':
        this.#rule.setJump(this.#words.last);
        return;
      case 'g':
        this.#rule.setGoto(argument);
        return;
      case 'c':
        this.#counters = readCounters(argument, this.#words);
        return;
    }
  }

  #set(id: OwnOption, inverted: boolean): void {
    const letter = id === 'line-numbers' ? '0' : id;
    if (this.#given.has(id)) throw new Problem(`multiple -${letter} flags not allowed`);
    if (inverted && !INVERTIBLE.has(id)) throw new Problem(`cannot have ! before -${letter}`);
    this.#given.set(id, inverted);
  }

  #finish(inverted: boolean): Command {
    const { jump } = this.#rule;
    const { name, chain, number, newName, policy, andZero } = this.#command;
    if (this.#table === 'nat' && (policy === 'DROP' || jump === 'DROP')) {
      throw new Problem('\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n');
    }
    this.#lock.check();
    const spec = this.#rule.settle(this.#place);
    if (!this.#words.finished) throw new Problem('unknown arguments found on commandline');
    if (name === undefined) throw new Problem('no command specified');
    if (inverted) throw new Problem('nothing appropriate following !');
    const rules = this.#rules(name, spec);
    check(name, chain, this.#given, rules);
    return {
      name,
      andZero,
      table: this.#table,
      chain,
      number,
      newName,
      policy,
      rules,
      counters: this.#counters,
      numeric: this.#given.has('n'),
      verbose: this.#verbose,
      exact: this.#given.has('x'),
      lineNumbers: this.#given.has('line-numbers'),
    };
  }

  #rules(name: CommandName, spec: ReturnType<RuleDraft['settle']>): readonly RuleSpec[] {
    const sources = this.#given.has('s') ? parseAddresses(this.#source) : [EVERYTHING];
    const destinations = this.#given.has('d') ? parseAddresses(this.#destination) : [EVERYTHING];
    const inverted = [this.#given.get('s') === true, this.#given.get('d') === true] as const;
    if ((sources.length > 1 || destinations.length > 1) && (inverted[0] || inverted[1])) {
      throw new Problem('! not allowed with multiple source or destination IP addresses');
    }
    if (name === 'replace' && (sources.length !== 1 || destinations.length !== 1)) {
      throw new Problem('Replacement rule does not specify a unique address');
    }
    if (!ruleCommands.includes(name)) return [];
    return sources.flatMap((source) => destinations.map((destination) => spec(source, destination, inverted)));
  }
}

/** `-c PACKETS,BYTES` or `-c PACKETS BYTES`. */
function readCounters(argument: string, words: Words<unknown>): { packets: number; bytes: number } {
  const comma = argument.indexOf(',');
  const bytes = comma < 0 ? words.takeArgument() : argument.slice(comma + 1);
  if (bytes === undefined) throw new Problem('-c requires packet and byte counter');
  if (!/^\s*\d/.test(argument)) throw new Problem('-c packet counter not numeric');
  if (!/^\s*\d/.test(bytes)) throw new Problem('-c byte counter not numeric');
  return { packets: Number.parseInt(argument, 10), bytes: Number.parseInt(bytes, 10) };
}

/** Which options go with which command, and in which chain. */
function check(
  name: CommandName,
  chain: string | undefined,
  given: ReadonlyMap<OwnOption, boolean>,
  rules: readonly RuleSpec[],
): void {
  for (const id of given.keys()) {
    const commands = optionCommands[id];
    if (commands !== undefined && !commands.includes(name) && id !== 'v') {
      throw new Problem(`Illegal option \`-${id === 'line-numbers' ? '0' : id}' with this command`);
    }
  }
  if (chain !== undefined && chain.length >= NAME_LENGTH) {
    throw new Problem(`chain name \`${chain}' too long (must be under ${NAME_LENGTH} chars)`);
  }
  if (rules.length === 0 || listCommands.includes(name)) return;
  if ((chain === 'PREROUTING' || chain === 'INPUT') && given.has('o')) {
    throw new Problem(`Can't use -o with ${chain}\n`);
  }
  if ((chain === 'POSTROUTING' || chain === 'OUTPUT') && given.has('i')) {
    throw new Problem(`Can't use -i with ${chain}\n`);
  }
}
