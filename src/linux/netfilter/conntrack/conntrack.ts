import type { Stack } from '../../ip/stack.ts';
import type { Skb } from '../../packet/skb.ts';
import type { Endpoint } from '../../socket/socket.ts';
import { type ConnectionEntry, UNTRACKED } from './tracked.ts';

/** What `conntrack -E` is told. */
export interface ConntrackEvent {
  readonly type: 'NEW' | 'UPDATE' | 'DESTROY';
  readonly entry: ConnectionEntry;
}

/** Connection tracking in one namespace (net/netfilter/nf_conntrack_core.c). */
export class Conntrack {
  readonly stack: Stack;
  readonly #listeners = new Set<(event: ConntrackEvent) => void>();

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** How many entries there are (net.netfilter.nf_conntrack_count). */
  get count(): number {
    return 0;
  }

  /** All confirmed entries. */
  entries(): Iterable<ConnectionEntry> {
    return [];
  }

  /** @returns false when it is gone already. */
  delete(_entry: ConnectionEntry): boolean {
    return false;
  }

  /** Tells of entries made, changed and gone. @returns what ends it. */
  listen(listener: (event: ConntrackEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** `-j NOTRACK`, `-j CT --notrack`, nft's `notrack`: nobody tracks this packet. */
  untrack(skb: Skb): void {
    skb.connection ??= UNTRACKED;
  }

  /** Sets `ct mark`. */
  setMark(entry: ConnectionEntry, mark: number): void {
    entry.mark = mark;
  }

  /** SO_ORIGINAL_DST (getorigdst): where a TCP connection went before DNAT; `undefined` (ENOENT): it is not tracked. */
  originalDestination(_local: Endpoint, _remote: Endpoint): Endpoint | undefined {
    return undefined;
  }
}

const known = new WeakMap<Stack, Conntrack>();

/** The namespace's connection tracking; the first call switches it on, as the first rule that needs it does. */
export function conntrackOf(stack: Stack): Conntrack {
  let conntrack = known.get(stack);
  if (conntrack === undefined) known.set(stack, (conntrack = new Conntrack(stack)));
  return conntrack;
}

/** For who looks only: `undefined` while nothing in the namespace needs connection tracking. */
export function trackingOf(stack: Stack): Conntrack | undefined {
  return known.get(stack);
}
