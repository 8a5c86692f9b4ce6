import { CommandError } from './errors.ts';
import type { FlagValues } from './flags/flag.ts';

export type DryRun = 'none' | 'client' | 'server';

/** @throws CommandError for any other word. */
export function dryRunOf(flags: FlagValues): DryRun {
  const value = flags.text('dry-run');
  if (value === 'none' || value === 'client' || value === 'server') return value;
  if (value === 'unchanged') throw new CommandError('--dry-run needs a value: --dry-run=client or --dry-run=server');
  throw new CommandError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}

/** `created (dry run)`. */
export function sentence(done: string, dryRun: DryRun): string {
  if (dryRun === 'none') return done;
  return `${done} (${dryRun === 'server' ? 'server dry run' : 'dry run'})`;
}
