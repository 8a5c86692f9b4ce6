import { type Location, NftError } from '../parse/location.ts';
import type { Runtime } from '../runtime.ts';
import { draftElements, type ElementDraft } from '../set/draft.ts';
import { isInterval } from '../set/key.ts';
import type { NftSet, SetFlag } from '../set/set.ts';
import type { ElementSyntax, Expression } from '../syntax.ts';
import type { DataType, Style } from '../type/datatype.ts';
import { describeType } from '../type/types.ts';
import { type Context, noteSelector, operate, scalar } from '../typing.ts';
import type { Read, Scalar } from '../value.ts';
import type { Selector } from './selector.ts';

/** Something with a type that has a value for each packet: a selector, bits of one, several, what a map has for one. */
export interface Operand {
  readonly types: readonly DataType[];
  print(style: Style): string;
  compile(runtime: Runtime): Read;
  /** What of the packet it looks at. */
  readonly selectors: readonly Selector[];
  /** `meta mark & 0xff`: the selector and the mask. */
  readonly masked?: { readonly operand: Operand; readonly mask: number };
  /** Sets that it looks into, and those among them that the rule brings, with their elements. */
  readonly sets: readonly SetUse[];
  readonly constant?: Scalar;
  /** Where it stands, of a selector. */
  readonly at?: Location;
}

/** A set in a rule; `drafts` of one that is written into it. */
export interface SetUse {
  readonly set: NftSet;
  readonly drafts?: readonly ElementDraft[];
}

export function selectorOperand(selector: Selector): Operand {
  return {
    types: [selector.type],
    print: () => selector.text,
    compile: (runtime) => selector.compile(runtime),
    selectors: [selector],
    sets: [],
  };
}

/** Something of the packet: the left side of a match. */
export function operand(context: Context, expression: Expression): Operand {
  switch (expression.kind) {
    case 'selector':
      return { ...selectorOperand(noteSelector(context, expression.selector, expression.at)), at: expression.at };
    case 'binary':
      return binaryOperand(context, expression);
    case 'concat':
      return concatOperand(expression.parts.map((part) => operand(context, part)));
    case 'map':
      return mapOperand(context, expression);
    case 'symbol':
      throw new NftError('No symbol type information', expression.at);
    default:
      throw new NftError('No symbol type information', expression.at);
  }
}

function binaryOperand(context: Context, expression: Expression & { kind: 'binary' }): Operand {
  const left = operand(context, expression.left);
  const [type] = left.types as [DataType];
  if (left.types.length > 1 || type.kind === 'string') {
    throw new NftError(
      `Binary operation (${expression.operator}) is undefined for ${describeType(left.types)} types`,
      expression.left.at,
    );
  }
  const right = scalar(context, expression.right, type) as number;
  return withOperator(left, expression.operator, right);
}

export function withOperator(left: Operand, operator: string, right: number): Operand {
  const [type] = left.types as [DataType];
  return {
    types: [type],
    print: (style) => `${left.print(style)} ${operator} ${type.format(right, style)}`,
    compile: (runtime) => {
      const read = left.compile(runtime);
      return (passage) => {
        const value = read(passage);
        return value === undefined ? undefined : operate(operator, value as number, right);
      };
    },
    selectors: left.selectors,
    sets: left.sets,
    ...(operator === '&' && { masked: { operand: left, mask: right } }),
  };
}

export function concatOperand(parts: readonly Operand[]): Operand {
  return {
    types: parts.flatMap(({ types }) => types),
    print: (style) => parts.map((part) => part.print(style)).join(' . '),
    compile: (runtime) => {
      const reads = parts.map((part) => part.compile(runtime));
      return (passage) => {
        const values: Scalar[] = [];
        for (const read of reads) {
          const value = read(passage);
          if (value === undefined) return undefined;
          values.push(value as Scalar);
        }
        return values;
      };
    },
    selectors: parts.flatMap(({ selectors }) => selectors),
    sets: parts.flatMap(({ sets }) => sets),
  };
}

export function constantOperand(value: Scalar, type: DataType): Operand {
  return {
    types: [type],
    print: (style) => type.format(value, style),
    compile: () => () => value,
    selectors: [],
    sets: [],
    constant: value,
  };
}

/** `ip saddr map { 10.0.0.1 : 1 }`; the data's type is that of what it is given to. */
export function mapOperand(
  context: Context,
  expression: Expression & { kind: 'map' },
  dataTypes?: readonly DataType[],
): Operand {
  const key = operand(context, expression.key);
  const use = setUse(context, expression.map, key.types, dataTypes ?? [], expression.key.at, 'map');
  const { set } = use;
  return {
    types: set.spec.dataTypes,
    print: (style) => `${key.print(style)} map ${setText(set, style)}`,
    compile: (runtime) => {
      const read = key.compile(runtime);
      return (passage) => {
        const value = read(passage);
        const data = value === undefined ? undefined : set.find(value)?.data;
        return data !== undefined && 'value' in data ? data.value : undefined;
      };
    },
    selectors: key.selectors,
    sets: [...key.sets, use],
  };
}

export function setText(set: NftSet, style: Style): string {
  return set.spec.anonymous ? set.inline(style) : `@${set.name}`;
}

/** A set that is named or written into the rule, for keys of these types. */
export function setUse(
  context: Context,
  expression: Expression,
  types: readonly DataType[],
  dataTypes: readonly DataType[],
  keyAt: Location,
  kind: 'set' | 'map',
): SetUse {
  if (expression.kind === 'set') return anonymousSet(context, expression.elements, types, dataTypes, kind);
  if (expression.kind !== 'reference') throw new NftError('Expression is not a map', expression.at);
  const set = context.set(expression.name);
  if (set === undefined) throw new NftError('No such file or directory', expression.at);
  if (kind === 'map' && set.spec.kind !== 'map') throw new NftError('Expression is not a map', expression.at);
  if (!sameTypes(set.spec.types, types)) {
    throw new NftError(
      kind === 'map'
        ? `datatype mismatch, map expects ${describeType(set.spec.types)}, mapping expression has type ${describeType(types)}`
        : `datatype mismatch, expected ${describeType(types)}, expression has type ${describeType(set.spec.types)}`,
      expression.at,
      keyAt,
    );
  }
  return { set };
}

/** Types that go by the same name, and plain numbers of any width, may be compared. */
export function sameTypes(a: readonly DataType[], b: readonly DataType[]): boolean {
  return a.length === b.length && a.every(({ name }, i) => name === b[i]?.name);
}

function anonymousSet(
  context: Context,
  elements: readonly ElementSyntax[],
  types: readonly DataType[],
  dataTypes: readonly DataType[],
  kind: 'set' | 'map',
): SetUse {
  const flags = new Set<SetFlag>(['constant']);
  const base = {
    name: kind === 'map' ? '__map%d' : '__set%d',
    kind,
    types,
    dataTypes,
    statements: [],
    anonymous: true,
  };
  const plain = draftElements(context, { ...base, flags }, elements);
  const intervals = plain.some(({ key }) => key !== 'any' && key.some(isInterval));
  if (!intervals) return { set: context.makeSet({ ...base, flags }), drafts: plain };
  flags.add('interval');
  const drafts = draftElements(context, { ...base, flags }, elements);
  return { set: context.makeSet({ ...base, flags }), drafts };
}
