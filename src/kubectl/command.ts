import type { Flag, FlagValues } from './flags/flag.ts';
import type { Session } from './session.ts';

/** What a verb gets of its command line. */
export interface Call {
  readonly session: Session;
  readonly args: readonly string[];
  /** How many of `args` stand before `--`; undefined without it. */
  readonly dash: number | undefined;
  readonly flags: FlagValues;
}

/** What may stand at a verb's arguments, for completion. */
export type Argument =
  | 'kind'
  /** kind first, then names of that kind; or `kind/name`. */
  | 'object'
  /** Names of pods, or `kind/name`. */
  | 'pod'
  | 'none';

/** One verb: `kubectl NAME`, with subcommands or an action of its own. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line, for the list of verbs. */
  readonly summary: string;
  /** Without `kubectl`: `get TYPE [NAME] [flags]`. */
  readonly usage: string;
  readonly examples?: readonly string[];
  readonly flags: readonly Flag[];
  /** Flags that the real verb has and this one refuses by name; short ones with their dash. */
  readonly lacking: readonly string[];
  readonly argument: Argument;
  readonly subcommands?: readonly Command[];
  /** Subcommands that the real verb has and this one refuses by name. */
  readonly lackingSubcommands?: readonly string[];
  /** @returns the exit status. Throws CommandError, ApiError, SeveralErrors. */
  readonly run?: (call: Call) => Promise<number>;
}
