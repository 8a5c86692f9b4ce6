import { UNTRACKED } from '../../conntrack/tracked.ts';
import type { Passage } from '../../passage.ts';
import { option, target } from '../extension.ts';
import { flag } from '../kind.ts';

/** It needs no connection tracking, and switches none on (xt_ct_tg_check). */
function untrack() {
  return ({ skb }: Passage) => {
    skb.connection ??= UNTRACKED;
    return undefined;
  };
}

export const notrack = target({
  name: 'NOTRACK',
  // The kernel has it as a form of CT (xt_CT.c), and names it so.
  listedAs: 'CT',
  summary: 'exempts the packet from connection tracking',
  tables: ['raw'],
  options: {},
  list: () => 'NOTRACK',
  translate: () => 'notrack',
  compile: () => untrack(),
});

export const ct = target({
  name: 'CT',
  summary: 'says how the packet is tracked; here: not at all',
  leavesOut: '--helper, --ctevents, --expevents, --zone, --timeout',
  tables: ['raw'],
  options: { notrack: option(flag) },
  list: ({ notrack: given }) => (given === undefined ? 'CT' : 'CT notrack'),
  translate: ({ notrack: given }) => (given === undefined ? undefined : 'notrack'),
  compile: ({ notrack: given }) => (given === undefined ? () => undefined : untrack()),
});
