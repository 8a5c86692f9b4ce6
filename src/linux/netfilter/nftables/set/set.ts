import type { Clock, Milliseconds } from '../../../../simulation/clock.ts';
import type { DataType, Style } from '../type/datatype.ts';
import { formatTime } from '../type/time.ts';
import type { Value } from '../value.ts';
import { type Element, type ElementStatement, formatElement } from './element.ts';
import { compareKeys } from './key.ts';
import { ElementTable } from './storage.ts';

export const setFlags = ['constant', 'dynamic', 'interval', 'timeout'] as const;
export type SetFlag = (typeof setFlags)[number];

/** What a set's declaration says. */
export interface SetSpec {
  readonly name: string;
  readonly kind: 'set' | 'map';
  readonly types: readonly DataType[];
  /** A map's; a verdict map has the type `verdict`. */
  readonly dataTypes: readonly DataType[];
  /** The expressions behind `typeof`, as they are printed. */
  readonly typeOf?: string | undefined;
  readonly flags: Set<SetFlag>;
  readonly timeout?: Milliseconds | undefined;
  readonly gcInterval?: Milliseconds | undefined;
  readonly size?: number | undefined;
  readonly autoMerge?: boolean | undefined;
  readonly policy?: 'performance' | 'memory' | undefined;
  readonly comment?: string | undefined;
  /** Made for each element that is added (`counter`). */
  readonly statements: readonly { print(style: Style): string; make(): ElementStatement }[];
  /** Written into a rule, `{ ... }`. */
  readonly anonymous: boolean;
}

/** A set, map or verdict map. */
export class NftSet {
  readonly spec: SetSpec;
  handle = 0;
  /** Rules that name it. */
  uses = 0;
  readonly elements = new ElementTable();
  /** The most elements that packets may put into it. */
  size: number | undefined;
  readonly #clock: Clock;

  constructor(spec: SetSpec, clock: Clock) {
    this.spec = spec;
    this.size = spec.size;
    this.#clock = clock;
  }

  get name(): string {
    return this.spec.name;
  }

  /** A rule puts elements into it: it is dynamic where it isn't the kernel's yet, and has a size (nft_dynset_init). */
  filled(): void {
    if (this.handle === 0) this.spec.flags.add('dynamic');
    this.size ??= 65535;
  }

  get verdicts(): boolean {
    return this.spec.dataTypes[0]?.kind === 'verdict';
  }

  /** What a packet's value finds; what has outlived its time is gone. */
  find(value: Value): Element | undefined {
    const element = this.elements.find(value);
    return element === undefined || this.gone(element) ? undefined : element;
  }

  gone({ expires }: Element): boolean {
    return expires !== undefined && expires <= this.#clock.now();
  }

  /** Takes away what has outlived its time, as the kernel's garbage collector does unseen. */
  collect(): void {
    for (const element of [...this.elements]) if (this.gone(element)) this.elements.remove(element);
  }

  now(): Milliseconds {
    return this.#clock.now();
  }

  /** In the order in which nft lists them. */
  sorted(): Element[] {
    return [...this.elements]
      .filter((element) => !this.gone(element))
      .sort((a, b) => compareKeys(a.key, b.key, this.spec.types, this.spec.flags.has('interval')));
  }

  /** `{ 10.0.0.1, 10.0.0.2 }`, as a rule prints it. */
  inline(style: Style): string {
    return `{ ${this.sorted()
      .map((element) => this.#format(element, style))
      .join(', ')} }`;
  }

  #format(element: Element, style: Style): string {
    const { types, dataTypes, timeout } = this.spec;
    return formatElement(element, { types, dataTypes, timeout, now: this.#clock.now() }, style);
  }

  /** The lines of its declaration, without the first and the last, for a table that is indented by `indent`. */
  declaration(style: Style, shown: readonly Element[] = this.sorted()): string[] {
    const { spec } = this;
    const data = spec.kind === 'map' ? ` : ${typeText(spec.dataTypes)}` : '';
    const lines = [spec.typeOf === undefined ? `type ${typeText(spec.types)}${data}` : `typeof ${spec.typeOf}`];
    if (spec.policy === 'memory') lines.push('policy memory');
    if (this.size !== undefined && !spec.flags.has('constant')) lines.push(`size ${this.size}`);
    if (spec.flags.size > 0) lines.push(`flags ${setFlags.filter((flag) => spec.flags.has(flag)).join(',')}`);
    for (const statement of spec.statements) lines.push(statement.print({ ...style, stateless: true }));
    if (spec.timeout !== undefined) lines.push(`timeout ${formatTime(spec.timeout, style)}`);
    if (spec.gcInterval !== undefined) lines.push(`gc-interval ${formatTime(spec.gcInterval, style)}`);
    if (spec.autoMerge === true) lines.push('auto-merge');
    if (spec.comment !== undefined) lines.push(`comment "${spec.comment}"`);
    if (style.terse !== true && shown.length > 0) lines.push(`elements = { ${this.#elements(shown, style)} }`);
    return lines;
  }

  /** Some types stand several on a line (calculate_delim in src/expression.c). */
  #elements(elements: readonly Element[], style: Style): string {
    const perLine = this.spec.types.length === 1 ? (this.spec.types[0]?.perLine ?? 1) : 1;
    let text = '';
    elements.forEach((element, i) => {
      if (i > 0) text += i % perLine === 0 ? ',\n\t\t\t     ' : ', ';
      text += this.#format(element, style);
    });
    return text;
  }
}

export function typeText(types: readonly DataType[]): string {
  return types.map(({ name }) => name).join(' . ');
}
