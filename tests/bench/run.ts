/**
 * `npm run bench [-- --json] [-- NAME...]`: the figures that the course promises. Times depend on the machine; ratios
 * and bytes don't. Each measure stands in a file of its own beside this one.
 */
import { bytes } from './bytes.ts';
import { conntrack } from './conntrack.ts';
import type { Figure } from './figure.ts';
import { hops } from './hops.ts';
import { iptablesRules } from './iptables.ts';
import { kind } from './kind.ts';
import { lighthouseScores } from './lighthouse.ts';
import { namespaces } from './namespaces.ts';
import { nftables } from './nftables.ts';
import { start } from './start.ts';
import { verdict } from './verdict.ts';

const measures = {
  bytes,
  lighthouse: lighthouseScores,
  hops,
  namespaces,
  conntrack,
  iptables: iptablesRules,
  nftables,
  start,
  verdict,
  kind,
};
const words = process.argv.slice(2);
const json = words.includes('--json');
const wanted = words.filter((word) => word !== '--json' && word !== '--');
const unknown = wanted.filter((word) => !(word in measures));
if (unknown.length > 0) {
  console.error(`There is no measure ${unknown.join(', ')}. Measures: ${Object.keys(measures).join(', ')}.`);
  process.exit(2);
}

const figures: Figure[] = [];
for (const [name, measure] of Object.entries(measures)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const found = await measure();
  figures.push(...found);
  if (json) continue;
  for (const { name: what, value, unit, goal, note } of found) {
    const shown = typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 1 }) : value;
    console.log(
      `${what.padEnd(58)} ${shown.padStart(12)} ${unit}${goal === undefined ? '' : `   goal ${goal}`}${note === undefined ? '' : `   (${note})`}`,
    );
  }
}
if (json) console.log(JSON.stringify(figures, null, 2));
process.exit(0);
