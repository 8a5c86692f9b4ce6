import { LinuxError, strerror } from '../../linux/errno.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { findProgram } from '../../linux/process/lookup.ts';
import { IpError, notModelled } from '../iproute2/arguments.ts';
import { commands, showUsage } from '../iproute2/commands.ts';
import { type IpCommand, type IpContext, namedNamespaces, print, printJson } from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { noNamespace } from '../iproute2/options.ts';

const USAGE = `Usage: ip netns list
       ip netns add NAME
       ip netns delete NAME
       ip netns identify
       ip netns exec NAME COMMAND [ ARGUMENT... ]`;

async function list(context: IpContext): Promise<number> {
  const named = namedNamespaces(context).map(([name, namespace]) => ({
    name,
    id: context.netns.namespaceId(namespace),
  }));
  if (context.options.json) await printJson(context, named);
  else
    await print(
      context,
      named.map(({ name, id }) => (id === undefined ? name : `${name} (id: ${id})`)),
    );
  return 0;
}

/** The machine's own table; `ip netns add` in a container has none to write to. */
function table({ process }: IpContext): Map<string, NetworkNamespace> {
  const { namespaces } = process.services;
  if (namespaces instanceof Map) return namespaces;
  throw new IpError('mkdir /run/netns failed: Operation not permitted', 1);
}

function nameArgument({ args }: IpContext): string {
  if (!args.more) throw new IpError('No netns name specified', 1);
  const name = args.next();
  if (name.includes('/') || name === '' || name === '.' || name === '..') {
    throw new IpError(`Invalid netns name "${name}"`, 255);
  }
  return name;
}

async function add(context: IpContext): Promise<number> {
  const name = nameArgument(context);
  const named = table(context);
  if (named.has(name)) throw new IpError(`Cannot create namespace file "/run/netns/${name}": File exists`, 1);
  named.set(name, context.netns.sibling(`${context.process.hostname}/${name}`));
  return 0;
}

async function remove(context: IpContext): Promise<number> {
  const name = nameArgument(context);
  const named = table(context);
  const namespace = named.get(name);
  if (namespace === undefined) {
    throw new IpError(`Cannot remove namespace file "/run/netns/${name}": No such file or directory`, 1);
  }
  named.delete(name);
  namespace.destroy();
  return 0;
}

async function execute(context: IpContext): Promise<number> {
  const { args, process } = context;
  const name = nameArgument(context);
  const { rest: argv } = args;
  if (argv.length === 0) throw new IpError('No command specified', 1);
  const namespace = process.services.namespaces?.get(name);
  if (namespace === undefined) throw noNamespace(name);
  return run(context, namespace, argv);
}

/** As setns(2) and execvp(3); the shell's 127 for a command that isn't there is 1 here, as with the real tool. */
async function run({ process }: IpContext, namespace: NetworkNamespace, argv: readonly string[]): Promise<number> {
  const { files, env, cwd } = process;
  const [name = ''] = argv;
  try {
    findProgram(files, env, cwd, name);
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    throw new IpError(`exec of "${name}" failed: ${strerror[error.errno]}`, 1);
  }
  return process.spawn({ argv, netns: namespace }).exit;
}

async function identify(context: IpContext): Promise<number> {
  const { args, process } = context;
  if (args.more) {
    const pid = args.next();
    if (!/^\d+$/.test(pid)) throw new IpError(`Specified string '${pid}' is not a pid`, 1);
    if (Number(pid) !== process.pid) throw notModelled('"ip netns identify" of another process');
  }
  const names = namedNamespaces(context).filter(([, namespace]) => namespace === context.netns);
  await print(context, names.length === 0 ? [''] : names.map(([name]) => name));
  return 0;
}

/** ip-netns(8). */
export const netns: IpCommand = commands({
  name: 'ip netns',
  alone: list,
  words: {
    list,
    show: list,
    lst: list,
    help: showUsage(USAGE),
    add,
    delete: remove,
    identify,
    exec: execute,
    set: UNMODELLED,
    pids: UNMODELLED,
    monitor: UNMODELLED,
    'list-id': UNMODELLED,
    attach: UNMODELLED,
  },
});
