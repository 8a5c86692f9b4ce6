import {
  type CompanionCommand,
  type CompanionEvent,
  ENTER_PATH,
  HELLO_PATH,
  type Hello,
  SESSION_PATH,
} from '../../companion/wire.ts';

/** What a page hears beside the engine's own events: that nobody is there any more. */
export type PortEvent = CompanionEvent | { readonly type: 'closed'; readonly message: string };

/** A session's engine, wherever it runs. */
export interface SessionPort {
  send(command: CompanionCommand): void;
  /** One listener; events that come before it are kept for it. */
  onEvent(listener: (event: PortEvent) => void): void;
  /** Ends the engine (Worker) or leaves it (companion). No event follows. */
  close(): void;
}

/** Keeps events until somebody listens. */
export class Inbox {
  #listener: ((event: PortEvent) => void) | undefined;
  #kept: PortEvent[] = [];

  put(event: PortEvent): void {
    if (this.#listener === undefined) this.#kept.push(event);
    else this.#listener(event);
  }

  listen(listener: (event: PortEvent) => void): void {
    this.#listener = listener;
    for (const event of this.#kept.splice(0)) listener(event);
  }

  stop(): void {
    this.#listener = () => {};
  }
}

/** The lab's companion on kind, over a WebSocket of the same origin. */
export function companionPort(): SessionPort {
  const inbox = new Inbox();
  const address = new URL(SESSION_PATH, location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address);
  const waiting: string[] = [];
  socket.addEventListener('open', () => {
    for (const text of waiting.splice(0)) socket.send(text);
  });
  socket.addEventListener('message', ({ data }: MessageEvent<string>) => inbox.put(JSON.parse(data) as PortEvent));
  socket.addEventListener('close', ({ reason }) => {
    inbox.put({ type: 'closed', message: reason === '' ? 'The companion is not answering.' : reason });
  });
  return {
    send: (command) => {
      const text = JSON.stringify(command);
      if (socket.readyState === WebSocket.CONNECTING) waiting.push(text);
      else if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    onEvent: (listener) => inbox.listen(listener),
    close: () => {
      inbox.stop();
      socket.close(1000);
    },
  };
}

/**
 * Whether a companion serves this page. Asked only of this very machine, where companions live, and only after the
 * page's own headers look like one's: any other server would log a request for something that it doesn't have.
 */
export async function findCompanion(): Promise<Hello | undefined> {
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(location.hostname)) return undefined;
  try {
    const own = await fetch(location.pathname, { method: 'HEAD' });
    if (own.headers.get('cross-origin-opener-policy') === null) return undefined;
    const answer = await fetch(HELLO_PATH, { method: 'POST' });
    return answer.ok ? ((await answer.json()) as Hello) : undefined;
  } catch {
    return undefined;
  }
}

/** Trades the code that the terminal shows for the cookie. @returns what went wrong, in words. */
export async function enter(code: string): Promise<string | undefined> {
  try {
    const answer = await fetch(ENTER_PATH, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    if (answer.ok) return undefined;
    const { message } = (await answer.json()) as { message?: string };
    return message ?? `The companion answered ${answer.status}.`;
  } catch {
    return 'The companion is not answering. Is its terminal still open?';
  }
}
