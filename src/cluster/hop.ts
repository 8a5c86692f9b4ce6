import type { Machine } from '../linux/machine.ts';
import type { Process, Program } from '../linux/process/process.ts';
import { isLacking, TOOLS_PATH } from './node-tools.ts';

/** What the learner's `hop` reaches. */
export interface HopAccess {
  readonly nodes: ReadonlyMap<string, Machine>;
  readonly outside: Machine;
  /** Answers the open step of the lab; absent outside a lab. */
  answer?: (text: string) => Promise<{ readonly right: boolean; readonly message: string }>;
}

declare module '../linux/process/process.ts' {
  interface Services {
    readonly hop?: HopAccess;
  }
}

const USAGE = `Usage:
  hop node NODE [--tools] [-- COMMAND...]   run a command on a node, or open a shell there;
                                            --tools: with tcpdump, ping, dig, ... which kind's nodes lack
  hop outside [-- COMMAND...]               the same on a machine outside the cluster
  hop answer TEXT                           answer the question of the open step

In this page's terminal hop knows these three. The whole command is npx hop-by-hop, on your own machine.
`;

/** `hop` in the page's terminal: the part of the command line that a learner needs inside a lab. */
export const hop: Program = async (process) => {
  const access = process.services.hop;
  const [verb, ...rest] = process.argv.slice(1);
  if (access === undefined) return refuse(process, 'there is no cluster here');
  switch (verb) {
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      await process.stdout.write(USAGE);
      return 0;
    case 'node':
      return node(process, access, rest);
    case 'outside':
      return run(process, access.outside, rest);
    case 'answer':
      return answer(process, access, rest);
    default:
      return refuse(process, `unknown command "${verb}"; in this terminal there are node, outside and answer`);
  }
};

async function node(process: Process, access: HopAccess, args: readonly string[]): Promise<number> {
  const names = [...access.nodes.keys()];
  const at = args.slice(0, 2).indexOf('--tools');
  const [first, ...rest] = at < 0 ? args : args.toSpliced(at, 1);
  if (first === undefined || first === '--') return refuse(process, `which node? There are ${names.join(', ')}`);
  // `worker2` is short for `hop-lab-worker2`, as in a lab's file.
  const machine =
    access.nodes.get(first) ??
    access.nodes.get(names.find((name) => name.startsWith('hop-') && name.endsWith(`-${first}`)) ?? '');
  if (machine === undefined) return refuse(process, `there is no node "${first}"; there are ${names.join(', ')}`);
  const command = rest[0] === '--' ? rest[1] : rest[0];
  if (at < 0 && command !== undefined && isLacking(command)) {
    return refuse(process, `kind's nodes have no ${command}; try: hop node ${first} --tools -- ${command}`, 127);
  }
  const env = at < 0 ? undefined : new Map([...machine.environment, ['PATH', TOOLS_PATH]]);
  return run(process, machine, rest, env);
}

/** Runs `-- COMMAND...` (the `--` may be left out), or an interactive shell, on another machine. */
async function run(
  process: Process,
  machine: Machine,
  args: readonly string[],
  env?: Map<string, string>,
): Promise<number> {
  const command = args[0] === '--' ? args.slice(1) : args;
  const [flag] = command;
  if (flag?.startsWith('-')) return refuse(process, `unknown flag ${flag}; put the command behind --`);
  const { stdin, stdout, stderr, tty } = process;
  const argv = command.length === 0 ? ['bash'] : command;
  const own = env === undefined ? {} : { env };
  const child = machine.spawn({ argv, cwd: '/root', stdin, stdout, stderr, tty, group: process.group, ...own });
  const end = () => child.kill('KILL');
  process.signals.ended.addEventListener('abort', end, { once: true });
  const status = await child.exit;
  process.signals.ended.removeEventListener('abort', end);
  return status;
}

async function answer(process: Process, access: HopAccess, args: readonly string[]): Promise<number> {
  const text = args.join(' ').trim();
  if (text === '') return refuse(process, 'answer what? For example: hop answer 10.244.1.2');
  if (access.answer === undefined) return refuse(process, 'no lab runs here, so nothing is asked');
  const { right, message } = await access.answer(text);
  await process.stdout.write(`${message}\n`);
  return right ? 0 : 1;
}

async function refuse(process: Process, message: string, status = 2): Promise<number> {
  await process.stderr.write(`hop: ${message}\n`);
  return status;
}
