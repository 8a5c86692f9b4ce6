import { kubernetesVersion } from '../../../kubernetes/version.ts';
import type { SessionCommand } from '../../session/protocol.ts';

/**
 * The engine's generation: a change that makes the same seed and inputs lead elsewhere raises it. A log of another
 * generation is not replayed; the solutions of the passed steps stand in for it.
 */
const GENERATION = 1;

/** One input with the virtual time at which it came. What was typed is kept as a mere text. */
export type LogEntry = readonly [time: number, input: string | SessionCommand];

/** Everything that leads to the same cluster again. It rides in `LabProgress.replay`. */
export interface Replay {
  readonly engine: string;
  readonly lab: string;
  readonly seed: string;
  /** Virtual time up to which the cluster had come. */
  readonly until: number;
  readonly log: readonly LogEntry[];
}

/** Inputs beyond this many are not worth replaying. */
const LONGEST_LOG = 50_000;

/** Whoever's text the lab is made of decides too: another text, another cluster. */
export function engineVersion(labText: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < labText.length; i++) hash = Math.imul(hash ^ labText.charCodeAt(i), 0x01000193) >>> 0;
  return `${GENERATION}/${kubernetesVersion}/${hash.toString(16)}`;
}

/** Checks what a page kept: it may be old, damaged or of another lab. @returns undefined: not to be replayed */
export function readReplay(value: unknown, lab: string, engine: string): Replay | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { engine: own, lab: of, seed, until, log } = value as Partial<Record<keyof Replay, unknown>>;
  const sound = own === engine && of === lab && typeof seed === 'string' && typeof until === 'number';
  if (!sound || !Array.isArray(log) || log.length > LONGEST_LOG) return undefined;
  let last = 0;
  for (const entry of log as unknown[]) {
    if (!Array.isArray(entry) || typeof entry[0] !== 'number' || entry[0] < last) return undefined;
    last = entry[0];
    if (typeof entry[1] !== 'string' && typeof (entry[1] as { type?: unknown } | null)?.type !== 'string')
      return undefined;
  }
  return until < last ? undefined : (value as Replay);
}

/** What the log keeps of a command; undefined: it changes nothing that a replay needs. */
export function logged(command: SessionCommand): LogEntry[1] | undefined {
  switch (command.type) {
    case 'start':
    case 'stop':
    case 'pause':
    case 'file.list':
    case 'file.read':
    case 'file.fetch':
    case 'terminal.ack':
      return undefined;
    case 'terminal.input':
      return command.data;
    default:
      return command;
  }
}

export function commandOf(entry: LogEntry): SessionCommand {
  const [, input] = entry;
  return typeof input === 'string' ? { type: 'terminal.input', data: input } : input;
}
