import type { Call, Command } from './command.ts';
import { CommandError, usageError } from './errors.ts';
import { container, filename } from './flags/definitions.ts';
import { readManifests } from './manifests.ts';
import { containerOf, podOf } from './pods.ts';
import { withStreams } from './stream.ts';

export const exec: Command = {
  name: 'exec',
  summary: 'Execute a command in a container',
  usage: 'exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...] [options]',
  examples: ['kubectl exec web -- ip addr', 'kubectl exec -it web -- sh'],
  argument: 'pod',
  flags: [
    container,
    filename,
    { name: 'quiet', short: 'q', type: 'bool', default: 'false', help: "Print only the command's own output." },
    { name: 'stdin', short: 'i', type: 'bool', default: 'false', help: 'Pass standard input on to the command.' },
    { name: 'tty', short: 't', type: 'bool', default: 'false', help: 'Give the command a terminal.' },
  ],
  lacking: ['pod-running-timeout'],
  run,
};

async function run({ session, flags, args, dash }: Call): Promise<number> {
  const words = dash === undefined ? args : args.slice(0, dash);
  const command = dash === undefined ? [] : args.slice(dash);
  const files = flags.list('filename');
  if (words.length === 0 && files.length === 0)
    throw new CommandError('pod, type/name or --filename must be specified');
  if (words.length > 1) {
    throw usageError('exec', 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead');
  }
  if (command.length === 0) throw new CommandError('you must specify at least one command for the container');
  let word = words[0];
  if (word === undefined) {
    const { objects, errors } = await readManifests(session, files);
    const [first] = objects;
    if (first === undefined) throw errors[0];
    word = `${first.resource.resource}/${first.name}`;
  }
  const { pod } = await podOf(session, word, 'attach to');
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') {
    throw new CommandError(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  }
  const name = await containerOf(session, pod, flags.text('container'), flags.bool('quiet'));
  const status = await withStreams(session, { stdin: flags.bool('stdin'), tty: flags.bool('tty') }, (streams) =>
    session.client.connect({
      kind: 'exec',
      namespace: pod.metadata.namespace ?? session.namespace,
      pod: pod.metadata.name,
      container: name,
      command,
      user: session.access.user ?? 'kubernetes-admin',
      ...streams,
    }),
  );
  if (status !== 0) await session.err(`command terminated with exit code ${status}\n`);
  return status;
}
