import { symbols } from './datatype.ts';

/** Types of what connection tracking knows (src/ct.c). */

export const ctState = symbols(
  'ct_state',
  'conntrack state',
  32,
  { invalid: 1, new: 8, established: 2, related: 4, untracked: 64 },
  { kind: 'bitmask', unknown: 'hex', perLine: 5 },
);

export const ctStatus = symbols(
  'ct_status',
  'conntrack status',
  32,
  { expected: 1, 'seen-reply': 2, assured: 4, confirmed: 8, snat: 16, dnat: 32, dying: 512 },
  { kind: 'bitmask', unknown: 'hex', perLine: 5 },
);

export const ctDirection = symbols('ct_dir', 'conntrack direction', 8, { original: 0, reply: 1 });
