import { ApiError } from '../kubernetes/client/client.ts';
import type { Pod } from '../kubernetes/types/pod.ts';
import type { Writer } from '../linux/process/process.ts';
import type { Call, Command } from './command.ts';
import { CommandError, throwAll, usageError } from './errors.ts';
import { container, selector } from './flags/definitions.ts';
import { nothingFound } from './output/tables.ts';
import { containerOf, podOf, podsOf } from './pods.ts';
import type { Session } from './session.ts';

const usage =
  "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command";

export const logs: Command = {
  name: 'logs',
  summary: 'Print the logs for a container in a pod',
  usage: 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER] [options]',
  examples: ['kubectl logs web', 'kubectl logs -f deployment/web --tail=20', 'kubectl logs -p web'],
  argument: 'pod',
  flags: [
    container,
    selector,
    { name: 'follow', short: 'f', type: 'bool', default: 'false', help: 'Go on printing what is written.' },
    {
      name: 'previous',
      short: 'p',
      type: 'bool',
      default: 'false',
      help: "The logs of the container's instance before this one.",
    },
    {
      name: 'tail',
      type: 'int',
      default: '-1',
      help: 'Only so many of the last lines; -1: all, or 10 with a selector.',
    },
    { name: 'since', type: 'duration', default: '0s', help: 'Only what is younger than this (5s, 2m, 3h).' },
    { name: 'timestamps', type: 'bool', default: 'false', help: 'Begin each line with its time.' },
    { name: 'prefix', type: 'bool', default: 'false', help: 'Begin each line with pod and container.' },
    { name: 'all-containers', type: 'bool', default: 'false', help: "All of the pod's containers." },
    {
      name: 'max-log-requests',
      type: 'int',
      default: '5',
      help: 'How many logs may be followed at a time with a selector.',
    },
  ],
  lacking: [
    'all-pods',
    'ignore-errors',
    'insecure-skip-tls-verify-backend',
    'limit-bytes',
    'pod-running-timeout',
    'since-time',
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const { session, flags, args } = call;
  const labelSelector = flags.text('selector');
  if (labelSelector === '' && (args.length === 0 || args.length > 2)) throw usageError('logs', usage);
  if (labelSelector !== '' && args.length > 0)
    throw usageError('logs', 'only a selector (-l) or a POD name is allowed');
  if (flags.int('tail') < -1) throw new CommandError('--tail must be greater than or equal to -1');
  if (args[1] !== undefined && flags.given('container')) {
    throw new CommandError('only one of -c or an inline [CONTAINER] arg is allowed');
  }
  const wanted = args[1] ?? flags.text('container');
  const sources: { pod: Pod; container: string }[] = [];
  for (const pod of await pods(call, labelSelector)) {
    const names = flags.bool('all-containers')
      ? [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ name }) => name)
      : [await containerOf(session, pod, wanted, false)];
    sources.push(...names.map((name) => ({ pod, container: name })));
  }
  if (sources.length === 0) {
    await session.err(nothingFound([{ resource: session.mapper.find('pods'), namespace: session.namespace }]));
    return 0;
  }
  if (!flags.bool('follow')) {
    for (const source of sources) await print(call, source);
    return 0;
  }
  const limit = flags.int('max-log-requests');
  if (sources.length > limit) {
    throw new CommandError(
      `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${limit}, use --max-log-requests to increase the limit`,
    );
  }
  const ends = await Promise.allSettled(sources.map((source) => print(call, source)));
  throwAll(ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : [])));
  return 0;
}

async function pods({ session, args }: Call, labelSelector: string): Promise<readonly Pod[]> {
  if (labelSelector !== '') return podsOf(session, labelSelector);
  const word = args[0] as string;
  try {
    const { pod, many } = await podOf(session, word, 'get the logs from');
    if (many > 1) await session.err(`Found ${many} pods, using pod/${pod.metadata.name}\n`);
    return [pod];
  } catch (error) {
    if (!(error instanceof ApiError) || error.status.reason !== 'NotFound') throw error;
    throw new CommandError(
      `error from server (NotFound): ${error.message} in namespace ${JSON.stringify(session.namespace)}`,
    );
  }
}

async function print(
  { session, flags }: Call,
  { pod, container: name }: { pod: Pod; container: string },
): Promise<void> {
  const tail = flags.given('tail') ? flags.int('tail') : flags.text('selector') === '' ? -1 : 10;
  const since = flags.duration('since');
  const prefix = flags.bool('prefix') ? `[pod/${pod.metadata.name}/${name}] ` : '';
  await session.client.connect({
    kind: 'log',
    namespace: pod.metadata.namespace ?? session.namespace,
    pod: pod.metadata.name,
    container: name,
    follow: flags.bool('follow'),
    previous: flags.bool('previous'),
    timestamps: flags.bool('timestamps'),
    ...(tail < 0 ? {} : { tailLines: tail }),
    ...(since === 0 ? {} : { sinceSeconds: Math.ceil(since / 1000) }),
    stdout: prefix === '' ? session.process.stdout : prefixed(session, prefix),
    user: session.access.user ?? 'kubernetes-admin',
    signal: session.ended,
  });
}

/** Begins each line with its source. */
function prefixed(session: Session, prefix: string): Writer {
  const decoder = new TextDecoder();
  let atStart = true;
  return {
    write: async (data) => {
      const text = typeof data === 'string' ? data : decoder.decode(data, { stream: true });
      if (text === '') return;
      const ends = text.endsWith('\n');
      const body = ends ? text.slice(0, -1) : text;
      await session.out((atStart ? prefix : '') + body.replaceAll('\n', `\n${prefix}`) + (ends ? '\n' : ''));
      atStart = ends;
    },
  };
}
