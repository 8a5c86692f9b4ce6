import type { Stack } from '../../ip/stack.ts';
import type { Connection } from './connection.ts';

/** What `conntrack -E` is told (nf_conntrack_ecache.c). */
export interface ConntrackEvent {
  readonly type: 'NEW' | 'UPDATE' | 'DESTROY';
  readonly connection: Connection;
  /** The process that has deleted it, where one has. */
  readonly deletedBy?: number | undefined;
}

export type ConntrackListener = (event: ConntrackEvent) => void;

/** Who listens in one namespace, whether it tracks connections yet or not. */
export interface ConntrackListeners {
  readonly all: Set<ConntrackListener>;
  /** Tracking wants to know that somebody has come. */
  came: () => void;
}

const known = new WeakMap<Stack, ConntrackListeners>();

export function listenersOf(stack: Stack): ConntrackListeners {
  let listeners = known.get(stack);
  if (listeners === undefined) known.set(stack, (listeners = { all: new Set(), came: () => {} }));
  return listeners;
}

/** Tells of connections made, changed and gone; switches nothing on. @returns what ends it. */
export function listenTo(stack: Stack, listener: ConntrackListener): () => void {
  const listeners = listenersOf(stack);
  listeners.all.add(listener);
  listeners.came();
  return () => void listeners.all.delete(listener);
}
