import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { measureTrackedHops, trackConnections } from '../../src/linux/netfilter/conntrack/conntrack.bench.ts';
import type { Figure } from './figure.ts';

const ENTRIES = 100_000;

/** What connection tracking and NAT cost. The best of five runs: others use the machine too. */
export async function conntrack(): Promise<readonly Figure[]> {
  const best = async (nat: boolean) => {
    const rates: number[] = [];
    for (let run = 0; run < 5; run++) {
      const { hops, seconds } = await measureTrackedHops({ nat, milliseconds: 600 });
      rates.push(hops / seconds);
    }
    return Math.round(Math.max(...rates));
  };
  return [
    { name: 'hops a second, connections tracked', value: await best(false), unit: '/s', goal: '>= 1,000,000' },
    { name: 'hops a second, tracked and translated', value: await best(true), unit: '/s', goal: '>= 1,000,000' },
    { name: 'a tracked TCP connection', value: bytesOfOne(), unit: 'bytes', goal: '<= 1,500' },
  ];
}

function bytesOfOne(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().heapUsed;
  const table = trackConnections(ENTRIES);
  collect();
  return Math.round((process.memoryUsage().heapUsed - before) / table.count);
}
