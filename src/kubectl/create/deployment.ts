import { ApiError } from '../../kubernetes/client/client.ts';
import type { Call, Command } from '../command.ts';
import { CommandError } from '../errors.ts';
import { createFlags, createGenerated, lackingCreate, oneName } from './generate.ts';

export const createDeployment: Command = {
  name: 'deployment',
  aliases: ['deploy'],
  summary: 'Create a deployment with the specified name',
  usage: 'create deployment NAME --image=image -- [COMMAND] [args...] [options]',
  argument: 'none',
  flags: [
    ...createFlags,
    { name: 'image', type: 'list', required: true, help: 'An image to run; several make several containers.' },
    { name: 'port', type: 'int', default: '-1', help: 'The port that the container documents.' },
    { name: 'replicas', short: 'r', type: 'int', default: '1', help: 'How many pods.' },
  ],
  lacking: lackingCreate,
  run,
};

async function run(call: Call): Promise<number> {
  const { flags, args, dash } = call;
  const name = oneName(call, 'create deployment');
  const command = dash === undefined ? [] : args.slice(dash);
  const images = flags.list('image');
  if (images.length > 1 && command.length > 0) {
    throw new CommandError('cannot specify multiple --image options and command');
  }
  if (flags.int('replicas') < 0) throw new CommandError('replicas must be >= 0');
  const port = flags.int('port');
  if (images.length > 1 && flags.given('port'))
    throw new CommandError('cannot specify multiple --image options and port');
  const labels = { app: name };
  return createGenerated(
    call,
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { labels, name },
      spec: {
        replicas: flags.int('replicas'),
        selector: { matchLabels: labels },
        strategy: {},
        template: {
          metadata: { labels },
          spec: {
            containers: images.map((image) => ({
              ...(command.length === 0 ? {} : { command }),
              image,
              name: containerName(image),
              ...(port < 0 ? {} : { ports: [{ containerPort: port }] }),
              resources: {},
            })),
          },
        },
      },
      status: {},
    },
    (error) => (error instanceof ApiError ? new CommandError(`failed to create deployment: ${error.message}`) : error),
  );
}

/** `agnhost` for `registry.k8s.io/e2e-test-images/agnhost:2.56`. */
function containerName(image: string): string {
  const last = image.split('/').at(-1) ?? image;
  return last
    .replace(/[:@].*$/, '')
    .replaceAll('_', '-')
    .toLowerCase();
}
