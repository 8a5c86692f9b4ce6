import type { Milliseconds } from '../../../../simulation/clock.ts';
import { type Location, NftError } from '../parse/location.ts';
import type { ElementSyntax, VerdictSyntax } from '../syntax.ts';
import type { Style } from '../type/datatype.ts';
import { type Context, keyFor } from '../typing.ts';
import type { Scalar, Value } from '../value.ts';
import { ACCEPT, CONTINUE, DROP, RETURN, type Target, type Verdict } from '../verdict.ts';
import type { Data, Element, ElementStatement } from './element.ts';
import { isInterval, type Key, type KeyPart, order } from './key.ts';
import type { NftSet, SetSpec } from './set.ts';

/** An element that is right by itself; whether its chain is there, the kernel says when it is added. */
export interface ElementDraft {
  readonly key: Key;
  readonly verdict?: VerdictSyntax;
  readonly value?: Value;
  readonly timeout?: Milliseconds;
  readonly expires?: Milliseconds;
  readonly comment?: string;
  readonly counter?: { readonly packets: number; readonly bytes: number };
  readonly at: Location;
}

/** Checks elements against their set's types, and merges or refuses intervals that meet. */
export function draftElements(context: Context, spec: SetSpec, elements: readonly ElementSyntax[]): ElementDraft[] {
  const drafts = elements.map((element) => draft(context, spec, element));
  if (!spec.flags.has('interval')) {
    if (!spec.anonymous) for (const one of drafts) onlyValues(one);
    return drafts;
  }
  return spec.types.length === 1 ? mergeIntervals(spec, drafts) : drafts;
}

function draft(context: Context, spec: SetSpec, element: ElementSyntax): ElementDraft {
  const { key: syntax, data, timeout, expires, comment, counter } = element;
  const key = keyFor(context, syntax, spec.types);
  const options = {
    ...(timeout !== undefined && { timeout }),
    ...(expires !== undefined && { expires }),
    ...(comment !== undefined && { comment }),
    ...(counter !== undefined && { counter }),
    at: syntax.at,
  };
  if (data === undefined) return { key, ...options };
  if (spec.kind === 'set') throw new NftError('mapping outside of map context', syntax.at);
  if ('verdict' in data) return { key, verdict: data.verdict, ...options };
  if (spec.dataTypes[0]?.kind === 'verdict') throw new NftError('verdict expected', data.at);
  const found = keyFor(context, data, spec.dataTypes);
  if (found === 'any') throw new NftError('a single value is expected here', data.at);
  if (found.some(isInterval)) throw new NftError('Range and prefix data of maps are not modelled here', data.at);
  const values = found.map(({ from }) => from);
  return { key, value: values.length === 1 ? (values[0] as Scalar) : values, ...options };
}

function onlyValues({ key, at }: ElementDraft): void {
  if (key === 'any') return;
  const interval = key.find(isInterval);
  if (interval === undefined) return;
  throw new NftError(
    `You must add 'flags interval' to your set declaration if you want to add ${kindOfInterval(at)} elements`,
    at,
  );
}

function kindOfInterval({ source, line, from, to }: Location): string {
  return (source.lines[line - 1] ?? '').slice(from - 1, to).includes('/') ? 'prefix' : 'range';
}

/** src/segtree.c: maps, and sets that don't merge by themselves, have no intervals that overlap. */
function mergeIntervals(spec: SetSpec, drafts: readonly ElementDraft[]): ElementDraft[] {
  const any = drafts.filter(({ key }) => key === 'any' || key[0]?.wildcard === true);
  const sorted = drafts
    .filter((one) => !any.includes(one))
    .sort((a, b) => order((a.key[0] as KeyPart).from, (b.key[0] as KeyPart).from));
  const merging = spec.kind === 'set' && (spec.anonymous || spec.autoMerge === true);
  const merged: ElementDraft[] = [];
  for (const one of sorted) {
    const last = merged.at(-1);
    const part = one.key[0] as KeyPart;
    const before = last === undefined ? undefined : (last.key[0] as KeyPart);
    if (last === undefined || before === undefined || !meets(before, part, merging)) {
      merged.push(one);
      continue;
    }
    if (
      before.from === part.from &&
      before.to === part.to &&
      one.value === last.value &&
      one.verdict === last.verdict
    ) {
      continue;
    }
    if (!merging) throw new NftError('conflicting intervals specified', one.at, last.at);
    const to = order(before.to, part.to) < 0 ? part.to : before.to;
    merged[merged.length - 1] = { ...last, key: [{ from: before.from, to }] };
  }
  return [...merged, ...any];
}

function meets(before: KeyPart, part: KeyPart, adjacent: boolean): boolean {
  if (part.from <= before.to) return true;
  return adjacent && typeof part.from === 'number' && part.from === (before.to as number) + 1;
}

/** An element as the set keeps it. `chain` finds the chain that a verdict names. */
export function makeElement(
  set: NftSet,
  one: ElementDraft,
  chain: (verdict: VerdictSyntax) => Target,
  own: readonly ElementStatement[],
): Element {
  const { spec } = set;
  const timeout = one.timeout ?? spec.timeout;
  return {
    key: one.key,
    data: dataOf(one, chain),
    comment: one.comment,
    timeout: timeout === 0 ? undefined : timeout,
    expires: timeout === undefined || timeout === 0 ? undefined : set.now() + (one.expires ?? timeout),
    statements: own,
  };
}

function dataOf({ verdict, value }: ElementDraft, chain: (verdict: VerdictSyntax) => Target): Data | undefined {
  if (verdict !== undefined) return { verdict: verdictOf(verdict, chain) };
  return value === undefined ? undefined : { value };
}

export function verdictOf(verdict: VerdictSyntax, chain: (verdict: VerdictSyntax) => Target): Verdict {
  switch (verdict.kind) {
    case 'accept':
      return ACCEPT;
    case 'drop':
      return DROP;
    case 'return':
      return RETURN;
    case 'continue':
      return CONTINUE;
    default:
      return { kind: verdict.kind, chain: chain(verdict) };
  }
}

/** A counter that an element has for itself. */
export class ElementCounter implements ElementStatement {
  packets: number;
  bytes: number;

  constructor(packets = 0, bytes = 0) {
    this.packets = packets;
    this.bytes = bytes;
  }

  print({ stateless }: Style): string {
    return stateless === true ? 'counter' : `counter packets ${this.packets} bytes ${this.bytes}`;
  }

  pass(bytes: number): boolean {
    this.packets++;
    this.bytes += bytes;
    return true;
  }
}
