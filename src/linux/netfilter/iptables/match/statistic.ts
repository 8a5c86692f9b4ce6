import { match, option } from '../extension.ts';
import { type Kind, number } from '../kind.ts';
import { Problem } from '../problem.ts';

const mode: Kind<'random' | 'nth'> = {
  argument: true,
  parse(value) {
    if (value === 'random' || value === 'nth') return value;
    throw new Problem(`Bad mode "${value}"`);
  },
  save: (value) => value,
};

/** Kept as the kernel keeps it: 31 bits of it. */
const probability: Kind<number> = {
  argument: true,
  parse(value, extension, name) {
    const given = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value) ? Number(value) : Number.NaN;
    if (given >= 0 && given <= 1) return Math.round(given * 0x80000000);
    throw new Problem(`${extension}: bad value for option "--${name}", or out of range (0-1).\n`);
  },
  save: (value) => (value / 0x80000000).toFixed(11),
};

export const statistic = match({
  name: 'statistic',
  summary: 'a packet at random, or every nth one',
  options: {
    mode: option(mode),
    probability: option(probability, { invert: true, excludes: ['every', 'packet'], requires: ['mode'] }),
    every: option(number(0xffffffff, 1), { invert: true, excludes: ['probability'], requires: ['mode', 'packet'] }),
    packet: option(number(0xffffffff), { excludes: ['probability'], requires: ['mode', 'every'] }),
  },
  settle(values) {
    const { every, packet } = values;
    if (values.mode?.value === 'nth') {
      if (every === undefined && packet === undefined) {
        throw new Problem('--every and --packet must be specified when using nth mode');
      }
      if (every !== undefined && packet !== undefined && packet.value >= every.value) {
        throw new Problem('the --packet p must be 0 <= p <= n-1');
      }
      return values;
    }
    if (values.probability === undefined) {
      throw new Problem('--probability must be specified when using random mode');
    }
    return values;
  },
  list({ mode: how, probability: chance, every, packet }) {
    const text = `statistic mode ${how?.value}`;
    if (chance !== undefined)
      return `${text} ${chance.inverted ? '! ' : ''}probability ${probability.save(chance.value)}`;
    const first = packet === undefined || packet.value === 0 ? '' : ` packet ${packet.value}`;
    return `${text} ${every?.inverted ? '! ' : ''}every ${every?.value}${first}`;
  },
  translate({ mode: how, probability: chance, every, packet }) {
    if (how?.value !== 'nth') {
      return `meta random & 2147483647 ${chance?.inverted ? '>=' : '<'} ${chance?.value ?? 0}`;
    }
    return `numgen inc mod ${every?.value ?? 1} ${every?.inverted ? '!= ' : ''}${packet?.value ?? 0}`;
  },
  compile({ mode: how, probability: chance, every, packet }, { stack }) {
    const inverted = (chance ?? every)?.inverted ?? false;
    if (how?.value !== 'nth') {
      const limit = chance?.value ?? 0;
      return () => stack.random.uint32() >>> 1 < limit !== inverted;
    }
    const last = (every?.value ?? 1) - 1;
    // xt_statistic's count: from where `--packet p` lets the pth be the first that matches.
    let count = last - (packet?.value ?? 0);
    return () => {
      count = count >= last ? 0 : count + 1;
      return (count === 0) !== inverted;
    };
  },
});
