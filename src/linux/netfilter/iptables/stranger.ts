import type { Table } from './table.ts';

/** A table with a name of iptables' that another tool has made, as iptables finds it. */
export interface Stranger {
  /** As far as it has a form in iptables. */
  readonly table: Table;
  /** Chains with rules that have none. */
  readonly incompatible: ReadonlySet<string>;
  /** It has base chains that iptables doesn't have; they are not shown. */
  readonly otherBaseChains: boolean;
  /** Why it can't be shown, where the real tool would. */
  readonly refusal: string | undefined;
}

/** What iptables says of it before all else. */
export function strangerNote(name: string, { otherBaseChains }: Stranger): string {
  if (!otherBaseChains) return '';
  return `# Table \`${name}' contains incompatible base-chains, use 'nft' tool to list them.\n`;
}

/** Why it, or one chain of it, is not listed; undefined: it is. */
export function strangerProblem(name: string, stranger: Stranger, chain: string | undefined): string | undefined {
  const { incompatible, refusal, table } = stranger;
  const wrong = chain === undefined ? incompatible.size > 0 : incompatible.has(chain) || !table.chains.has(chain);
  if (!wrong) return refusal;
  const where = `table \`${name}'`;
  return `${chain === undefined ? where : `chain \`${chain}' in ${where}`} is incompatible, use 'nft' tool.`;
}
