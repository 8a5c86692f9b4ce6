import type { ApiObject } from '../kubernetes/api/operation.ts';
import { attachTo } from './attach.ts';
import type { Call, Command } from './command.ts';
import { dryRunOf, sentence } from './dry-run.ts';
import { CommandError } from './errors.ts';
import { dryRun, fieldManager, output } from './flags/definitions.ts';
import { lackingFiles, lackingPrinting } from './flags/lacking.ts';
import { parseFormat } from './output/format.ts';
import { printResult } from './output/print.ts';
import { resourceOf } from './resources.ts';

export const run: Command = {
  name: 'run',
  summary: 'Run a particular image on the cluster',
  usage:
    'run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--command] -- [COMMAND] [args...] [options]',
  examples: [
    'kubectl run client --image=busybox:1.36 --command -- sleep 1d',
    'kubectl run tmp --rm -it --image=busybox:1.36 --restart=Never -- sh',
  ],
  argument: 'none',
  flags: [
    { name: 'image', type: 'string', default: '', required: true, help: 'The image to run.' },
    { name: 'port', type: 'string', default: '', help: 'The port that the container documents.' },
    { name: 'env', type: 'array', help: 'An environment variable (--env=KEY=VALUE).' },
    {
      name: 'labels',
      short: 'l',
      type: 'string',
      default: '',
      help: 'Labels of the pod (a=b,c=d); by default run=NAME.',
    },
    { name: 'annotations', type: 'array', help: 'An annotation of the pod (KEY=VALUE).' },
    {
      name: 'restart',
      type: 'string',
      default: 'Always',
      help: 'When the container is started again: Always, OnFailure or Never.',
    },
    { name: 'image-pull-policy', type: 'string', default: '', help: 'Always, IfNotPresent or Never.' },
    { name: 'command', type: 'bool', default: 'false', help: 'The words after -- are the command, not its arguments.' },
    { name: 'stdin', short: 'i', type: 'bool', default: 'false', help: "Keep the container's standard input open." },
    { name: 'tty', short: 't', type: 'bool', default: 'false', help: 'Give the container a terminal.' },
    { name: 'attach', type: 'bool', default: 'false', help: 'Wait for the pod, then attach to it.' },
    { name: 'rm', type: 'bool', default: 'false', help: 'Delete the pod after attaching to it.' },
    { name: 'quiet', short: 'q', type: 'bool', default: 'false', help: 'Print only what the container does.' },
    dryRun,
    output,
    fieldManager('kubectl-run'),
  ],
  lacking: [
    ...lackingPrinting,
    ...lackingFiles,
    'cascade',
    'detach-keys',
    'expose',
    'force',
    'grace-period',
    'leave-stdin-open',
    'override-type',
    'overrides',
    'pod-running-timeout',
    'privileged',
    'save-config',
    'show-managed-fields',
    'timeout',
    'wait',
  ],
  run: start,
};

async function start(call: Call): Promise<number> {
  const { session, flags, args, dash } = call;
  const [name] = dash === 0 ? [] : args;
  if (name === undefined) throw new CommandError('NAME is required for run');
  const dry = dryRunOf(flags);
  const attaching = flags.bool('attach') || flags.bool('stdin') || flags.bool('tty');
  if (flags.bool('tty') && !flags.bool('stdin'))
    throw new CommandError('-i/--stdin is required for containers with -t/--tty=true');
  if (attaching && dry !== 'none') {
    throw new CommandError(
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    );
  }
  if (flags.bool('rm') && !attaching) throw new CommandError('--rm should only be used for attached containers');
  const format = parseFormat(flags.text('output'), false);
  const pod = podObject(call, name, args.slice(1));
  const resource = session.mapper.find('pods');
  const object: ApiObject =
    dry === 'client'
      ? pod
      : await session.request({
          verb: 'create',
          ...resourceOf(resource),
          namespace: session.namespace,
          body: pod,
          options: {
            fieldManager: flags.text('field-manager'),
            fieldValidation: 'Strict',
            ...(dry === 'server' ? { dryRun: true } : {}),
          },
        });
  if (attaching) return attachTo(call, object);
  await printResult(session, format, { resource, object }, sentence('created', dry));
  return 0;
}

function podObject({ session, flags }: Call, name: string, words: readonly string[]): ApiObject {
  const image = flags.text('image');
  if (image === '') throw new CommandError('--image is required');
  if (!/^[a-zA-Z0-9][-._/:@a-zA-Z0-9]*$/.test(image))
    throw new CommandError(`invalid image name ${JSON.stringify(image)}: invalid reference format`);
  const restartPolicy = flags.text('restart');
  if (!['Always', 'OnFailure', 'Never'].includes(restartPolicy)) {
    throw new CommandError(`invalid restart policy: ${restartPolicy}, valid values are: Always, OnFailure, Never`);
  }
  const port = flags.text('port');
  if (port !== '' && !/^\d+$/.test(port))
    throw new CommandError(`strconv.ParseInt: parsing ${JSON.stringify(port)}: invalid syntax`);
  const env = flags.list('env').map((text) => {
    const equals = text.indexOf('=');
    if (equals <= 0) throw new CommandError(`invalid env: ${text}`);
    return { name: text.slice(0, equals), value: text.slice(equals + 1) };
  });
  const annotations = pairs(flags.list('annotations'), 'annotation');
  const labels = flags.text('labels') === '' ? { run: name } : pairs(flags.text('labels').split(','), 'label');
  const policy = flags.text('image-pull-policy');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(flags.list('annotations').length === 0 ? {} : { annotations }),
      labels,
      name,
      ...(session.namespaceGiven ? { namespace: session.namespace } : {}),
    },
    spec: {
      containers: [
        {
          ...(words.length === 0 ? {} : { [flags.bool('command') ? 'command' : 'args']: words }),
          ...(env.length === 0 ? {} : { env }),
          image,
          ...(policy === '' ? {} : { imagePullPolicy: policy }),
          name,
          ...(port === '' ? {} : { ports: [{ containerPort: Number(port) }] }),
          resources: {},
          ...(flags.bool('stdin') ? { stdin: true, stdinOnce: true } : {}),
          ...(flags.bool('tty') ? { tty: true } : {}),
        },
      ],
      dnsPolicy: 'ClusterFirst',
      restartPolicy,
    },
    status: {},
  };
}

function pairs(words: readonly string[], what: string): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf('=');
      if (equals <= 0) throw new CommandError(`unexpected ${what} spec: ${word}`);
      return [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}
