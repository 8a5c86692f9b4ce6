import type { ExecResult, Place } from '../../target.ts';
import { TargetError } from '../../target.ts';
import type { RunOptions } from './run.ts';
import { run } from './run.ts';

/** How to get into the places of one cluster. */
export interface Entrances {
  readonly kubectl: string;
  readonly kubeconfig: string;
  readonly context: string;
  /** Full names of this cluster's nodes; nothing else is ever entered. */
  readonly nodes: readonly string[];
  /** The container that stands outside; made when first needed. */
  outside(): Promise<string>;
}

/**
 * Runs `argv` in a pod, on a node or outside. Killing `docker` or `kubectl` leaves the program there running, so
 * one with a time limit is run by the place's own `timeout`, which ends it a moment after we have given up.
 */
export async function execIn(
  entrances: Entrances,
  place: Place,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<ExecResult> {
  const { timeoutMs } = options;
  if (timeoutMs === undefined) return execOnce(entrances, place, argv, options);
  const seconds = String(Math.ceil(timeoutMs / 1000) + 1);
  const limited = await execOnce(entrances, place, ['timeout', '-s', 'KILL', seconds, ...argv], options);
  if (limited.code !== 127) return limited;
  // Of coreutils (`failed to run command`) or BusyBox (`can't execute`): the program is what is missing.
  if (/^timeout: (failed to run command|can't execute)/m.test(limited.stderr)) return missingProgram(argv);
  return limited.stderr === missingProgram(['timeout']).stderr ? execOnce(entrances, place, argv, options) : limited;
}

async function execOnce(
  entrances: Entrances,
  place: Place,
  argv: readonly string[],
  options: RunOptions,
): Promise<ExecResult> {
  if (place.kind === 'pod') return execInPod(entrances, place, argv, options);
  const container = place.kind === 'node' ? node(entrances, place.name) : await entrances.outside();
  const result = await run('docker', ['exec', container, ...argv], options);
  return isMissingProgram(result) ? missingProgram(argv) : result;
}

function node({ nodes }: Entrances, name: string): string {
  if (nodes.includes(name)) return name;
  throw new TargetError('notFound', `There is no node "${name}"; there are ${nodes.join(', ')}.`);
}

async function execInPod(
  { kubectl, kubeconfig, context }: Entrances,
  place: Extract<Place, { kind: 'pod' }>,
  argv: readonly string[],
  options: RunOptions,
): Promise<ExecResult> {
  const container = place.container === undefined ? [] : ['--container', place.container];
  const result = await run(
    kubectl,
    ['--kubeconfig', kubeconfig, '--context', context, '--namespace', place.namespace, 'exec', place.name].concat(
      container,
      ['--quiet', '--'],
      argv,
    ),
    options,
  );
  if (result.code === 0) return result;
  // kubectl's own failures end with status 1 and these words; a program's come with "command terminated ...".
  const stderr = result.stderr.replace(/command terminated with exit code \d+\n$/, '');
  const words = stderr.trim();
  if (result.code === 1 && stderr === result.stderr) {
    if (/^Error from server \(NotFound\)|is not valid for pod|container not found \(/.test(words)) {
      throw new TargetError('notFound', words);
    }
    if (isMissingProgram(result)) return missingProgram(argv);
    if (
      /^Error from server|^error: (unable to upgrade|Internal error)|^Unable to connect|^The connection to/.test(words)
    ) {
      throw new TargetError('unavailable', words);
    }
  }
  return { ...result, stderr };
}

/** runc's words; docker has put them on stdout and on stderr, with status 126 and 127. */
function isMissingProgram({ code, stdout, stderr }: ExecResult): boolean {
  if (code === 0) return false;
  const words = stderr.trim() || stdout.trim();
  return (
    /^(OCI runtime exec failed|error: Internal error|Error from server|error executing command)/.test(words) &&
    /executable file not found|no such file or directory/.test(words)
  );
}

/** What a shell would say and answer. */
function missingProgram([program = '']: readonly string[]): ExecResult {
  return { code: 127, stdout: '', stderr: `${program}: not found\n` };
}
