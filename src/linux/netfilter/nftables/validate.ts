import type { Chain, Table } from './table.ts';
import { refused } from './transaction.ts';

/** NFT_JUMP_STACK_SIZE */
const DEPTH_LIMIT = 16;

/** nft_chain_validate: from no base chain may a packet jump in circles, or too deep. */
export function checkJumps(tables: Iterable<Table>): void {
  for (const table of tables) {
    const depths = new Map<Chain, number>();
    for (const chain of table.chains.values()) if (chain.base !== undefined) depthOf(chain, depths, new Set());
  }
}

/** How many chains deep packets may go from here. */
function depthOf(chain: Chain, depths: Map<Chain, number>, within: Set<Chain>): number {
  const known = depths.get(chain);
  if (known !== undefined) return known;
  if (within.has(chain)) throw refused('ELOOP', undefined);
  if (within.size >= DEPTH_LIMIT) throw refused('EMLINK', undefined);
  within.add(chain);
  let deepest = 0;
  for (const target of targetsOf(chain)) deepest = Math.max(deepest, 1 + depthOf(target, depths, within));
  within.delete(chain);
  depths.set(chain, deepest);
  return deepest;
}

function* targetsOf(chain: Chain): Generator<Chain, void> {
  for (const rule of chain.rules) {
    for (const target of rule.targets) yield target as Chain;
    for (const set of rule.sets) {
      if (!set.verdicts || set.spec.anonymous) continue;
      for (const { data } of set.elements) {
        if (data !== undefined && 'verdict' in data && 'chain' in data.verdict) yield data.verdict.chain as Chain;
      }
    }
  }
}
