import { measureHops } from '../../src/linux/hops.bench.ts';
import type { Figure } from './figure.ts';

/** A hop is one packet handled by one namespace, from receive to send. The best of five runs: others use the machine too. */
export async function hops(): Promise<readonly Figure[]> {
  const best = async (traced: boolean) => {
    const rates: number[] = [];
    for (let run = 0; run < 5; run++) {
      const { hops: count, seconds } = await measureHops({ traced, milliseconds: 600 });
      rates.push(count / seconds);
    }
    return Math.round(Math.max(...rates));
  };
  return [
    { name: 'hops a second, untraced', value: await best(false), unit: '/s', goal: '>= 300,000' },
    { name: 'hops a second, traced', value: await best(true), unit: '/s' },
  ];
}
