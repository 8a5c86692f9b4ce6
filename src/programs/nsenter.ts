import { LinuxError, strerror } from '../linux/errno.ts';
import type { Namespace } from '../linux/namespace.ts';
import { findProgram } from '../linux/process/lookup.ts';
import type { NamespaceKind, Process, Program } from '../linux/process/process.ts';

/** Its options: the letter, the long name, and which namespace it enters. */
const ENTERS: readonly (readonly [letter: string, long: string, kind: NamespaceKind | undefined])[] = [
  ['m', 'mount', 'mnt'],
  ['u', 'uts', 'uts'],
  ['n', 'net', 'net'],
  ['p', 'pid', 'pid'],
  // All processes of a machine share these here, so that entering them changes nothing.
  ['i', 'ipc', undefined],
  ['C', 'cgroup', undefined],
];
const UNMODELLED = [
  'U',
  'user',
  'T',
  'time',
  'S',
  'setuid',
  'G',
  'setgid',
  'r',
  'root',
  'w',
  'wd',
  'W',
  'wdns',
  'Z',
  'follow-context',
];

/** A call that is refused, with the hint that `--help` would help. */
class Usage extends Error {}
/** Ends nsenter with its message and status 1. */
class Failure extends Error {}

interface Call {
  target: string | undefined;
  readonly kinds: Set<NamespaceKind>;
  /** `--net=FILE`. */
  net: string | undefined;
  command: readonly string[];
}

/** nsenter(1) of util-linux 2.38. User and time namespaces are not modelled. */
export const nsenter: Program = async (process) => {
  const { stderr, stdout } = process;
  try {
    const call = readArguments(process.argv.slice(1));
    if (call === 'help' || call === 'version') {
      await stdout.write(call === 'help' ? HELP : 'nsenter from util-linux 2.38.1\n');
      return 0;
    }
    return await enter(process, call);
  } catch (error) {
    if (error instanceof Usage) {
      await stderr.write(`nsenter: ${error.message}\nTry 'nsenter --help' for more information.\n`);
      return 1;
    }
    if (!(error instanceof Failure)) throw error;
    await stderr.write(`nsenter: ${error.message}\n`);
    return 1;
  }
};

async function enter(process: Process, { target, kinds, net, command }: Call): Promise<number> {
  const { env, files, cwd, uid, stderr } = process;
  let pid: number | undefined;
  if (target !== undefined) {
    if (!/^\d+$/.test(target)) throw new Failure(`failed to parse pid: '${target}'`);
    pid = Number(target);
  }
  const [first] = kinds;
  if (pid === undefined && first !== undefined)
    throw new Failure(`neither filename nor target pid supplied for ns/${first}`);
  if (first !== undefined && !process.processes().some((entry) => entry.pid === pid)) {
    throw new Failure(`cannot open /proc/${pid}/ns/${first}: No such file or directory`);
  }
  const netns = net === undefined ? undefined : namespaceFile(process, net);
  if (uid !== 0 && (kinds.size > 0 || netns !== undefined)) {
    throw new Failure(`reassociate to namespace 'ns/${first ?? 'net'}' failed: Operation not permitted`);
  }
  const argv = command.length > 0 ? command : [env.get('SHELL') ?? '/bin/sh'];
  const [name = ''] = argv;
  if (!kinds.has('mnt')) {
    try {
      findProgram(files, env, cwd, name);
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      await stderr.write(`nsenter: failed to execute ${name}: ${strerror[error.errno]}\n`);
      return error.errno === 'ENOENT' ? 127 : 126;
    }
  }
  return process.spawn({
    argv,
    ...(pid !== undefined && kinds.size > 0 && { enter: { pid, kinds } }),
    ...(netns !== undefined && { netns }),
  }).exit;
}

/** A file of /run/netns, or /proc/PID/ns/net. */
function namespaceFile(process: Process, path: string): Namespace {
  const name = /^(?:\/var)?\/run\/netns\/([^/]+)$/.exec(path)?.[1];
  const named = name === undefined ? undefined : process.services.namespaces?.get(name);
  if (named !== undefined) return named;
  const pid = /^\/proc\/(\d+)\/ns\/net$/.exec(path)?.[1];
  const entry = process.processes().find((other) => String(other.pid) === pid);
  if (entry !== undefined) return entry.netns;
  const words = process.files.exists(path) ? 'reassociate to namespace failed: Invalid argument' : '';
  throw new Failure(words || `cannot open ${path}: No such file or directory`);
}

function readArguments(words: readonly string[]): Call | 'help' | 'version' {
  const call: Call = { target: undefined, kinds: new Set(), net: undefined, command: [] };
  let all = false;
  const open = (kind: NamespaceKind | undefined, option: string, file: string) => {
    if (file === '') {
      if (kind !== undefined) call.kinds.add(kind);
    } else if (kind === 'net') call.net = file;
    else throw new Failure(`${option} with a file is not modelled in this simulation`);
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--' || !word.startsWith('-') || word === '-') {
      call.command = words.slice(word === '--' ? i + 1 : i);
      break;
    }
    if (word.startsWith('--')) {
      const [name = '', value] = splitOnce(word.slice(2));
      const found = ENTERS.find(([, long]) => long === name);
      if (found !== undefined) open(found[2], `--${name}`, value ?? '');
      else if (name === 'help' || name === 'version') return name;
      else if (name === 'all') all = true;
      else if (name === 'target') call.target = value ?? needed(words[++i], `option '--target' requires an argument`);
      else if (name === 'no-fork' || name === 'preserve-credentials') continue;
      else if (UNMODELLED.includes(name)) throw new Failure(`--${name} is not modelled in this simulation`);
      else throw new Usage(`unrecognized option '${word}'`);
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] as string;
      const rest = word.slice(at + 1);
      const found = ENTERS.find(([short]) => short === letter);
      if (letter === 'h') return 'help';
      if (letter === 'V') return 'version';
      if (letter === 'a') all = true;
      else if (letter === 'F') continue;
      else if (letter === 't') {
        call.target = rest || needed(words[++i], "option requires an argument -- 't'");
        break;
      } else if (found !== undefined) {
        // A value is optional, so it must be attached: what follows the letter is one.
        open(found[2], `-${letter}`, rest.replace(/^=/, ''));
        break;
      } else if (UNMODELLED.includes(letter)) throw new Failure(`-${letter} is not modelled in this simulation`);
      else throw new Usage(`invalid option -- '${letter}'`);
    }
  }
  if (all) {
    if (call.target === undefined) throw new Usage('no target PID specified for --all');
    for (const [, , kind] of ENTERS) if (kind !== undefined) call.kinds.add(kind);
  }
  return call;
}

function splitOnce(text: string): readonly [string, string | undefined] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)];
}

function needed(value: string | undefined, message: string): string {
  if (value === undefined) throw new Usage(message);
  return value;
}

const HELP = `
Usage:
 nsenter [options] [<program> [<argument>...]]

Run a program with namespaces of other processes.

Options:
 -a, --all              enter all namespaces
 -t, --target <pid>     target process to get namespaces from
 -m, --mount            enter mount namespace
 -u, --uts              enter UTS namespace (hostname etc)
 -n, --net[=<file>]     enter network namespace
 -p, --pid              enter pid namespace

 -h, --help             display this help
 -V, --version          display version

For more details see nsenter(1).
`;
