import type { Stack } from '../../ip/stack.ts';

/** What `conntrack -S` prints, in its order (struct ip_conntrack_stat); here `insert` and what threads need stay 0. */
export interface ConntrackStatistics {
  found: number;
  invalid: number;
  insert: number;
  insert_failed: number;
  drop: number;
  early_drop: number;
  error: number;
  search_restart: number;
  clash_resolve: number;
  chaintoolong: number;
}

const known = new WeakMap<Stack, ConntrackStatistics>();

export function statisticsOf(stack: Stack): ConntrackStatistics {
  let statistics = known.get(stack);
  if (statistics === undefined) {
    statistics = {
      found: 0,
      invalid: 0,
      insert: 0,
      insert_failed: 0,
      drop: 0,
      early_drop: 0,
      error: 0,
      search_restart: 0,
      clash_resolve: 0,
      chaintoolong: 0,
    };
    known.set(stack, statistics);
  }
  return statistics;
}
