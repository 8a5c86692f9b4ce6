/**
 * `npm run test:kernel [-- SEED...]`: networks by chance, built by the kernel and in the simulation; what happens to
 * packets in them is compared. Seeds make single networks again; a file's name, the plan in it.
 *
 *   HOP_KERNEL_NETWORKS=500 HOP_KERNEL_PACKETS=20 (a network) HOP_KERNEL_SEED=k
 */
import { readFileSync } from 'node:fs';
import { generate } from './generate/generate.ts';
import { Judge, report } from './judge.ts';
import type { Plan } from './plan.ts';
import { judges, kernelLeftOut, RealNetworks } from './real.ts';

const networks = Number(process.env['HOP_KERNEL_NETWORKS'] ?? 500);
const packets = Number(process.env['HOP_KERNEL_PACKETS'] ?? 20);
const name = process.env['HOP_KERNEL_SEED'] ?? 'k';
/** Networks with a mismatch that are shrunk and shown; the rest are only counted. */
const shown = 3;

const leftOut = await kernelLeftOut();
if (leftOut !== undefined) {
  console.log(`The kernel differential was left out: ${leftOut}.`);
  process.exit(0);
}
console.log(`Judges: ${judges()}`);
const words = process.argv.slice(2).filter((word) => word !== '--');
const plans =
  words.length > 0
    ? words.map((word) =>
        word.endsWith('.json') ? (JSON.parse(readFileSync(word, 'utf8')) as Plan) : generate(word, packets),
      )
    : Array.from({ length: networks }, (_, i) => generate(`${name}${i}`, packets));
const real = new RealNetworks();
const judge = new Judge(real);
const began = performance.now();
let probes = 0;
const faulty: string[] = [];
const kinds = new Map<string, number>();
for (const plan of plans) {
  probes += plan.probes.length;
  const mismatches = await judge.judge(plan);
  if (mismatches.length === 0) continue;
  faulty.push(plan.seed);
  for (const kind of new Set(mismatches.map((mismatch) => mismatch.kind))) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  if (faulty.length > shown) continue;
  const small = await judge.smallest(plan, mismatches);
  console.log(report(small.plan, small.mismatches));
}
real.close();
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(`${plans.length} networks, ${probes} packets in ${seconds} s: ${faulty.length} networks with a mismatch`);
if (faulty.length > 0) {
  for (const [kind, count] of [...kinds].sort((a, b) => b[1] - a[1])) console.log(`  ${kind}: ${count} networks`);
  console.log(`Again: npm run test:kernel -- ${faulty.slice(0, 20).join(' ')}`);
}
process.exitCode = faulty.length > 0 ? 1 : 0;
