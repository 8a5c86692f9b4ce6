import { evaluate } from '../expand/arithmetic.ts';
import type { Shell } from './state.ts';

/** `NAME=value` or `NAME+=value`; an integer variable (`declare -i`) takes the value as arithmetic. */
export function assign(shell: Shell, name: string, value: string, append = false): void {
  const integer = shell.variables.get(name)?.integer ?? false;
  const old = shell.get(name) ?? '';
  if (integer) {
    const sum = evaluate(value, shell) + (append ? evaluate(old, shell) : 0n);
    shell.set(name, sum.toString());
  } else shell.set(name, append ? old + value : value);
}
