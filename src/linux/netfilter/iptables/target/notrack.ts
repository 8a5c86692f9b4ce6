import { conntrackOf } from '../../conntrack/conntrack.ts';
import type { Passage } from '../../passage.ts';
import { option, type Place, target } from '../extension.ts';
import { flag } from '../kind.ts';

function untrack({ stack }: Place) {
  const tracking = conntrackOf(stack);
  return ({ skb }: Passage) => {
    tracking.untrack(skb);
    return undefined;
  };
}

export const notrack = target({
  name: 'NOTRACK',
  listedAs: 'CT',
  summary: 'exempts the packet from connection tracking',
  tables: ['raw'],
  options: {},
  list: () => 'NOTRACK',
  compile: (_values, place) => untrack(place),
});

export const ct = target({
  name: 'CT',
  summary: 'says how the packet is tracked; here: not at all',
  leavesOut: '--helper, --ctevents, --expevents, --zone, --timeout',
  tables: ['raw'],
  options: { notrack: option(flag) },
  list: ({ notrack: given }) => (given === undefined ? 'CT' : 'CT notrack'),
  compile: ({ notrack: given }, place) => (given === undefined ? () => undefined : untrack(place)),
});
