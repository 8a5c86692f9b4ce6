import { type Operand, operand, type SetUse, setText, setUse } from '../expression/operand.ts';
import { parseLeft, parseReference, parseRight, parseSet } from '../parse/expression.ts';
import { type Location, NftError } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import { formatPart, type KeyPart, prefixPart } from '../set/key.ts';
import { matchesPart } from '../set/storage.ts';
import type { Expression } from '../syntax.ts';
import { refused } from '../transaction.ts';
import type { DataType, Style } from '../type/datatype.ts';
import type { Context } from '../typing.ts';
import { keyPart, scalar } from '../typing.ts';
import type { Value } from '../value.ts';
import { NEXT } from '../verdict.ts';
import { bindSets } from './binding.ts';
import { parseMangle } from './mangle.ts';
import { matchFacts } from './match-facts.ts';
import type { Statement } from './statement.ts';
import { verdictMap } from './vmap.ts';

const OPERATORS = ['==', '!=', '<=', '>=', '<', '>', '!'] as const;
type Operator = (typeof OPERATORS)[number];

/** What the value has to be, and how it is written. */
interface Test {
  print(style: Style): string;
  passes(value: Value): boolean;
  /** It is one value, no mask, no range. */
  readonly value?: Value;
}

/** A match, or what begins like one: `meta mark set 1`, `ip saddr vmap { ... }`. */
export function parseMatch(parser: Parser): (context: Context) => Statement {
  const first = parser.peek().at;
  const left = parseLeft(parser);
  if (parser.is('set')) return parseMangle(parser, left, first);
  if (parser.take('vmap')) {
    if (!parser.isAny(['@', '{'])) throw parser.unexpected();
    const map = parser.is('@') ? parseReference(parser) : parseSet(parser, true);
    return verdictMap(left, map, parser.since(first));
  }
  if (parser.is('map')) {
    parser.next();
    if (parser.is('@')) parseReference(parser);
    else parseSet(parser);
    throw parser.unexpected();
  }
  const operator = parser.isAny(OPERATORS) ? (parser.next().text as Operator) : undefined;
  const right = parseRight(parser);
  const mask = parser.take('/') ? parseRight(parser) : undefined;
  const at = parser.since(first);
  return (context) => {
    const looked = operand(context, left);
    const checked = check(context, looked, operator, right, mask, left.at, at);
    return checked;
  };
}

function check(
  context: Context,
  left: Operand,
  operator: Operator | undefined,
  right: Expression,
  mask: Expression | undefined,
  leftAt: Location,
  at: Location,
): Statement {
  const { types } = left;
  const [type] = types as [DataType];
  needTransport(context, left, right);
  if (right.kind === 'set' || right.kind === 'reference') return inSet(context, left, operator, right, leftAt, at);
  if (types.length > 1) {
    throw new NftError('Use concatenations with sets and maps, not singleton values', leftAt, right.at);
  }
  if (operator === '!' && type.kind !== 'bitmask') throw new NftError('invalid operation', right.at);
  if (mask !== undefined) {
    const [value, bits] = [scalar(context, right, type) as number, scalar(context, mask, type) as number];
    return match(context, left, operator === '!=' ? '!=' : undefined, maskedFlags(type, value, bits), at);
  }
  if (right.kind === 'symbol' && EXISTS.has(right.text) && left.selectors[0]?.text.endsWith(' oif') === true) {
    return match(context, left, operator, existence(right.text === 'exists'), at);
  }
  if (left.masked !== undefined) return ofMask(context, left, operator, right, at);
  if (type.kind === 'bitmask') return ofFlags(context, left, operator, right, at);
  if (operator !== undefined && operator !== '==' && operator !== '!=') {
    const value = scalar(context, right, type);
    const test: Test = { print: (style) => type.format(value, style), passes: comparison(operator, value as number) };
    return match(context, left, operator, test, at);
  }
  return match(
    context,
    left,
    operator === '!=' ? '!=' : undefined,
    partTest(keyPart(context, right, type), type, right),
    at,
  );
}

/** Ports of a connection are numbers of a type only where the protocol is known (ct_expr_update_type). */
function needTransport(context: Context, left: Operand, right: Expression): void {
  if (context.transport !== undefined || !left.selectors.some(({ text }) => /^ct \w+ proto-/.test(text))) return;
  if (right.kind === 'reference') return;
  const first = right.kind === 'set' ? right.elements[0]?.key : right;
  throw new NftError("Can't parse symbolic invalid expressions", first?.at ?? right.at);
}

const EXISTS = new Set(['exists', 'missing']);

/** `fib saddr . iif oif missing`: there is no such route. */
function existence(exists: boolean): Test {
  return {
    print: ({ numeric }) => (numeric === true ? (exists ? '1' : '0') : exists ? 'exists' : 'missing'),
    passes: (value) => (value !== 0) === exists,
  };
}

function partTest(part: KeyPart, type: DataType, written: Expression): Test {
  return {
    print: (style) => formatPart(part, type, style, written.kind === 'prefix'),
    passes:
      part.from === part.to && part.wildcard !== true
        ? (value) => value === part.from
        : (value) => matchesPart(part, value as number),
    ...(part.from === part.to && part.wildcard !== true && { value: part.from }),
  };
}

function comparison(operator: Operator, limit: number): (value: Value) => boolean {
  switch (operator) {
    case '<':
      return (value) => (value as number) < limit;
    case '<=':
      return (value) => (value as number) <= limit;
    case '>':
      return (value) => (value as number) > limit;
    default:
      return (value) => (value as number) >= limit;
  }
}

/** `tcp flags syn / syn,ack`: of these flags, those and no others. */
function maskedFlags(type: DataType, value: number, bits: number): Test {
  return {
    print: (style) => `${type.format(value, style)} / ${type.format(bits, style)}`,
    passes: (found) => ((found as number) & bits) === value,
  };
}

/** `meta mark & 0xff == 0x10`. What such a mask leaves of flags or addresses has a shorter way to be written. */
function ofMask(
  context: Context,
  left: Operand,
  operator: Operator | undefined,
  right: Expression,
  at: Location,
): Statement {
  const [type] = left.types as [DataType];
  const { operand: bare, mask } = left.masked as NonNullable<Operand['masked']>;
  const value = scalar(context, right, type) as number;
  const equal = operator === undefined || operator === '==';
  if (!equal && operator !== '!=') {
    const test: Test = { print: (style) => type.format(value, style), passes: comparison(operator, value) };
    return match(context, left, operator, test, at);
  }
  const header = bare.selectors[0]?.header !== undefined;
  if (type.kind === 'bitmask') {
    if (value === 0) return match(context, bare, equal ? '!' : undefined, anyFlag(type, mask, equal), at, true);
    // One flag of itself is told as any other mask.
    const single = (mask & (mask - 1)) === 0;
    if (!single || value !== mask) {
      return match(context, bare, equal ? undefined : '!=', maskedFlags(type, value, mask), at);
    }
  } else if (type.prefixes === true && header) {
    const length = maskLength(mask);
    if (length !== undefined) {
      const part = prefixPart(value, length, type.bits);
      return match(
        context,
        bare,
        equal ? undefined : '!=',
        partTest(part, type, { kind: 'prefix', base: right, length, at }),
        at,
      );
    }
  }
  const test: Test = { print: (style) => type.format(value, style), passes: (found) => found === value };
  return match(context, left, equal ? '==' : '!=', test, at);
}

function maskLength(mask: number): number | undefined {
  const inverted = ~mask >>> 0;
  return (inverted & (inverted + 1)) === 0 ? 32 - inverted.toString(2).replace(/^0$/, '').length : undefined;
}

function anyFlag(type: DataType, bits: number, none: boolean): Test {
  return {
    print: (style) => type.format(bits, style),
    passes: none ? (found) => ((found as number) & bits) === 0 : (found) => ((found as number) & bits) !== 0,
  };
}

/** Flags without an operator: any of them is set. With one: exactly these are. */
function ofFlags(
  context: Context,
  left: Operand,
  operator: Operator | undefined,
  right: Expression,
  at: Location,
): Statement {
  const [type] = left.types as [DataType];
  const value = scalar(context, right, type) as number;
  if (operator === undefined) return match(context, left, undefined, anyFlag(type, value, false), at, true);
  if (operator === '!') return match(context, left, '!', anyFlag(type, value, true), at, true);
  const several = (value & (value - 1)) !== 0;
  const header = left.selectors[0]?.header !== undefined;
  const test: Test = {
    print: (style) => {
      if (!several) return type.format(value, style);
      return header ? `0x${value.toString(16)}` : type.format(value, style).replaceAll(',', ' | ');
    },
    passes: operator === '!=' ? (found) => found === value : comparisonOrEqual(operator, value),
  };
  const printed = operator === '==' && several && !header ? undefined : operator;
  return match(context, left, printed, test, at);
}

function comparisonOrEqual(operator: Operator, value: number): (found: Value) => boolean {
  return operator === '==' ? (found) => found === value : comparison(operator, value);
}

/** `sense`: the test says all; else `!=` turns it round. */
function match(
  context: Context,
  left: Operand,
  operator: Operator | undefined,
  test: Test,
  at: Location,
  sense = false,
): Statement {
  const negated = operator === '!=' && !sense;
  const facts = matchFacts(context, left, operator === undefined || operator === '==', test.value);
  return {
    print: (style) => `${left.print(style)} ${operator === undefined ? '' : `${operator} `}${test.print(style)}`,
    bind: (binding) => {
      if (left.selectors.some(({ unreadable }) => unreadable === true)) throw refused('EOPNOTSUPP', left.at ?? at);
      bindSets(binding, left.sets);
    },
    compile: (runtime) => {
      const read = left.compile(runtime);
      const { passes } = test;
      return (passage) => {
        const value = read(passage);
        return value !== undefined && passes(value) !== negated ? undefined : NEXT;
      };
    },
    match: facts,
    sets: left.sets.map(({ set }) => set),
    at,
  };
}

function inSet(
  context: Context,
  left: Operand,
  operator: Operator | undefined,
  right: Expression,
  leftAt: Location,
  at: Location,
): Statement {
  const negated = operator === '!=';
  if (operator !== undefined && operator !== '==' && !negated) {
    throw new NftError('Relational expression (!=, ==) is expected with a set', right.at);
  }
  if (right.kind === 'set' && right.elements.length === 1 && left.types.length === 1) {
    const [element] = right.elements as [(typeof right.elements)[number]];
    if (element.data === undefined && element.key.kind !== 'any' && element.comment === undefined) {
      return check(context, left, operator, element.key, undefined, leftAt, at);
    }
  }
  const use: SetUse = setUse(context, right, left.types, [], leftAt, 'set');
  const { set } = use;
  const shown = negated ? '!= ' : left.masked === undefined ? '' : '== ';
  const facts = matchFacts(context, left, false, undefined);
  return {
    print: (style) => `${left.print(style)} ${shown}${setText(set, style)}`,
    bind: (binding) => bindSets(binding, [...left.sets, use]),
    compile: (runtime) => {
      const read = left.compile(runtime);
      return (passage) => {
        const value = read(passage);
        if (value === undefined) return NEXT;
        return (set.find(value) !== undefined) !== negated ? undefined : NEXT;
      };
    },
    match: facts,
    sets: [set],
    at,
  };
}
