import type { Chance, NetemSettings } from '../../linux/device/netem.ts';
import { type Arguments, IpError, notModelled } from '../iproute2/arguments.ts';
import type { JsonValue } from '../iproute2/json.ts';
import { formatPercent, formatRate, formatTime, parsePercent, parseRate, parseTime } from './units.ts';

/** `netem` as tc(8) of iproute2 6.1 takes and prints it (tc/q_netem.c). */

const USAGE = `Usage: ... netem [ limit PACKETS ]
                 [ delay TIME [ JITTER [CORRELATION]]]
                 [ distribution {uniform|normal|pareto|paretonormal} ]
                 [ corrupt PERCENT [CORRELATION]]
                 [ duplicate PERCENT [CORRELATION]]
                 [ loss random PERCENT [CORRELATION]]
                 [ loss state P13 [P31 [P32 [P23 P14]]]
                 [ loss gemodel PERCENT [R [1-H [1-K]]]
                 [ ecn ]
                 [ reorder PERCENT [CORRELATION] [ gap DISTANCE ]]
                 [ rate RATE [PACKETOVERHEAD] [CELLSIZE] [CELLOVERHEAD]]
                 [ slot MIN_DELAY [MAX_DELAY] [packets MAX_PACKETS] [bytes MAX_BYTES]]
                 [ slot distribution {uniform|normal|pareto|paretonormal|custom}
                   DELAY JITTER [packets MAX_PACKETS] [bytes MAX_BYTES]]`;

type Draft = { -readonly [K in keyof NetemSettings]: NetemSettings[K] };

const illegal = (what: string) => new IpError(`Illegal "${what}"`, 1);

export function parseNetem(args: Arguments): NetemSettings {
  const settings: Draft = {
    limit: 1000,
    delay: 0,
    jitter: 0,
    delayCorrelation: 0,
    loss: undefined,
    duplicate: undefined,
    reorder: undefined,
    gap: 0,
    rate: 0,
  };
  while (args.more) takeOption(args, settings);
  if (settings.reorder !== undefined) {
    if (settings.delay === 0) {
      throw new IpError(`reordering not possible without specifying some delay\n${USAGE}`, 1);
    }
    if (settings.gap === 0) settings.gap = 1;
  } else if (settings.gap > 0) throw new IpError(`gap specified without reorder probability\n${USAGE}`, 1);
  return settings;
}

function takeOption(args: Arguments, settings: Draft): void {
  const word = args.next();
  switch (word) {
    case 'limit':
      settings.limit = whole(args, 'limit');
      return;
    case 'latency':
    case 'delay':
      settings.delay = taken(args, parseTime, 'latency');
      if (!numberFollows(args)) return;
      settings.jitter = taken(args, parseTime, 'latency');
      if (numberFollows(args)) settings.delayCorrelation = taken(args, parsePercent, 'latency');
      return;
    case 'loss':
    case 'drop':
      if (args.take('state', 'gemodel')) throw notModelled('netem loss state and loss gemodel');
      args.take('random');
      settings.loss = chance(args, 'loss percent', 'loss correllation');
      return;
    case 'duplicate':
      settings.duplicate = chance(args, 'duplicate', 'duplicate');
      return;
    case 'reorder':
      settings.reorder = chance(args, 'reorder', 'reorder');
      return;
    case 'gap':
      settings.gap = whole(args, 'gap');
      return;
    case 'rate':
      settings.rate = taken(args, parseRate, 'rate');
      if (numberFollows(args)) throw notModelled('netem rate with a packet overhead');
      return;
    case 'distribution': {
      const name = args.next();
      if (name !== 'uniform') throw notModelled(`netem distribution ${name}`);
      return;
    }
    case 'corrupt':
    case 'ecn':
    case 'slot':
      throw notModelled(`netem ${word}`);
    case 'help':
      throw new IpError(USAGE, 1);
    default:
      throw new IpError(`What is "${word}"?\n${USAGE}`, 1);
  }
}

/** NEXT_IS_NUMBER */
function numberFollows(args: Arguments): boolean {
  return /^[-\d]/.test(args.rest[0] ?? '');
}

function taken(args: Arguments, parse: (word: string) => number | undefined, name: string): number {
  const value = parse(args.next());
  if (value === undefined) throw illegal(name);
  return value;
}

function whole(args: Arguments, name: string): number {
  return taken(args, (word) => (/^\d+$/.test(word) && Number(word) < 2 ** 32 ? Number(word) : undefined), name);
}

function chance(args: Arguments, name: string, correlationName: string): Chance | undefined {
  const part = taken(args, parsePercent, name);
  const correlation = numberFollows(args) ? taken(args, parsePercent, correlationName) : 0;
  return part === 0 ? undefined : { part, correlation };
}

/** Behind `qdisc netem 8001: root refcnt 2 `. */
export function netemText(settings: NetemSettings): string {
  const { limit, delay, jitter, delayCorrelation, loss, duplicate, reorder, gap, rate } = settings;
  const related = (correlation: number) => (correlation > 0 ? ` ${formatPercent(correlation)}` : '');
  const one = (word: string, value: Chance | undefined) =>
    value === undefined ? '' : ` ${word} ${formatPercent(value.part)}${related(value.correlation)}`;
  let text = `limit ${limit}`;
  if (delay > 0) {
    text += ` delay ${formatTime(delay)}`;
    if (jitter > 0) text += `  ${formatTime(jitter)}${related(delayCorrelation)}`;
  }
  text += one('loss', loss) + one('duplicate', duplicate) + one('reorder', reorder);
  if (rate > 0) text += ` rate ${formatRate(rate)}`;
  if (gap > 0) text += ` gap ${gap}`;
  return text;
}

export function netemJson(settings: NetemSettings): JsonValue {
  const { limit, delay, jitter, delayCorrelation, loss, duplicate, reorder, gap, rate } = settings;
  const one = (word: string, value: Chance | undefined) =>
    value === undefined ? undefined : { [word]: value.part, correlation: value.correlation };
  return {
    limit,
    delay: delay > 0 ? { delay: delay / 1000, jitter: jitter / 1000, correlation: delayCorrelation } : undefined,
    'loss-random': one('loss', loss),
    duplicate: one('duplicate', duplicate),
    reorder: one('reorder', reorder),
    rate: rate > 0 ? { rate: rate / 8, packetoverhead: 0, cellsize: 0, celloverhead: 0 } : undefined,
    ecn: false,
    gap,
  };
}
