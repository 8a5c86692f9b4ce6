import type { Host } from './simulation.ts';

/** The message channel and clock of Node and of Workers; neither is in `web.d.ts`, as simulation code may not use them. */
interface Port {
  postMessage(value: unknown): void;
  onmessage: (() => void) | null;
  unref?(): void;
  ref?(): void;
}
declare const MessageChannel: { new (): { port1: Port; port2: Port } };
declare const performance: { now(): number };
declare const setImmediate: ((task: () => void) => void) | undefined;

/** The host of a Worker, a page or Node: a new turn is a message to itself (timers are throttled, promises are no turn). */
export function eventLoopHost(): Host {
  if (typeof setImmediate === 'function') {
    const immediate = setImmediate;
    return { turn: () => new Promise((resolve) => immediate(resolve)), elapsed: () => performance.now() };
  }
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return {
    turn: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        port2.postMessage(null);
      }),
    elapsed: () => performance.now(),
  };
}
