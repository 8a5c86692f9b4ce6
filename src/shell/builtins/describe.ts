import { findProgram } from '../../linux/process/lookup.ts';
import { quoteSingle } from '../run/quote.ts';
import type { Shell } from '../run/state.ts';
import { KEYWORDS } from '../syntax/keywords.ts';

export interface Meaning {
  readonly kind: 'alias' | 'keyword' | 'function' | 'builtin' | 'file';
  /** As `command -v` prints it. */
  readonly short: string;
  /** As `type` prints it. */
  readonly long: string;
}

/** All that a command's name means, first what the shell would run. */
export function describe(shell: Shell, name: string): readonly Meaning[] {
  const found: Meaning[] = [];
  const alias = shell.aliases.get(name);
  if (alias !== undefined) {
    found.push({
      kind: 'alias',
      short: `alias ${name}=${quoteSingle(alias)}`,
      long: `${name} is aliased to \`${alias}'`,
    });
  }
  if (KEYWORDS.has(name)) found.push({ kind: 'keyword', short: name, long: `${name} is a shell keyword` });
  if (shell.functions.has(name)) found.push({ kind: 'function', short: name, long: `${name} is a function` });
  if (shell.runner.builtins.has(name)) found.push({ kind: 'builtin', short: name, long: `${name} is a shell builtin` });
  try {
    const path = findProgram(shell.files, new Map([['PATH', shell.get('PATH') ?? '']]), shell.cwd, name);
    found.push({
      kind: 'file',
      short: name.includes('/') ? name : path,
      long: `${name} is ${name.includes('/') ? name : path}`,
    });
  } catch {
    // No such program.
  }
  return found;
}
