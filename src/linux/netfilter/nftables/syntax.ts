import type { Selector } from './expression/selector.ts';
import type { Location } from './parse/location.ts';

/** What the parser makes of an expression, before anything in it has a type. */
export type Expression =
  | { readonly kind: 'symbol'; readonly text: string; readonly wildcard?: boolean; readonly at: Location }
  | { readonly kind: 'selector'; readonly selector: Selector; readonly at: Location }
  | { readonly kind: 'prefix'; readonly base: Expression; readonly length: number; readonly at: Location }
  | { readonly kind: 'range'; readonly from: Expression; readonly to: Expression; readonly at: Location }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: Location;
    }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly at: Location }
  | { readonly kind: 'concat'; readonly parts: readonly Expression[]; readonly at: Location }
  | { readonly kind: 'set'; readonly elements: readonly ElementSyntax[]; readonly at: Location }
  | { readonly kind: 'reference'; readonly name: string; readonly at: Location }
  | { readonly kind: 'map'; readonly key: Expression; readonly map: Expression; readonly at: Location }
  | { readonly kind: 'any'; readonly at: Location };

export type BinaryOperator = '&' | '|' | '^' | '<<' | '>>';

/** A verdict as it is written. */
export interface VerdictSyntax {
  readonly kind: 'accept' | 'drop' | 'continue' | 'return' | 'jump' | 'goto';
  readonly chain?: string;
  readonly chainAt?: Location;
  readonly at: Location;
}

/** An element of a set, before it has types. */
export interface ElementSyntax {
  readonly key: Expression;
  readonly data?: Expression | { readonly verdict: VerdictSyntax };
  readonly timeout?: number;
  readonly expires?: number;
  readonly comment?: string;
  readonly counter?: { readonly packets: number; readonly bytes: number };
  readonly at: Location;
}
