import type { SocketOwner } from './socket.ts';

/** Calls `close` when the owner's process ends. @returns what forgets about it, for a socket closed earlier. */
export function closeWith(owner: SocketOwner, close: () => void): () => void {
  const { ended } = owner;
  if (ended === undefined) return () => {};
  ended.addEventListener('abort', close, { once: true });
  return () => ended.removeEventListener('abort', close);
}
