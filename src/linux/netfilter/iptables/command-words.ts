import { type CommandName, commandLetters } from './command.ts';
import { Problem } from './problem.ts';
import { checkChainName } from './rule-draft.ts';
import type { Words } from './words.ts';

/** Which two commands may stand together. */
const TOGETHER: Readonly<Partial<Record<CommandName, readonly CommandName[]>>> = {
  list: ['zero', 'zero-number'],
  'list-rules': ['zero', 'zero-number'],
  zero: ['list', 'list-rules'],
};

/** The command of a line (`-A`, `-D`, ..., also two of them) and what stands behind it: chain, number, new name, policy. */
export class CommandWords {
  chain: string | undefined;
  /** Of a rule, from 1 on; 0: none was given. */
  number = 0;
  newName: string | undefined;
  policy: string | undefined;
  readonly #commands: CommandName[] = [];

  /** What is done; undefined: no command was given. */
  get name(): CommandName | undefined {
    return this.#commands.find((one) => one !== 'zero' && one !== 'zero-number') ?? this.#commands[0];
  }

  /** `-L -Z`: counters are set back, too. */
  get andZero(): boolean {
    return this.#commands.length > 1;
  }

  /** Takes a command option and the words behind it. */
  take(name: CommandName, argument: string | undefined, inverted: boolean, words: Words<unknown>): void {
    if (name === 'new-chain') checkChainName(argument ?? '');
    if (inverted) throw new Problem("unexpected '!' flag");
    const other = this.#commands.find((one) => TOGETHER[name]?.includes(one) !== true);
    if (other !== undefined) throw new Problem(`Cannot use -${commandLetters[name]} with -${commandLetters[other]}`);
    let command = name;
    this.chain = argument ?? this.chain;
    switch (name) {
      case 'delete': {
        const number = words.takeArgument();
        if (number !== undefined) {
          this.number = ruleNumber(number);
          command = 'delete-number';
        }
        break;
      }
      case 'replace': {
        const number = words.takeArgument();
        if (number === undefined) throw new Problem('-R requires a rule number');
        this.number = ruleNumber(number);
        break;
      }
      case 'insert': {
        const number = words.takeArgument();
        this.number = number === undefined ? 1 : ruleNumber(number);
        break;
      }
      case 'list':
      case 'list-rules':
      case 'zero': {
        if (argument === undefined) this.chain = words.takeArgument() ?? this.chain;
        const number = words.takeArgument();
        if (number === undefined) break;
        this.number = ruleNumber(number);
        if (name === 'zero') command = 'zero-number';
        break;
      }
      case 'flush':
      case 'delete-chain':
        if (argument === undefined) this.chain = words.takeArgument() ?? this.chain;
        break;
      case 'rename-chain':
        this.newName = words.takeArgument();
        if (this.newName === undefined) throw new Problem('-E requires old-chain-name and new-chain-name');
        checkChainName(this.newName);
        break;
      case 'policy':
        this.policy = words.takeArgument();
        if (this.policy === undefined) throw new Problem('-P requires a chain and a policy');
        break;
    }
    this.#commands.push(command);
  }
}

/** parse_rulenumber: from 1 on. */
function ruleNumber(text: string): number {
  const number = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : 0;
  if (number < 1 || number > 0x7fffffff) throw new Problem(`Invalid rule number \`${text}'`);
  return number;
}
