import type { Chainlike } from './chain.ts';
import { listed } from './listing.ts';
import type { Runtime, Step } from './runtime.ts';
import type { NftSet } from './set/set.ts';
import type { Statement } from './statement/statement.ts';
import type { Style } from './type/datatype.ts';

/** A rule of a chain: its statements, checked, in both shapes: those that are done, and those that are listed. */
export class Rule {
  readonly statements: readonly Statement[];
  readonly comment: string | undefined;
  handle = 0;
  /** Chains that it jumps to, and sets that it looks into: what can't be deleted while it stands. */
  readonly targets: Chainlike[] = [];
  readonly sets: readonly NftSet[];
  /** Named counters, limits and quotas. */
  readonly objects: { uses: number }[] = [];
  /** What it changes, for the tap; undefined: nothing. */
  readonly changes: string | undefined;
  readonly #family: 'ip' | 'inet';
  #steps: readonly Step[] = [];

  constructor(statements: readonly Statement[], comment: string | undefined, family: 'ip' | 'inet') {
    this.statements = statements;
    this.comment = comment;
    this.#family = family;
    this.sets = statements.flatMap(({ sets }) => sets ?? []);
    const changes = statements.flatMap(({ changes: one }) => one ?? []);
    this.changes = changes.length === 0 ? undefined : changes.join(', ');
  }

  get foreign(): boolean {
    return this.statements.some(({ foreign }) => foreign === true);
  }

  compile(runtime: Runtime): void {
    this.#steps = this.statements.map((statement) => statement.compile(runtime));
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** As `nft list` prints it, without its handle. */
  text(style: Style): string {
    const parts = listed(this.statements, this.#family).map((statement) => statement.print(style));
    if (this.comment !== undefined) parts.push(`comment "${this.comment}"`);
    return parts.join(' ');
  }
}
