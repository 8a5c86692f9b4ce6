/**
 * A small language for describing what a YAML file holds, as data. Validation (`read.ts`), TypeScript's types
 * (`Value`) and the authors' reference (`reference.ts`) all follow from one description.
 */
export type Shape =
  | TextShape
  | NumberShape
  | FlagShape
  | ListShape
  | RecordShape
  | MapShape
  | VariantShape
  | EitherShape
  | ObjectShape;

/** `about` is shown to authors; it says what the value is for, in one or two sentences. */
interface Described {
  readonly about: string;
  readonly example?: string;
}

/** What a field of a record adds to the shape of its value: it must be there, or has a default, or may be absent. */
export interface FieldTraits {
  readonly required?: true;
  readonly default?: string | number | boolean | readonly string[];
}

export interface TextShape extends Described {
  readonly type: 'text';
  /** The only words allowed. */
  readonly oneOf?: readonly string[];
  /** A regular expression for the whole text, and what it means in words. */
  readonly pattern?: { readonly matches: string; readonly means: string };
}

/** A whole number. */
export interface NumberShape extends Described {
  readonly type: 'number';
  readonly min: number;
  readonly max: number;
}

export interface FlagShape extends Described {
  readonly type: 'flag';
  /** The only value allowed, where writing the other would say nothing. */
  readonly only?: true;
}

export interface ListShape extends Described {
  readonly type: 'list';
  readonly of: Shape;
  readonly min?: number;
}

/** A map with known keys. */
export interface RecordShape extends Described {
  readonly type: 'record';
  readonly fields: Readonly<Record<string, Shape & FieldTraits>>;
}

/** A map whose keys the author names. */
export interface MapShape extends Described {
  readonly type: 'map';
  readonly of: Shape;
  readonly key: { readonly matches: string; readonly means: string };
}

/** One of several records; the one whose own key (`assert`, `probe`, ...) is there. */
export interface VariantShape extends Described {
  readonly type: 'variant';
  readonly variants: Readonly<Record<string, RecordShape>>;
}

/** A value that may be written in more than one way; which one, the YAML itself tells. */
export interface EitherShape extends Described {
  readonly type: 'either';
  readonly text?: TextShape;
  readonly list?: ListShape;
  readonly record?: RecordShape;
}

/** Any YAML map: part of a Kubernetes object. */
export interface ObjectShape extends Described {
  readonly type: 'object';
}

type Defined<T> = Exclude<T, undefined>;
type Fields = Readonly<Record<string, Shape & FieldTraits>>;
type SureKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends { required: true } | { default: string | number | boolean | readonly string[] }
    ? K
    : never;
}[keyof F];
type Flat<T> = { [K in keyof T]: T[K] };

/** The type of what a shape describes, once read. */
export type Value<S> = S extends { type: 'text' }
  ? S extends { oneOf: readonly (infer W)[] }
    ? W
    : string
  : S extends { type: 'number' }
    ? number
    : S extends { type: 'flag' }
      ? S extends { only: true }
        ? true
        : boolean
      : S extends { type: 'list'; of: infer E }
        ? readonly Value<E>[]
        : S extends { type: 'record'; fields: infer F extends Fields }
          ? Flat<
              { readonly [K in SureKeys<F>]: Value<F[K]> } & {
                readonly [K in Exclude<keyof F, SureKeys<F>>]?: Value<F[K]>;
              }
            >
          : S extends { type: 'map'; of: infer E }
            ? Readonly<Record<string, Value<E>>>
            : S extends { type: 'variant'; variants: infer V }
              ? { [K in keyof V]: Value<V[K]> }[keyof V]
              : S extends { type: 'either' }
                ? EitherValue<S>
                : S extends { type: 'object' }
                  ? Readonly<Record<string, unknown>>
                  : never;

type EitherValue<S> =
  | (S extends { text: infer T } ? Value<Defined<T>> : never)
  | (S extends { list: infer L } ? Value<Defined<L>> : never)
  | (S extends { record: infer R } ? Value<Defined<R>> : never);
