import type { Base, Chainlike } from './chain.ts';
import { formatPriority } from './chain.ts';
import type { Rule } from './rule.ts';
import type { NftSet } from './set/set.ts';
import type { StatefulObject } from './statement/statement.ts';
import type { Style } from './type/datatype.ts';
import type { Family } from './typing.ts';

export class Chain implements Chainlike {
  name: string;
  readonly table: Table;
  readonly base: Base | undefined;
  readonly comment: string | undefined;
  handle = 0;
  /** Rules and map elements that jump here. */
  uses = 0;
  readonly rules: Rule[] = [];

  constructor(table: Table, name: string, base: Base | undefined, comment: string | undefined) {
    this.table = table;
    this.name = name;
    this.base = base;
    this.comment = comment;
  }

  /** Has it statements that only iptables understands? */
  get foreign(): boolean {
    return this.rules.some(({ foreign }) => foreign);
  }

  /** The lines of `nft list`; `rules` false: its declaration alone, as `list chains` has it. */
  lines(style: Style, rules = true): string[] {
    const lines = [`chain ${this.name} {${style.handles === true ? ` # handle ${this.handle}` : ''}`];
    if (this.comment !== undefined) lines.push(`\tcomment "${this.comment}"`);
    if (this.base !== undefined) {
      const { type, hook, priority, policy } = this.base;
      const at = formatPriority(priority, hook, style.numericPriority === true);
      lines.push(`\ttype ${type} hook ${hook} priority ${at}; policy ${policy};`);
    }
    if (rules) {
      for (const rule of this.rules) {
        lines.push(`\t${rule.text(style)}${style.handles === true ? ` # handle ${rule.handle}` : ''}`);
      }
    }
    lines.push('}');
    return lines;
  }
}

/** A counter, limit or quota that has a name. */
export interface NamedObject extends StatefulObject {
  readonly kind: 'counter' | 'limit' | 'quota';
  readonly comment: string | undefined;
  handle: number;
  uses: number;
  /** The lines between its brackets. */
  lines(style: Style): string[];
  /** Puts back what it has counted. */
  reset(): void;
}

export class Table {
  readonly family: Family;
  readonly name: string;
  handle = 0;
  comment: string | undefined;
  dormant = false;
  /** Whose table it is, where it isn't nft's. */
  readonly keeper: string | undefined;
  readonly chains = new Map<string, Chain>();
  readonly sets = new Map<string, NftSet>();
  readonly objects = new Map<string, NamedObject>();
  #handles = 0;

  constructor(family: Family, name: string, keeper?: string) {
    this.family = family;
    this.keeper = keeper;
    this.name = name;
  }

  /** `ip kube-proxy` */
  get title(): string {
    return `${this.family} ${this.name}`;
  }

  /** Chains, sets, rules and objects are numbered together; a transaction that fails has used its numbers all the same. */
  nextHandle(): number {
    return ++this.#handles;
  }

  lines(style: Style): string[] {
    const lines = [`table ${this.title} {${style.handles === true ? ` # handle ${this.handle}` : ''}`];
    if (this.comment !== undefined) lines.push(`\tcomment "${this.comment}"`);
    if (this.dormant) lines.push('\tflags dormant', ...(this.parts === 0 ? [] : ['']));
    const blocks = [
      ...[...this.objects.values()].map((object) => objectLines(object, style)),
      ...[...this.sets.values()].map((set) => setLines(set, style)),
      ...[...this.chains.values()].map((chain) => chain.lines(style)),
    ];
    blocks.forEach((block, i) => {
      if (i > 0) lines.push('');
      lines.push(...block.map((line) => (line === '' ? '' : `\t${line}`)));
    });
    lines.push('}');
    return lines;
  }

  get parts(): number {
    return this.objects.size + this.sets.size + this.chains.size;
  }
}

export function setLines(set: NftSet, style: Style, shown = set.sorted()): string[] {
  const { kind, name } = set.spec;
  return [
    `${kind} ${name} {${style.handles === true ? ` # handle ${set.handle}` : ''}`,
    ...set.declaration(style, shown).map((line) => `\t${line}`),
    '}',
  ];
}

export function objectLines(object: NamedObject, style: Style): string[] {
  return [
    `${object.kind} ${object.name} {${style.handles === true ? ` # handle ${object.handle}` : ''}`,
    ...(object.comment === undefined ? [] : [`\tcomment "${object.comment}"`]),
    ...object.lines(style).map((line) => `\t${line}`),
    '}',
  ];
}
