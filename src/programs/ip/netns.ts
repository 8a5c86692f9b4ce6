import { LinuxError, strerror } from '../../linux/errno.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { findProgram } from '../../linux/process/lookup.ts';
import { IpError, notModelled } from '../iproute2/arguments.ts';
import { commands, showUsage } from '../iproute2/commands.ts';
import {
  type IpCommand,
  type IpContext,
  namedNamespaces,
  namespaceName,
  print,
  printJson,
} from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { noNamespace } from '../iproute2/options.ts';

const USAGE = `Usage: ip netns list
       ip netns add NAME
       ip netns delete NAME
       ip netns identify [ PID ]
       ip netns pids NAME
       ip [ -all ] netns exec [ NAME ] COMMAND [ ARGUMENT... ]
       ip netns list-id`;

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

/** What `identify` and `pids` say, which know no name. */
function unopened(): IpError {
  return new IpError('Cannot open network namespace: No such file or directory', 255);
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

/** `ip -all netns exec`: one after the other, as the folder gives them. */
async function executeInAll(context: IpContext): Promise<number> {
  const { rest: argv } = context.args;
  if (argv.length === 0) throw new IpError('No command specified', 255);
  for (const [name, namespace] of namedNamespaces(context)) {
    await print(context, ['', `netns: ${name}`]);
    await run(context, namespace, argv);
  }
  return 0;
}

/** The ids that this namespace has for others, with their names where they have one. */
async function listIds(context: IpContext): Promise<number> {
  if (context.args.more) throw notModelled(`"ip netns list-id ${context.args.next()}"`);
  const ids = context.netns.namespaceIds();
  if (context.options.json) {
    await printJson(
      context,
      ids.map(({ id, namespace }) => ({ nsid: id, name: namespaceName(context, namespace) })),
    );
    return 0;
  }
  await print(
    context,
    ids.map(({ id, namespace }) => {
      const name = namespaceName(context, namespace);
      return `nsid ${id} ${name === undefined ? '' : `(iproute2 netns name: ${name})`}`;
    }),
  );
  return 0;
}

async function pids(context: IpContext): Promise<number> {
  const name = nameArgument(context);
  const namespace = context.process.services.namespaces?.get(name);
  if (namespace === undefined) throw unopened();
  const inside = context.process.processes().filter((entry) => entry.netns === namespace);
  await print(
    context,
    inside.map(({ pid }) => String(pid)),
  );
  return 0;
}

async function identify(context: IpContext): Promise<number> {
  const { args, process } = context;
  let where: unknown = context.netns;
  if (args.more) {
    const pid = args.next();
    if (!/^\d+$/.test(pid)) throw new IpError(`Specified string '${pid}' is not a pid`, 1);
    const other = process.processes().find((entry) => entry.pid === Number(pid));
    if (other === undefined) throw unopened();
    where = other.netns;
  }
  const names = namedNamespaces(context).filter(([, namespace]) => namespace === where);
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
    exec: (context) => (context.options.all === true ? executeInAll(context) : execute(context)),
    set: UNMODELLED,
    pids,
    monitor: UNMODELLED,
    'list-id': listIds,
    attach: UNMODELLED,
  },
});
