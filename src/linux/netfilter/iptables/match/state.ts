import { conntrackOf } from '../../conntrack/conntrack.ts';
import type { Tracked } from '../../conntrack/tracked.ts';
import { type Given, match, option } from '../extension.ts';
import { type Kind, wordList } from '../kind.ts';
import { Problem } from '../problem.ts';

/** By bit. */
export const STATES = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED'] as const;

const words = wordList(STATES, (rest) => `Bad state "${rest}"`);
const states: Kind<number> = {
  ...words,
  parse(value, extension, name) {
    if (value !== '') return words.parse(value, extension, name);
    throw new Problem('"--state" requires a list of states with no spaces, e.g. ESTABLISHED,RELATED');
  },
};

/** A packet's state as a bit of `STATES`. */
export function stateBit(connection: Tracked | undefined): number {
  switch (connection?.state) {
    case undefined:
      return 1;
    case 'new':
      return 2;
    case 'related':
      return 4;
    case 'established':
      return 8;
    case 'untracked':
      return 16;
  }
}

/** `! new,established` */
export function translateState({ value, inverted }: Given<number>): string {
  const names = STATES.filter((_, i) => (value & (1 << i)) !== 0).map((name) => name.toLowerCase());
  return `${inverted ? '! ' : ''}${names.join(',')}`;
}

export const state = match({
  name: 'state',
  summary: "the connection's state, an older form of `conntrack --ctstate`",
  options: { state: option(states, { invert: true, required: true }) },
  list: ({ state }) => `${state?.inverted ? '! ' : ''}state ${states.save(state?.value ?? 0)}`,
  translate: ({ state }) => state && `ct state ${translateState(state)}`,
  compile({ state }, { stack }) {
    conntrackOf(stack);
    const wanted = state?.value ?? 0;
    const inverted = state?.inverted ?? false;
    return ({ skb }) => ((stateBit(skb.connection) & wanted) !== 0) !== inverted;
  },
});
