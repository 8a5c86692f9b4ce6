import { match, option } from '../extension.ts';
import { type Kind, number } from '../kind.ts';
import { Problem } from '../problem.ts';

/** XT_LIMIT_SCALE: rates are kept as 1/10000 seconds a packet. */
const SCALE = 10_000;
const DEFAULT_BURST = 5;
const UNITS = [
  ['day', 24 * 60 * 60],
  ['hour', 60 * 60],
  ['min', 60],
  ['sec', 1],
] as const;

/** A packet each so many 1/10000 seconds. */
const rate: Kind<number> = {
  argument: true,
  parse(value) {
    const slash = value.indexOf('/');
    const unit = slash < 0 ? 'second' : value.slice(slash + 1).toLowerCase();
    const seconds =
      unit === ''
        ? undefined
        : Object.entries({ second: 1, minute: 60, hour: 3600, day: 86400 }).find(([name]) =>
            name.startsWith(unit),
          )?.[1];
    const amount = /^\s*([-+]?\d+)/.exec(slash < 0 ? value : value.slice(0, slash))?.[1];
    const packets = Number(amount ?? 0);
    if (seconds === undefined || packets === 0) throw new Problem(`bad rate "${value}"'`);
    if (packets / seconds > SCALE || packets < 0) throw new Problem(`Rate too fast "${value}"`);
    return Math.floor((SCALE * seconds) / packets);
  },
  save(period) {
    let chosen: (typeof UNITS)[number] = UNITS[0];
    for (const [i, unit] of UNITS.entries()) {
      const scaled = SCALE * unit[1];
      if (period > scaled || scaled / period < scaled % period) {
        chosen = UNITS[Math.max(i - 1, 0)] as (typeof UNITS)[number];
        return `${Math.floor((chosen[1] * SCALE) / period)}/${chosen[0]}`;
      }
    }
    chosen = UNITS[3];
    return `${Math.floor((chosen[1] * SCALE) / period)}/${chosen[0]}`;
  },
};

/** nft has the units' whole names. */
function nftRate(period: number): string {
  return rate.save(period).replace('min', 'minute').replace('sec', 'second');
}

export const limit = match({
  name: 'limit',
  summary: 'no more than so many packets in a time (a token bucket)',
  options: {
    limit: option(rate),
    'limit-burst': option(number(10_000)),
  },
  settle({ limit, 'limit-burst': burst }) {
    const given = limit ?? { value: rate.parse('3/hour', 'limit', 'limit'), inverted: false };
    const size = burst === undefined || burst.value === 0 ? DEFAULT_BURST : burst.value;
    return { limit: given, ...(size !== DEFAULT_BURST && { 'limit-burst': { value: size, inverted: false } }) };
  },
  list: ({ limit, 'limit-burst': burst }) =>
    `limit: avg ${rate.save(limit?.value ?? 1)} burst ${burst?.value ?? DEFAULT_BURST}`,
  translate: ({ limit, 'limit-burst': burst }) =>
    `limit rate ${nftRate(limit?.value ?? 1)} burst ${burst?.value ?? DEFAULT_BURST} packets`,
  native: ({ limit, 'limit-burst': burst }) => [
    `limit rate ${nftRate(limit?.value ?? 1)}${burst === undefined ? '' : ` burst ${burst.value} packets`}`,
  ],
  compile({ limit, 'limit-burst': burst }, { stack }) {
    // A bucket of milliseconds: each packet costs its period, and it never holds more than the burst is worth.
    const cost = ((limit?.value ?? 1) / SCALE) * 1000;
    const full = cost * (burst?.value ?? DEFAULT_BURST);
    let credit = full;
    let last = stack.clock.now();
    return () => {
      const now = stack.clock.now();
      credit = Math.min(full, credit + now - last);
      last = now;
      if (credit < cost) return false;
      credit -= cost;
      return true;
    };
  },
});
