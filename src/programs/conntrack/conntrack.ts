import { NetworkNamespace } from '../../linux/namespace.ts';
import { trackingOf } from '../../linux/netfilter/conntrack/conntrack.ts';
import { type ConntrackEvent, listenTo } from '../../linux/netfilter/conntrack/events.ts';
import { statisticsOf } from '../../linux/netfilter/conntrack/statistics.ts';
import { connectionText } from '../../linux/netfilter/conntrack/text.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { Channel } from '../../simulation/channel.ts';
import { type CommandLine, readCommandLine } from './command-line.ts';
import { ConntrackFailure, notModelled, TITLE } from './failure.ts';
import { type Filter, readFilter } from './filter.ts';
import { usage } from './options.ts';

/** conntrack(8) of conntrack-tools 1.4.7: the table of connections, looked at and deleted from. */
export const conntrack: Program = async (process) => {
  try {
    return await run(process);
  } catch (error) {
    if (!(error instanceof ConntrackFailure)) throw error;
    await process.stderr.write(error.text);
    return error.status;
  }
};

interface Call {
  readonly process: Process;
  readonly netns: NetworkNamespace;
  readonly line: CommandLine;
  readonly filter: Filter;
  readonly output: Output;
}

interface Output {
  readonly extended: boolean;
  readonly id: boolean;
  readonly timestamp: boolean;
}

async function run(process: Process): Promise<number> {
  const { netns, uid } = process;
  if (!(netns instanceof NetworkNamespace)) throw new TypeError('conntrack needs a simulated network namespace');
  const line = readCommandLine(process.argv.slice(1));
  const filter = readFilter(line);
  const output = readOutput(line.options.get('output'));
  if (line.command === 'h') {
    await process.stdout.write(usage());
    return 0;
  }
  if (line.command === 'V') {
    await process.stdout.write(`${TITLE}\n`);
    return 0;
  }
  if (uid !== 0) {
    const why = 'sorry, you must be root or get CAP_NET_ADMIN capability to do this';
    throw new ConntrackFailure(`Operation failed: ${why}`, 1);
  }
  return await COMMANDS[line.command]({ process, netns, line, filter, output });
}

const COMMANDS: Readonly<Record<'L' | 'D' | 'E' | 'F' | 'C' | 'S', (call: Call) => Promise<number>>> = {
  L: list,
  D: remove,
  E: events,
  F: flush,
  C: count,
  S: statistics,
};

function readOutput(words: string | undefined): Output {
  const given = words?.split(',') ?? [];
  for (const word of given) {
    if (['xml', 'save', 'ktimestamp', 'labels', 'userspace'].includes(word)) throw notModelled(`-o ${word}`);
    if (!['extended', 'id', 'timestamp'].includes(word)) throw new ConntrackFailure(`Bad parameter \`${word}'`);
  }
  return {
    extended: given.includes('extended'),
    id: given.includes('id'),
    timestamp: given.includes('timestamp'),
  };
}

async function list({ process, netns, line, filter, output }: Call): Promise<number> {
  const { table, options } = line;
  const tracking = table === 'conntrack' ? trackingOf(netns.stack) : undefined;
  const found = tracking?.connections().filter(filter) ?? [];
  for (const connection of found) {
    await process.stdout.write(`${connectionText(connection, process.clock.now(), output)}\n`);
    if (options.has('zero')) connection.resetCounters();
  }
  const what = table === 'expect' ? 'expectations' : 'flow entries';
  await process.stderr.write(`${TITLE}: ${found.length} ${what} have been shown.\n`);
  return 0;
}

async function remove({ process, netns, line, filter, output }: Call): Promise<number> {
  if (line.table === 'expect') throw notModelled('a table of expectations');
  const tracking = trackingOf(netns.stack);
  let deleted = 0;
  for (const connection of tracking?.connections().filter(filter) ?? []) {
    if (tracking?.delete(connection, process.pid) !== true) continue;
    deleted++;
    await process.stdout.write(`${connectionText(connection, process.clock.now(), output)}\n`);
  }
  await process.stderr.write(`${TITLE}: ${deleted} flow entries have been deleted.\n`);
  return deleted === 0 ? 1 : 0;
}

async function flush({ process, netns, line }: Call): Promise<number> {
  const tracking = trackingOf(netns.stack);
  if (line.table !== 'expect') {
    for (const connection of tracking?.connections() ?? []) tracking?.delete(connection, process.pid);
  }
  const what = line.table === 'expect' ? 'expectation' : 'connection tracking';
  await process.stderr.write(`${TITLE}: ${what} table has been emptied.\n`);
  return 0;
}

async function count({ process, netns, line }: Call): Promise<number> {
  const number = line.table === 'expect' ? 0 : (trackingOf(netns.stack)?.count ?? 0);
  await process.stdout.write(`${number}\n`);
  return 0;
}

/** One processor is enough for a simulated machine. */
async function statistics({ process, netns }: Call): Promise<number> {
  const numbers = statisticsOf(netns.stack);
  const text = Object.entries(numbers).map(([name, number]) => `${name}=${number} `);
  await process.stdout.write(`cpu=0   \t${text.join('')}\n`);
  return 0;
}

/** Until it is interrupted: what begins, changes and ends. */
async function events({ process, netns, line, filter, output }: Call): Promise<number> {
  const wanted = readEventMask(line.options.get('event-mask'));
  const { signals, stdout, clock } = process;
  const lines = new Channel<string>(clock);
  let shown = 0;
  const end = listenTo(netns.stack, (event) => {
    if (line.table !== 'conntrack' || !wanted.has(event.type) || !filter(event.connection)) return;
    shown++;
    lines.offer(`${eventText(event, clock.now(), clock.wall(), output)}\n`);
  });
  const close = () => lines.close();
  signals.on('INT', close);
  signals.on('TERM', close);
  try {
    for (let text = await lines.receive(signals.ended); text !== undefined; text = await lines.receive(signals.ended)) {
      await stdout.write(text);
    }
  } finally {
    end();
  }
  const what = line.table === 'expect' ? 'expectation' : 'flow';
  await process.stderr.write(`${TITLE}: ${shown} ${what} events have been shown.\n`);
  return 0;
}

function readEventMask(words: string | undefined): ReadonlySet<ConntrackEvent['type']> {
  const known = { ALL: ['NEW', 'UPDATE', 'DESTROY'], NEW: ['NEW'], UPDATES: ['UPDATE'], DESTROY: ['DESTROY'] } as const;
  const types = new Set<ConntrackEvent['type']>();
  for (const word of (words ?? 'ALL').split(',')) {
    if (!Object.hasOwn(known, word)) throw new ConntrackFailure(`Bad parameter \`${word}'`);
    for (const type of known[word as keyof typeof known]) types.add(type);
  }
  return types;
}

function eventText({ type, connection, deletedBy }: ConntrackEvent, now: number, wall: number, output: Output): string {
  const stamp = output.timestamp ? `[${Math.floor(wall / 1000)}.${micros(wall)}]\t` : '';
  const text = connectionText(connection, now, { ...output, event: type });
  const by = deletedBy === undefined ? '' : ` [USERSPACE] portid=${deletedBy} progname=conntrack`;
  return `${stamp}${`[${type}]`.padStart(9)} ${text}${by}`;
}

function micros(wall: number): string {
  return String(Math.floor((wall % 1000) * 1000)).padStart(6, '0');
}
