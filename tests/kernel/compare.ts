import { describeFrame, describePacket } from './describe.ts';
import { isOwnPort } from './generate/ports.ts';
import type { Outcome, Piece, Plan, Probe, Ran } from './plan.ts';
import { countsRedirects, firstRedirects } from './redirects-again.ts';

/** Where the kernel and the simulation differ. */
export interface Mismatch {
  /** What kind of thing differs: a smaller plan shows the same fault when it has a mismatch of the same kind. */
  readonly kind: string;
  /** What was done. */
  readonly where: string;
  readonly real: string;
  readonly simulated: string;
}

export function compare(plan: Plan, kernels: Outcome, ours: Outcome): readonly Mismatch[] {
  const { outcome: real, again: kernelAgain } = firstRedirects(kernels);
  const { outcome: simulated, again: oursAgain } = firstRedirects(ours);
  const again = kernelAgain || oursAgain;
  // What follows from a step that went another way says nothing new.
  const found = compareSteps(plan, real, simulated);
  if (found.length > 0) return found;
  const judge = (kind: string, where: string, ours: string, theirs: string) => {
    if (ours !== theirs) found.push({ kind, where, real: theirs, simulated: ours });
  };
  for (const [i, probe] of plan.probes.entries()) {
    const [ours, theirs] = [simulated.probes[i], real.probes[i]];
    const where = `probe ${i + 1}, ${describeProbe(probe)}`;
    // Both errnos are the kind: a smaller plan that differs by others shows another fault.
    const errnos = `outcome ${theirs?.outcome || 'fine'}, not ${ours?.outcome || 'fine'}`;
    judge(errnos, where, ours?.outcome ?? '', theirs?.outcome ?? '');
    judge('listeners', where, heardOf(ours), heardOf(theirs));
    judge('frames', where, framesOf(ours), framesOf(theirs));
  }
  for (const [i, question] of plan.questions.entries()) {
    const [ours, theirs] = [simulated.answers[i], real.answers[i]];
    if (countsRedirects(plan, question, again)) continue;
    const where = `${question.in}: ${question.run}`;
    judge(`answer ${question.run}`, where, normal(question.run, text(ours)), normal(question.run, text(theirs)));
  }
  return found;
}

export function describeProbe(probe: Probe): string {
  switch (probe.kind) {
    case 'frame':
      return `${probe.in} ${probe.device} sends ${describeFrame(probe.bytes)}${(probe.pieces ?? []).map(describePiece).join('')}`;
    case 'wait':
      return `${probe.in} waits`;
    case 'send':
      return `${probe.in} sends ${describePacket(probe.bytes)}`;
    case 'connect':
      return `${probe.in} connects to ${probe.to} port ${probe.port}`;
  }
}

function describePiece({ offset, length, more }: Piece): string {
  return ` [${offset}-${offset + length}${more ? '+' : ''}]`;
}

/** The tool and its object: `ip route`. */
function word(run: string): string {
  return run.split(' ').slice(0, 2).join(' ');
}

function text(ran: Ran | undefined): string {
  return ran === undefined ? '' : `${ran.stdout}${ran.stderr}${ran.code === 0 ? '' : `exit status ${ran.code}\n`}`;
}

/** With `*` for a client's port that its kernel chose. */
function heardOf(met: Outcome['probes'][number] | undefined): string {
  return (met?.heard ?? [])
    .map((line) => line.replace(/ (\d+)$/, (text, port) => (isOwnPort(Number(port)) ? text : ' *')))
    .join('\n');
}

/** In order on each device, each way; between devices the kernel's softirqs have another order than virtual time. */
function framesOf(met: Outcome['probes'][number] | undefined): string {
  const lines = new Map<string, string[]>();
  for (const [namespace, device, direction, bytes] of met?.seen ?? []) {
    const where = `${namespace} ${device} ${direction}`;
    lines.set(where, [...(lines.get(where) ?? []), `${where} ${describeFrame(bytes)}`]);
  }
  return [...lines.keys()]
    .sort()
    .flatMap((where) => lines.get(where) ?? [])
    .join('\n');
}

/**
 * Where chance decides: what one flow met must be what it meets in one of the simulations. What all of these agree on
 * is no chance, and must be so.
 */
export function compareChance(plan: Plan, real: Outcome, simulated: readonly Outcome[]): readonly Mismatch[] {
  const found = compareSteps(plan, real, simulated[0] ?? real);
  if (found.length > 0) return found;
  const flows = new Map<string, number[]>();
  for (const [i, { flow = `probe ${i + 1}` }] of plan.probes.entries())
    flows.set(flow, [...(flows.get(flow) ?? []), i]);
  for (const [flow, probes] of flows) {
    const met = (outcome: Outcome) => probes.map((i) => metOf(outcome.probes[i])).join('\n');
    const allowed = new Set(simulated.map(met));
    const theirs = met(real);
    if (allowed.has(theirs)) continue;
    const where = `${flow}: ${probes.map((i) => describeProbe(plan.probes[i] as Probe)).join('; ')}`;
    found.push({ kind: 'flow', where, real: theirs, simulated: [...allowed].join('\nor\n') });
  }
  for (const [i, { in: node, run }] of plan.questions.entries()) {
    const answers = new Set(simulated.map((outcome) => normal(run, text(outcome.answers[i]))));
    const [ours = ''] = answers;
    const theirs = normal(run, text(real.answers[i]));
    if (answers.size > 1 || ours === theirs) continue;
    found.push({ kind: `answer ${run}`, where: `${node}: ${run}`, real: theirs, simulated: ours });
  }
  return found;
}

function metOf(met: Outcome['probes'][number] | undefined): string {
  return [met?.outcome ?? '', heardOf(met), framesOf(met)].filter((part) => part !== '').join('\n');
}

function compareSteps(plan: Plan, real: Outcome, simulated: Outcome): Mismatch[] {
  return plan.steps.flatMap(({ in: node, run }, i) => {
    const [ours, theirs] = [text(simulated.steps[i]), text(real.steps[i])];
    return ours === theirs
      ? []
      : [{ kind: `step ${word(run)}`, where: `${node}: ${run}`, real: theirs, simulated: ours }];
  });
}

/** What depends on real time, on a hash's seed or on a deferred job of the kernel's is taken out of an answer. */
function normal(run: string, answer: string): string {
  const [program, ...words] = run.split(' ').filter((word) => !word.startsWith('-'));
  switch (`${program} ${words[0]}`) {
    case 'conntrack undefined':
      return sorted(
        answer
          .replaceAll(/^(\S+\s+\d+) (\d+) /gm, roughly)
          .replaceAll(/port=(\d+)/g, (text, port) => (isOwnPort(Number(port)) ? text : 'port=*'))
          .replaceAll(/ use=\d+/g, '')
          .replaceAll(/id=(?!1\d{3} )\d+/g, 'id=*'),
      );
    case 'iptables-save undefined':
      return answer.replaceAll(/^#.*\n/gm, '');
    case 'ipset save':
      return sorted(answer.replaceAll(/ timeout (\d+)/g, tens).replaceAll(/ initval 0x[0-9a-f]+/g, ''));
    case 'cat /proc/net/xt_recent/r':
      // Times are jiffies; the order is a hash's.
      return sorted(answer.replaceAll(/\d{7,}/g, '*'));
    case 'bridge fdb':
      // The kernel's table has the order of its hash; IPv6's multicast groups are not modelled.
      return sorted(answer.replaceAll(/^33:33:.*\n/gm, ''));
    case 'ip link':
      return answer.replaceAll(/(_timer +)\d+\.\d+/g, '$1*');
    case 'ip neigh':
      return sorted(answer);
    default:
      return answer;
  }
}

/** A timeout in tens of seconds: it runs by real time. */
function roughly(_: string, protocol: string, timeout: string): string {
  return `${protocol} ${Math.ceil(Number(timeout) / 10) * 10} `;
}

function tens(_: string, timeout: string): string {
  return ` timeout ${Math.ceil(Number(timeout) / 10) * 10}`;
}

function sorted(lines: string): string {
  return lines.split('\n').sort().join('\n');
}
