import { networkOf } from './expression/payload.ts';
import type { HeaderProtocol, Selector } from './expression/selector.ts';
import { type Location, NftError } from './parse/location.ts';
import { type Key, type KeyPart, prefixPart, single } from './set/key.ts';
import type { NftSet, SetSpec } from './set/set.ts';
import type { Expression } from './syntax.ts';
import type { DataType, Devices } from './type/datatype.ts';
import { describeType } from './type/types.ts';
import type { Scalar } from './value.ts';

export type Family = 'ip' | 'inet';

/** What is known where a rule is checked: its table, and what its statements so far say of the protocol. */
export interface Context {
  readonly family: Family;
  readonly devices: Devices;
  /** A set of the table, or one that the same text has declared before. */
  set(name: string): NftSet | undefined;
  /** A set that is written into the rule. */
  makeSet(spec: SetSpec): NftSet;
  network: 'ip' | 'ip6' | undefined;
  /** Which protocol above IP the rule is about, and since where. */
  transport: string | undefined;
  transportAt: Location | undefined;
}

/** Looking at a header says which protocol the packet has; two that exclude each other are an error (src/payload.c). */
export function noteHeader(context: Context, protocol: HeaderProtocol, at: Location): void {
  const network = networkOf(protocol);
  if (network !== undefined && protocol !== 'icmpv6') {
    const known = context.family === 'ip' ? 'ip' : context.network;
    if (known !== undefined && known !== network) throw conflict(known, protocol, at);
    context.network = network;
  }
  if (protocol === 'ip' || protocol === 'ip6' || protocol === 'th') return;
  if (context.transport !== undefined && context.transport !== protocol)
    throw conflict(context.transport, protocol, at);
  context.transport = protocol;
  context.transportAt = at;
}

function conflict(known: string, protocol: string, at: Location): NftError {
  return new NftError(`conflicting protocols specified: ${known} vs. ${protocol}`, at);
}

/** Notes what a selector looks at. @returns it; where the protocol is known, `th dport` is that one's. */
export function noteSelector(context: Context, selector: Selector, at: Location): Selector {
  const { header } = selector;
  const { transport } = context;
  if (header?.protocol === 'th' && (transport === 'tcp' || transport === 'udp' || transport === 'sctp')) {
    const protocol: HeaderProtocol = transport;
    return { ...selector, text: selector.text.replace('th', protocol), header: { ...header, protocol } };
  }
  if (header !== undefined) noteHeader(context, header.protocol, at);
  if (selector.text === 'meta nfproto' && context.family !== 'inet') {
    throw new NftError('meta nfproto is only useful in the inet family', at);
  }
  return selector;
}

/** A constant of a type. Throws NftError with nft's words and the place. */
export function scalar(context: Context, expression: Expression, type: DataType): Scalar {
  const { at } = expression;
  switch (expression.kind) {
    case 'symbol':
      try {
        return type.parse(expression.text, context.devices);
      } catch (error) {
        if (error instanceof TypeError) throw new NftError(error.message, at);
        throw error;
      }
    case 'binary': {
      const left = scalar(context, expression.left, type);
      const right = scalar(context, expression.right, type);
      if (typeof left !== 'number' || typeof right !== 'number') {
        throw new NftError(`Binary operation (${expression.operator}) is undefined for ${type.description} types`, at);
      }
      return operate(expression.operator, left, right);
    }
    case 'list': {
      if (type.kind !== 'bitmask') {
        const [first] = expression.items as [Expression];
        throw new NftError(`Basetype of type ${type.description} is not bitmask`, first.at);
      }
      let value = 0;
      for (const item of expression.items) value |= scalar(context, item, type) as number;
      return value >>> 0;
    }
    case 'selector':
      throw new NftError('Right hand side of relational expression must be constant', at);
    case 'concat':
      throw new NftError("Can't parse symbolic invalid expressions", (expression.parts[0] as Expression).at);
    default:
      throw new NftError('a single value is expected here', at);
  }
}

export function operate(operator: string, left: number, right: number): number {
  switch (operator) {
    case '&':
      return (left & right) >>> 0;
    case '|':
      return (left | right) >>> 0;
    case '^':
      return (left ^ right) >>> 0;
    case '<<':
      return right > 31 ? 0 : (left << right) >>> 0;
    default:
      return right > 31 ? 0 : left >>> right;
  }
}

/** A value, prefix or range of a type. */
export function keyPart(context: Context, expression: Expression, type: DataType): KeyPart {
  const { at } = expression;
  if (expression.kind === 'symbol' && expression.wildcard === true) {
    if (type.kind !== 'string') throw new NftError(`Could not parse ${type.description}`, at);
    return { from: expression.text, to: expression.text, wildcard: true };
  }
  if (expression.kind === 'prefix') {
    const base = scalar(context, expression.base, type);
    if (typeof base === 'string' || type.kind === 'bitmask') {
      throw new NftError(`Prefix expression is undefined for ${type.description} types`, at);
    }
    if (expression.length > type.bits) {
      throw new NftError(`Prefix length ${expression.length} is invalid for type of ${type.bits} bits width`, at);
    }
    return prefixPart(base, expression.length, type.bits);
  }
  if (expression.kind === 'range') {
    const from = scalar(context, expression.from, type);
    const to = scalar(context, expression.to, type);
    if (from >= to && !(from === to)) throw new NftError('Range has zero or negative size', at);
    return { from, to };
  }
  return single(scalar(context, expression, type));
}

/** The key of a set's element, or what a concatenation is compared with. */
export function keyFor(context: Context, expression: Expression, types: readonly DataType[]): Key {
  if (expression.kind === 'any') return 'any';
  const [first] = types as [DataType];
  if (types.length === 1) {
    if (expression.kind === 'concat') {
      throw new NftError("Can't parse symbolic invalid expressions", (expression.parts[0] as Expression).at);
    }
    return [keyPart(context, expression, first)];
  }
  const parts = expression.kind === 'concat' ? expression.parts : [expression];
  if (parts.length > types.length) {
    throw new NftError("Can't parse symbolic invalid expressions", (parts[types.length] as Expression).at);
  }
  const key = parts.map((part, i) => keyPart(context, part, types[i] as DataType));
  if (parts.length < types.length) {
    throw new NftError(`invalid data type, expected ${describeType(types)}`, expression.at);
  }
  return key;
}
