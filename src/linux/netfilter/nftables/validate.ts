import type { Chain, Table } from './table.ts';

/** NFT_JUMP_STACK_SIZE */
const DEPTH_LIMIT = 16;

/** Why a table can't be as it is; undefined: it can. */
export type Invalid = 'EMLINK' | 'EOPNOTSUPP' | undefined;

/**
 * nft_table_validate: from no base chain may packets jump in circles or too deep, or come to a statement that has no
 * place there (a masquerade in a filter chain).
 */
export function invalid(table: Table): Invalid {
  /** By the kind of base chain: how deep packets go from a chain that has been looked at. */
  const seen = new Map<string, Map<Chain, number>>();
  for (const chain of table.chains.values()) {
    const { base } = chain;
    if (base === undefined) continue;
    const kind = `${base.type} ${base.hook}`;
    const depths = seen.get(kind) ?? new Map<Chain, number>();
    seen.set(kind, depths);
    const found = look(chain, base, depths, new Set());
    if (typeof found !== 'number') return found;
  }
  return undefined;
}

/** How many chains deep packets may go from here. */
function look(
  chain: Chain,
  base: { readonly type: string; readonly hook: string },
  depths: Map<Chain, number>,
  within: Set<Chain>,
): number | 'EMLINK' | 'EOPNOTSUPP' {
  const known = depths.get(chain);
  if (known !== undefined) return within.size + known >= DEPTH_LIMIT ? 'EMLINK' : known;
  if (within.has(chain) || within.size >= DEPTH_LIMIT) return 'EMLINK';
  within.add(chain);
  let deepest = 0;
  for (const rule of chain.rules) {
    if (rule.statements.some(({ validate }) => validate?.(base) === false)) return 'EOPNOTSUPP';
    for (const target of targetsOf(rule)) {
      const depth = look(target, base, depths, within);
      if (typeof depth !== 'number') return depth;
      deepest = Math.max(deepest, depth + 1);
    }
  }
  within.delete(chain);
  depths.set(chain, deepest);
  return deepest;
}

function* targetsOf(rule: Chain['rules'][number]): Generator<Chain, void> {
  for (const target of rule.targets) yield target as Chain;
  for (const set of rule.sets) {
    if (!set.verdicts || set.spec.anonymous) continue;
    for (const { data } of set.elements) {
      if (data !== undefined && 'verdict' in data && 'chain' in data.verdict) yield data.verdict.chain as Chain;
    }
  }
}
