import type { Stack } from '../../ip/stack.ts';
import { trackingOf } from '../conntrack/conntrack.ts';
import { priority } from '../hook-table.ts';
import { type NatChain, type NatHook, natOf } from './nat.ts';

/**
 * Puts a chain of type nat at its hook. It doesn't switch connection tracking on by itself, and isn't asked while that is
 * off (nf_nat_inet_fn): it enters with the first packet that finds it on. @returns what takes it away.
 */
export function enterNat(stack: Stack, hook: NatHook, chain: NatChain): () => void {
  if (trackingOf(stack) !== undefined) return natOf(stack).register(hook, chain);
  let leave: (() => void) | undefined;
  const wait = stack.hooks.register(hook, {
    name: chain.name,
    priority: priority.first,
    run: () => {
      if (trackingOf(stack) !== undefined) leave ??= natOf(stack).register(hook, chain);
      return 'accept';
    },
  });
  return () => {
    wait();
    leave?.();
  };
}
