import { measureLoading, measureMapHops, measureRuleHops } from '../../src/linux/netfilter/nftables/nftables.bench.ts';
import type { Figure } from './figure.ts';

const SERVICES = 10_000;
const RULES = 1000;

/** What nft's rules cost. The best of two runs: others use the machine too. */
export async function nftables(): Promise<readonly Figure[]> {
  const best = async (measure: () => Promise<{ hops: number; seconds: number }>) => {
    const rates: number[] = [];
    for (let run = 0; run < 2; run++) {
      const { hops, seconds } = await measure();
      rates.push(hops / seconds);
    }
    return Math.max(...rates);
  };
  const few = await best(() => measureMapHops({ services: 10, milliseconds: 500 }));
  const many = await best(() => measureMapHops({ services: SERVICES, milliseconds: 500 }));
  const bare = await best(() => measureRuleHops({ rules: 0, milliseconds: 500 }));
  const ruled = await best(() => measureRuleHops({ rules: RULES, milliseconds: 500 }));
  const { all, one } = measureLoading(SERVICES);
  return [
    { name: 'hops a second, an nftables map of 10 services', value: Math.round(few), unit: '/s' },
    { name: 'hops a second, an nftables map of 10,000 services', value: Math.round(many), unit: '/s', goal: 'flat' },
    { name: 'an nftables rule that does not match', value: ((1 / ruled - 1 / bare) * 1e9) / RULES, unit: 'ns' },
    { name: 'loading the rules of 10,000 services', value: all, unit: 'ms' },
    { name: 'adding one service to them', value: one, unit: 'ms' },
  ];
}
