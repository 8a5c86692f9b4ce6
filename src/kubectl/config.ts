import type { Call, Command } from './command.ts';
import { CommandError, usageError } from './errors.ts';
import { layOut } from './output/columns.ts';
import { parseFormat } from './output/format.ts';
import { formatValue } from './output/print.ts';
import type { KubernetesAccess } from './session.ts';

const currentContext: Command = {
  name: 'current-context',
  summary: 'Display the current-context',
  usage: 'config current-context [flags] [options]',
  argument: 'none',
  flags: [],
  lacking: [],
  run: async ({ session }) => {
    await session.out(`${session.access.currentContext}\n`);
    return 0;
  },
};

const view: Command = {
  name: 'view',
  summary: 'Display the kubeconfig',
  usage: 'config view [flags] [options]',
  argument: 'none',
  flags: [
    {
      name: 'output',
      short: 'o',
      type: 'string',
      default: 'yaml',
      help: 'Output format. One of: (json, yaml, jsonpath=TEMPLATE).',
    },
    { name: 'minify', type: 'bool', default: 'false', help: 'Only what the current context uses.' },
  ],
  lacking: ['allow-missing-template-keys', 'flatten', 'merge', 'raw', 'show-managed-fields', 'template'],
  run: async ({ session, flags, args }) => {
    if (args.length > 0) throw usageError('config view', `unexpected arguments: [${args.join(' ')}]`);
    const format = parseFormat(flags.text('output'), false);
    if (format.kind === 'name') throw new CommandError('name is no format for kubectl config view');
    await session.out(formatValue(format, kubeconfig(session.access)));
    return 0;
  },
};

const getContexts: Command = {
  name: 'get-contexts',
  summary: 'Describe the contexts',
  usage: 'config get-contexts [(-o|--output=)name)] [options]',
  argument: 'none',
  flags: [
    { name: 'no-headers', type: 'bool', default: 'false', help: 'Leave the header line out.' },
    { name: 'output', short: 'o', type: 'string', default: '', help: "'name', for the names alone." },
  ],
  lacking: [],
  run: contexts,
};

async function contexts({ session, flags, args }: Call): Promise<number> {
  const { access } = session;
  const name = access.currentContext;
  const unknown = args.filter((arg) => arg !== name);
  if (unknown.length > 0) throw new CommandError(`context ${unknown[0]} not found`);
  const output = flags.text('output');
  if (output !== '' && output !== 'name')
    throw new CommandError(`--output ${output} is not available in kubectl config get-contexts; only 'name' is`);
  if (output === 'name') await session.out(`${name}\n`);
  else {
    const row = ['*', name, access.cluster ?? name, access.user ?? name, access.namespace ?? ''];
    const header = ['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'];
    await session.out(layOut(flags.bool('no-headers') ? [row] : [header, row]));
  }
  return 0;
}

/** What `~/.kube/config` would hold. The page's server asks for no credentials, so the user has none. */
function kubeconfig(access: KubernetesAccess): unknown {
  const [cluster, user] = [access.cluster ?? access.currentContext, access.user ?? access.currentContext];
  const namespace = access.namespace === undefined ? {} : { namespace: access.namespace };
  return {
    apiVersion: 'v1',
    clusters: [{ cluster: { server: access.server }, name: cluster }],
    contexts: [{ context: { cluster, ...namespace, user }, name: access.currentContext }],
    'current-context': access.currentContext,
    kind: 'Config',
    users: [{ name: user, user: {} }],
  };
}

export const config: Command = {
  name: 'config',
  summary: 'Show the kubeconfig; the page has one context, which stays',
  usage: 'config SUBCOMMAND [options]',
  argument: 'none',
  flags: [],
  lacking: [],
  subcommands: [currentContext, getContexts, view],
  lackingSubcommands: [
    'delete-cluster',
    'delete-context',
    'delete-user',
    'get-clusters',
    'get-users',
    'rename-context',
    'set',
    'set-cluster',
    'set-context',
    'set-credentials',
    'unset',
    'use-context',
  ],
};
