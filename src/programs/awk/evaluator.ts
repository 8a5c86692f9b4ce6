import type { Process } from '../../linux/process/process.ts';
import { Misuse } from '../gnu/options.ts';
import type { AwkProgram, Expression, Statement, Target } from './ast.ts';
import { PURE, replacementOf } from './builtins.ts';
import { CurrentRecord, Regexes, splitText } from './record.ts';
import { type Cell, Names } from './scope.ts';
import { Streams } from './streams.ts';
import { compare, InputText, isTrue, toNumber, toText, type Value } from './value.ts';

/** Functions inside each other. */
const CALL_LIMIT = 200;
/** Characters that a text may have. */
const TEXT_LIMIT = 16 * 1024 * 1024;

/** Computes expressions; `Interpreter` runs the statements around them. */
export abstract class Evaluator {
  readonly process: Process;
  readonly program: AwkProgram;
  readonly names = new Names();
  readonly regexes = new Regexes();
  readonly streams: Streams;
  readonly record: CurrentRecord;
  #seed = 0;
  #random: Process['random'];

  constructor(process: Process, program: AwkProgram) {
    this.process = process;
    this.program = program;
    this.#random = process.random.fork('awk 0');
    this.streams = new Streams(process, this.regexes);
    this.record = new CurrentRecord(
      {
        fs: () => this.variableText('FS'),
        ofs: () => this.variableText('OFS'),
        show: (value) => this.text(value),
      },
      this.regexes,
    );
    const start = {
      FS: ' ',
      OFS: ' ',
      RS: '\n',
      ORS: '\n',
      SUBSEP: '\x1c',
      CONVFMT: '%.6g',
      OFMT: '%.6g',
      FILENAME: '',
    };
    for (const [name, value] of Object.entries(start)) this.names.global(name).value = value;
    for (const name of ['NR', 'FNR', 'RSTART']) this.names.global(name).value = 0;
    this.names.global('RLENGTH').value = -1;
    const environ = this.names.array('ENVIRON');
    for (const [name, value] of process.env) environ.set(name, new InputText(value));
  }

  /** The next record of the main input, without setting `$0`. */
  protected abstract readMain(): Promise<string | undefined>;
  /** Runs a function's body. @returns what it returned */
  protected abstract callBody(body: Statement): Promise<Value>;

  text(value: Value, format = this.variableText('CONVFMT')): string {
    return toText(value, format);
  }

  number(value: Value): number {
    return toNumber(value);
  }

  variableText(name: string): string {
    const { value } = this.names.global(name);
    return typeof value === 'string' ? value : toText(value, '%.6g');
  }

  variableNumber(name: string): number {
    return toNumber(this.names.global(name).value);
  }

  setVariable(name: string, value: Value): void {
    const cell = this.names.cell(name);
    if (cell.array !== undefined)
      throw new Misuse(`${name} is an array, and is used as a value`, { status: 2, hint: false });
    if (name === 'NF' && cell === this.names.global('NF')) this.record.count = toNumber(value);
    else cell.value = value;
  }

  async evaluate(expression: Expression): Promise<Value> {
    switch (expression.kind) {
      case 'number':
      case 'string':
        return expression.value;
      case 'regex':
        return this.#matches(this.text(this.record.get(0)), expression.source);
      case 'group':
        return this.evaluate(expression.inner);
      case 'variable':
      case 'element':
      case 'field':
        return this.#read(expression);
      case 'unary': {
        const value = await this.evaluate(expression.operand);
        if (expression.operator === '!') return isTrue(value) ? 0 : 1;
        return expression.operator === '-' ? -toNumber(value) : toNumber(value);
      }
      case 'binary':
        return this.#binary(
          expression.operator,
          await this.evaluate(expression.left),
          await this.evaluate(expression.right),
        );
      case 'and':
        return isTrue(await this.evaluate(expression.left)) && isTrue(await this.evaluate(expression.right)) ? 1 : 0;
      case 'or':
        return isTrue(await this.evaluate(expression.left)) || isTrue(await this.evaluate(expression.right)) ? 1 : 0;
      case 'match': {
        const text = this.text(await this.evaluate(expression.text));
        return (this.#matches(text, await this.#pattern(expression.pattern)) === 1) !== expression.negated ? 1 : 0;
      }
      case 'concatenate': {
        const left = this.text(await this.evaluate(expression.left));
        const text = left + this.text(await this.evaluate(expression.right));
        if (text.length > TEXT_LIMIT) throw new Misuse('out of memory', { status: 2, hint: false });
        return text;
      }
      case 'in':
        return this.names.array(expression.array).has(await this.key(expression.keys)) ? 1 : 0;
      case 'conditional':
        return this.evaluate(isTrue(await this.evaluate(expression.condition)) ? expression.yes : expression.no);
      case 'assign': {
        const value = await this.evaluate(expression.value);
        const { operator, target } = expression;
        return this.#assign(target, operator === '' ? value : this.#binary(operator, await this.#read(target), value));
      }
      case 'step': {
        const old = toNumber(await this.#read(expression.target));
        await this.#assign(expression.target, old + expression.by);
        return expression.prefix ? old + expression.by : old;
      }
      case 'call':
        return this.#call(expression.name, expression.args);
      case 'builtin':
        return this.#builtin(expression.name, expression.args);
      case 'getline':
        return this.#getline(expression);
    }
  }

  /** An array's key: several are joined by SUBSEP. */
  async key(keys: readonly Expression[]): Promise<string> {
    const parts: string[] = [];
    for (const key of keys) parts.push(this.text(await this.evaluate(key)));
    return parts.join(this.variableText('SUBSEP'));
  }

  async #read(target: Target): Promise<Value> {
    switch (target.kind) {
      case 'variable': {
        if (target.name === 'NF') return this.record.count;
        const cell = this.names.cell(target.name);
        if (cell.array !== undefined)
          throw new Misuse(`${target.name} is an array, and is used as a value`, { status: 2, hint: false });
        return cell.value;
      }
      case 'element': {
        const array = this.names.array(target.array);
        const key = await this.key(target.keys);
        if (!array.has(key)) this.names.put(array, key, undefined);
        return array.get(key);
      }
      case 'field':
        return this.record.get(await this.#fieldIndex(target.index));
    }
  }

  async #fieldIndex(index: Expression): Promise<number> {
    const at = toNumber(await this.evaluate(index));
    if (at < 0) throw new Misuse(`negative field index $${Math.trunc(at)}`, { status: 2, hint: false });
    return at;
  }

  async #assign(target: Target, value: Value): Promise<Value> {
    if (target.kind === 'variable') this.setVariable(target.name, value);
    else if (target.kind === 'field')
      this.record.assign(await this.#fieldIndex(target.index), value, (one) => this.text(one));
    else {
      const key = await this.key(target.keys);
      this.names.put(this.names.array(target.array), key, value);
    }
    return value;
  }

  #binary(operator: string, a: Value, b: Value): Value {
    switch (operator) {
      case '+':
        return toNumber(a) + toNumber(b);
      case '-':
        return toNumber(a) - toNumber(b);
      case '*':
        return toNumber(a) * toNumber(b);
      case '/':
        return toNumber(a) / toNumber(b);
      case '%':
        return toNumber(a) % toNumber(b);
      case '^':
        return toNumber(a) ** toNumber(b);
    }
    const order = compare(a, b, this.variableText('CONVFMT'));
    const holds = {
      '<': order < 0,
      '<=': order <= 0,
      '==': order === 0,
      '!=': order !== 0,
      '>': order > 0,
      '>=': order >= 0,
    };
    return holds[operator as '<'] ? 1 : 0;
  }

  #matches(text: string, source: string): 0 | 1 {
    return this.regexes.get(source).test(text) ? 1 : 0;
  }

  async #pattern(expression: Expression): Promise<string> {
    return expression.kind === 'regex' ? expression.source : this.text(await this.evaluate(expression));
  }

  async #call(name: string, args: readonly Expression[]): Promise<Value> {
    const called = this.program.functions.get(name);
    if (called === undefined) throw new Misuse(`function ${name} never defined`, { status: 2, hint: false });
    if (args.length > called.parameters.length)
      throw new Misuse(`too many arguments in call to ${name}`, { status: 2, hint: false });
    if (this.names.depth >= CALL_LIMIT)
      throw new Misuse(`function ${name}: calls are nested too deeply`, { status: 2, hint: false });
    const frame = new Map<string, Cell>();
    for (const [i, parameter] of called.parameters.entries()) {
      const arg = args[i];
      // An array goes by reference, and so does a name that may still become one.
      const cell = arg?.kind === 'variable' && arg.name !== 'NF' ? this.names.cell(arg.name) : undefined;
      if (cell !== undefined && cell.value === undefined)
        frame.set(parameter, cell.array === undefined ? untyped(cell) : cell);
      else frame.set(parameter, arg === undefined ? {} : { value: await this.evaluate(arg) });
    }
    this.names.enter(frame);
    try {
      return await this.callBody(called.body);
    } finally {
      this.names.leave();
    }
  }

  async #builtin(name: string, args: readonly Expression[]): Promise<Value> {
    const [first, second, third] = args;
    switch (name) {
      case 'length': {
        if (first === undefined) return [...this.text(this.record.get(0))].length;
        if (first.kind === 'variable' && this.names.cell(first.name).array !== undefined)
          return this.names.array(first.name).size;
        return [...this.text(await this.evaluate(first))].length;
      }
      case 'split': {
        if (first === undefined || second?.kind !== 'variable')
          throw new Misuse('split needs a text and an array', { status: 2, hint: false });
        const text = this.text(await this.evaluate(first));
        const separator = third === undefined ? this.variableText('FS') : await this.#pattern(third);
        const array = this.names.array(second.name);
        array.clear();
        const parts = splitText(text, third?.kind === 'regex' && separator === ' ' ? '[ ]' : separator, this.regexes);
        for (const [i, part] of parts.entries()) this.names.put(array, String(i + 1), new InputText(part));
        return parts.length;
      }
      case 'sub':
      case 'gsub':
        return this.#substitute(name === 'gsub', first, second, third);
      case 'match': {
        const text = this.text(first === undefined ? undefined : await this.evaluate(first));
        const found = this.regexes.get(second === undefined ? '' : await this.#pattern(second)).exec(text);
        const start = found === null ? 0 : [...text.slice(0, found.index)].length + 1;
        this.names.global('RSTART').value = start;
        this.names.global('RLENGTH').value = found === null ? -1 : [...found[0]].length;
        return start;
      }
      case 'rand':
        return this.#random.fraction();
      case 'srand': {
        const old = this.#seed;
        this.#seed =
          first === undefined ? Math.floor(this.process.clock.wall() / 1000) : toNumber(await this.evaluate(first));
        this.#random = this.process.random.fork(`awk ${this.#seed}`);
        return old;
      }
      case 'system':
        return this.process.spawn({
          argv: ['sh', '-c', this.text(first === undefined ? '' : await this.evaluate(first))],
        }).exit;
      case 'close':
        return this.streams.close(this.text(first === undefined ? '' : await this.evaluate(first)));
      case 'fflush':
        return 0;
      case 'systime':
        return Math.floor(this.process.clock.wall() / 1000);
    }
    const pure = PURE[name];
    if (pure === undefined) throw new Misuse(`${name} is not supported by this awk`, { status: 2, hint: false });
    const values: Value[] = [];
    for (const arg of args) values.push(await this.evaluate(arg));
    return pure(values, this.variableText('CONVFMT'));
  }

  async #substitute(all: boolean, pattern?: Expression, replacement?: Expression, target?: Expression): Promise<Value> {
    if (pattern === undefined || replacement === undefined)
      throw new Misuse('sub and gsub need an expression and a text', { status: 2, hint: false });
    const regex = this.regexes.get(await this.#pattern(pattern), all ? 'g' : '');
    const text = this.text(await this.evaluate(replacement));
    const into: Expression = target ?? { kind: 'field', index: { kind: 'number', value: 0 } };
    let count = 0;
    const changed = this.text(await this.evaluate(into)).replace(regex, (matched) => {
      count++;
      return replacementOf(text, matched);
    });
    if (changed.length > TEXT_LIMIT) throw new Misuse('out of memory', { status: 2, hint: false });
    if (count > 0 && (into.kind === 'variable' || into.kind === 'element' || into.kind === 'field'))
      await this.#assign(into, changed);
    return count;
  }

  async #getline(expression: Expression & { kind: 'getline' }): Promise<Value> {
    const { from, target } = expression;
    let record: string | undefined;
    if (from === undefined) record = await this.readMain();
    else {
      const input = this.streams.input(from.kind, this.text(await this.evaluate(from.name)));
      if (input === undefined) return -1;
      record = await input.next(this.variableText('RS'));
      if (record !== undefined && from.kind === 'command')
        this.names.global('NR').value = this.variableNumber('NR') + 1;
    }
    if (record === undefined) return 0;
    if (target === undefined) this.record.set(record);
    else await this.#assign(target, new InputText(record));
    return 1;
  }
}

/** A parameter for a name that has no contents yet: an array made through it is the caller's too, a value is its own. */
function untyped(cell: Cell): Cell {
  const own: Cell = {};
  return {
    get value() {
      return own.value;
    },
    set value(value: Value) {
      own.value = value;
    },
    get array() {
      return cell.array as Map<string, Value>;
    },
    set array(array: Map<string, Value>) {
      cell.array = array;
    },
  };
}
