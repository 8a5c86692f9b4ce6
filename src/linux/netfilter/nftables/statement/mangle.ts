import {
  constantOperand,
  mapOperand,
  type Operand,
  operand,
  selectorOperand,
  withOperator,
} from '../expression/operand.ts';
import { parseData } from '../parse/expression.ts';
import { type Location, NftError } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import type { Expression } from '../syntax.ts';
import type { DataType } from '../type/datatype.ts';
import { describeType } from '../type/types.ts';
import { type Context, noteSelector, operate, scalar } from '../typing.ts';
import type { Scalar } from '../value.ts';
import { NEXT } from '../verdict.ts';
import { bindSets } from './binding.ts';
import type { Statement } from './statement.ts';

/** `meta mark set 1`, `ct mark set meta mark`, `ip dscp set cs1`. */
export function parseMangle(parser: Parser, left: Expression, first: Location): (context: Context) => Statement {
  parser.expect('set');
  const data = parseData(parser);
  const at = parser.since(first);
  return (context) => {
    if (left.kind !== 'selector' || left.selector.write === undefined) {
      throw new NftError('this can only be compared: setting it is not modelled here', left.at);
    }
    const selector = noteSelector(context, left.selector, left.at);
    const given = givenOperand(context, data, selector.type, at, selector.text);
    return {
      print: (style) => `${selector.text} set ${given.print(style)}`,
      bind: (binding) => bindSets(binding, given.sets),
      compile: (runtime) => {
        const read = given.compile(runtime);
        const write = selector.write?.(runtime) ?? (() => {});
        return (passage) => {
          const value = read(passage);
          if (value === undefined) return NEXT;
          write(passage, value as Scalar);
          return undefined;
        };
      },
      changes: `sets ${selector.text}`,
      sets: given.sets.map(({ set }) => set),
      at,
    };
  };
}

/** What is given: a constant of the type, or something of the packet that has the type. */
export function givenOperand(
  context: Context,
  data: Expression,
  type: DataType,
  statementAt: Location,
  what = '',
): Operand {
  if (data.kind === 'map') {
    const mapped = mapOperand(context, data, [type]);
    expectType(mapped, type, data.at, statementAt);
    return mapped;
  }
  if (data.kind === 'selector') {
    const looked = selectorOperand(noteSelector(context, data.selector, data.at));
    expectType(looked, type, data.at, statementAt);
    return looked;
  }
  if (data.kind === 'binary' && hasSelector(data)) return simplified(context, data, type, what);
  if (data.kind === 'concat' && data.parts.some(({ kind }) => kind === 'selector')) return operand(context, data);
  return constantOperand(scalar(context, data, type), type);
}

function expectType(given: Operand, type: DataType, at: Location, statementAt: Location): void {
  const [found] = given.types as [DataType];
  if (given.types.length === 1 && (found.name === type.name || found.name === 'integer')) return;
  throw new NftError(
    `datatype mismatch: expected ${type.description}, expression has type ${describeType(given.types)}`,
    at,
    statementAt,
  );
}

function hasSelector(expression: Expression): boolean {
  if (expression.kind === 'selector') return true;
  return expression.kind === 'binary' && (hasSelector(expression.left) || hasSelector(expression.right));
}

/** The kernel keeps all such operations as `(x & mask) ^ bits` (nft_bitwise), and nft reads them back from there. */
function simplified(context: Context, data: Expression & { kind: 'binary' }, type: DataType, what: string): Operand {
  const chain: { operator: string; right: number }[] = [];
  let inner: Expression = data;
  while (inner.kind === 'binary') {
    if (hasSelector(inner.right))
      throw new NftError('Right hand side of binary operation must be constant', inner.right.at);
    chain.unshift({ operator: inner.operator, right: scalar(context, inner.right, type) as number });
    inner = inner.left;
  }
  const base = operand(context, inner);
  if (what === '' || chain.some(({ operator }) => operator === '<<' || operator === '>>')) {
    return chain.reduce((left, { operator, right }) => withOperator(left, operator, right), base);
  }
  let mask = 0xffffffff;
  let xor = 0;
  for (const { operator, right } of chain) {
    if (operator === '&') {
      mask = operate('&', mask, right);
      xor = operate('&', xor, right);
    } else if (operator === '|') {
      mask = operate('&', mask, ~right >>> 0);
      xor = operate('|', operate('&', xor, ~right >>> 0), right);
    } else xor = operate('^', xor, right);
  }
  return fromMask(base, mask, xor);
}

function fromMask(base: Operand, mask: number, xor: number): Operand {
  const cleared = ~mask >>> 0;
  if (xor === 0) return withOperator(base, '&', mask);
  if (mask === 0xffffffff) return withOperator(base, '^', xor);
  if (cleared === xor) return withOperator(base, '|', xor);
  if ((cleared & xor) >>> 0 === xor) {
    // What is set was cleared before: `& mask | bits`.
    return withOperator(withOperator(base, '&', operate('|', mask, xor)), '|', xor);
  }
  return withOperator(withOperator(base, '&', mask), '^', xor);
}
