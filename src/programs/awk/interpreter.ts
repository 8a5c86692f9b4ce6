import { LinuxError } from '../../linux/errno.ts';
import { openReader } from '../../linux/process/open.ts';
import type { Process, Writer } from '../../linux/process/process.ts';
import { Misuse } from '../gnu/options.ts';
import type { AwkProgram, Expression, Redirect, Rule, Statement } from './ast.ts';
import { sprintf } from './builtins.ts';
import { Evaluator } from './evaluator.ts';
import { decodeString } from './lexer.ts';
import { RecordReader } from './record-reader.ts';
import { InputText, isTrue, type Value } from './value.ts';

/** How `next`, `exit`, `return` and the loops' words leave what they are in. */
class Leave extends Error {
  readonly kind: 'next' | 'nextfile' | 'exit' | 'return' | 'break' | 'continue';
  readonly value: Value;

  constructor(kind: Leave['kind'], value?: Value) {
    super(kind);
    this.kind = kind;
    this.value = value;
  }
}

/** Statements after which other processes, and Ctrl-C, get their turn. */
const TURN = 500;

/** Runs a program over its inputs. */
export class Interpreter extends Evaluator {
  readonly #active = new Set<Rule>();
  readonly #operands: string[];
  #input: RecordReader | undefined;
  #steps = 0;
  #inputs = 0;
  #status = 0;

  constructor(process: Process, program: AwkProgram, operands: readonly string[]) {
    super(process, program);
    this.#operands = [...operands];
    const argv = this.names.array('ARGV');
    for (const [i, operand] of ['awk', ...operands].entries()) argv.set(String(i), new InputText(operand));
    this.setVariable('ARGC', operands.length + 1);
  }

  /** @returns the exit status */
  async run(): Promise<number> {
    const { rules } = this.program;
    const of = (pattern: 'BEGIN' | 'END') => rules.filter((rule) => rule.pattern === pattern);
    const main = rules.filter((rule) => rule.pattern !== 'BEGIN' && rule.pattern !== 'END');
    await this.#until(async () => {
      for (const rule of of('BEGIN')) if (rule.body !== undefined) await this.statement(rule.body);
      if (main.length + of('END').length > 0) await this.#records(main);
    });
    // `exit` in BEGIN or a rule leads here too.
    await this.#until(async () => {
      for (const rule of of('END')) if (rule.body !== undefined) await this.statement(rule.body);
    });
    await this.streams.closeAll();
    return this.#status;
  }

  /** Runs `task` until its end or `exit`. */
  async #until(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      if (!(error instanceof Leave)) throw error;
      if (error.kind !== 'exit') throw new Misuse(`${error.kind} used in the wrong place`, { status: 2, hint: false });
      if (error.value !== undefined) this.#status = this.number(error.value) & 255;
    }
  }

  async #records(rules: readonly Rule[]): Promise<void> {
    while (await this.nextRecord()) {
      try {
        for (const rule of rules) if (await this.#selects(rule)) await this.#act(rule);
      } catch (error) {
        if (!(error instanceof Leave) || (error.kind !== 'next' && error.kind !== 'nextfile')) throw error;
        if (error.kind === 'nextfile') this.#input = undefined;
      }
    }
  }

  async #act(rule: Rule): Promise<void> {
    await this.#turn();
    if (rule.body !== undefined) await this.statement(rule.body);
    else await this.process.stdout.write(`${this.text(this.record.get(0))}${this.variableText('ORS')}`);
  }

  async #selects(rule: Rule): Promise<boolean> {
    const { pattern } = rule;
    if (pattern === undefined) return true;
    if (typeof pattern === 'string') return false;
    if (!('length' in pattern)) return isTrue(await this.evaluate(pattern));
    const [from, to] = pattern;
    if (!this.#active.has(rule)) {
      if (!isTrue(await this.evaluate(from))) return false;
      this.#active.add(rule);
    }
    if (isTrue(await this.evaluate(to))) this.#active.delete(rule);
    return true;
  }

  /** Reads the next record of the operands into `$0`; assignments among them are made on the way. */
  async nextRecord(): Promise<boolean> {
    const record = await this.readMain();
    if (record === undefined) return false;
    this.record.set(record);
    return true;
  }

  protected override async readMain(): Promise<string | undefined> {
    for (;;) {
      this.#input ??= await this.#open();
      if (this.#input === undefined) return undefined;
      const record = await this.#input.next(this.variableText('RS'));
      if (record !== undefined) {
        this.setVariable('NR', this.variableNumber('NR') + 1);
        this.setVariable('FNR', this.variableNumber('FNR') + 1);
        return record;
      }
      this.#input = undefined;
    }
  }

  async #open(): Promise<RecordReader | undefined> {
    for (;;) {
      let name = this.#operands.shift();
      if (name === undefined) {
        if (this.#inputs > 0) return undefined;
        name = '-';
      }
      const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(name);
      if (assignment !== null) {
        this.setVariable(assignment[1] as string, new InputText(decodeString(assignment[2] as string)));
        continue;
      }
      if (name === '') continue;
      this.#inputs++;
      this.setVariable('FNR', 0);
      this.setVariable('FILENAME', name === '-' ? '' : name);
      try {
        const reader = name === '-' ? this.process.stdin : openReader(this.process, name);
        return new RecordReader(reader, this.process.signals.ended, this.regexes);
      } catch (error) {
        if (!(error instanceof LinuxError)) throw error;
        const reason = new LinuxError(error.errno).message;
        throw new Misuse(`cannot open ${name} (${reason})`, { status: 2, hint: false });
      }
    }
  }

  async #turn(): Promise<void> {
    if (++this.#steps % TURN === 0) await this.process.clock.sleep(0.05, this.process.signals.ended);
  }

  protected override async callBody(body: Statement): Promise<Value> {
    try {
      await this.statement(body);
      return undefined;
    } catch (error) {
      if (error instanceof Leave && error.kind === 'return') return error.value;
      throw error;
    }
  }

  async statement(statement: Statement): Promise<void> {
    await this.#turn();
    switch (statement.kind) {
      case 'expression':
        await this.evaluate(statement.expression);
        break;
      case 'print':
      case 'printf':
        await this.#print(statement);
        break;
      case 'block':
        for (const inner of statement.body) await this.statement(inner);
        break;
      case 'if':
        if (await this.#holds(statement.condition)) await this.statement(statement.yes);
        else if (statement.no !== undefined) await this.statement(statement.no);
        break;
      case 'while':
        await this.#loop(() => this.#holds(statement.condition), statement.body);
        break;
      case 'do': {
        let first = true;
        await this.#loop(async () => {
          if (!first) return this.#holds(statement.condition);
          first = false;
          return true;
        }, statement.body);
        break;
      }
      case 'for': {
        const { start, condition, step } = statement;
        if (start !== undefined) await this.statement(start);
        const more = async () => condition === undefined || this.#holds(condition);
        await this.#loop(more, statement.body, step);
        break;
      }
      case 'each': {
        const array = this.names.array(statement.array);
        const keys = [...array.keys()];
        await this.#loop(async () => {
          let key = keys.shift();
          while (key !== undefined && !array.has(key)) key = keys.shift();
          if (key === undefined) return false;
          this.setVariable(statement.name, new InputText(key));
          return true;
        }, statement.body);
        break;
      }
      case 'delete':
        if (statement.keys === undefined) this.names.array(statement.array).clear();
        else this.names.array(statement.array).delete(await this.key(statement.keys));
        break;
      case 'exit':
      case 'return':
        throw new Leave(
          statement.kind,
          statement.value === undefined ? undefined : await this.evaluate(statement.value),
        );
      default:
        throw new Leave(statement.kind);
    }
  }

  async #holds(condition: Expression): Promise<boolean> {
    return isTrue(await this.evaluate(condition));
  }

  async #loop(more: () => Promise<boolean>, body: Statement, step?: Statement): Promise<void> {
    while (await more()) {
      await this.#turn();
      try {
        await this.statement(body);
      } catch (error) {
        if (!(error instanceof Leave) || (error.kind !== 'break' && error.kind !== 'continue')) throw error;
        if (error.kind === 'break') return;
      }
      if (step !== undefined) await this.statement(step);
    }
  }

  async #print(statement: Statement & { kind: 'print' | 'printf' }): Promise<void> {
    const args: Value[] = [];
    for (const arg of statement.args) args.push(await this.evaluate(arg));
    let text: string;
    if (statement.kind === 'printf') {
      const [format, ...rest] = args;
      text = sprintf(this.text(format), rest, this.variableText('CONVFMT'));
    } else {
      const ofmt = this.variableText('OFMT');
      const values = args.length === 0 ? [this.record.get(0)] : args;
      text = values.map((value) => this.text(value, ofmt)).join(this.variableText('OFS')) + this.variableText('ORS');
    }
    await (await this.#writer(statement.redirect)).write(text);
  }

  async #writer(redirect: Redirect | undefined): Promise<Writer> {
    if (redirect === undefined) return this.process.stdout;
    const name = this.text(await this.evaluate(redirect.target));
    if (name === '/dev/stderr') return this.process.stderr;
    try {
      return this.streams.output(redirect.kind, name);
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      throw new Misuse(`cannot open "${name}" for output (${new LinuxError(error.errno).message})`, {
        status: 2,
        hint: false,
      });
    }
  }
}
