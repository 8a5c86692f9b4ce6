import { Channel } from '../../../simulation/channel.ts';
import type { Clock } from '../../../simulation/clock.ts';
import { LinuxError } from '../../errno.ts';
import type { Endpoint, SocketOwner, TcpConnection, TcpListener } from '../socket.ts';
import type { Connection } from './connection.ts';

/** net.core.somaxconn. */
export const DEFAULT_BACKLOG = 4096;

/** A listening socket: its handshakes (the SYN queue) and the connections that wait to be accepted. */
export class Listener implements TcpListener {
  readonly local: Endpoint;
  readonly owner: SocketOwner;
  readonly handshakes = new Set<Connection>();
  readonly #backlog: number;
  readonly #waiting: Channel<Connection>;
  readonly #closed: (listener: Listener) => void;

  constructor(
    clock: Clock,
    local: Endpoint,
    owner: SocketOwner,
    backlog: number,
    closed: (listener: Listener) => void,
  ) {
    this.local = local;
    this.owner = owner;
    this.#backlog = backlog;
    this.#waiting = new Channel(clock);
    this.#closed = closed;
  }

  /** As sk_acceptq_is_full: one more than the backlog fits. */
  get full(): boolean {
    return this.#waiting.length > this.#backlog;
  }

  offer(connection: Connection): void {
    this.handshakes.delete(connection);
    this.#waiting.offer(connection);
  }

  async accept(signal?: AbortSignal): Promise<TcpConnection> {
    for (;;) {
      const connection = await this.#waiting.receive(signal);
      if (connection === undefined) throw new LinuxError('EBADF');
      return connection;
    }
  }

  close(): void {
    if (this.#waiting.closed) return;
    this.#closed(this);
    for (const connection of this.handshakes) connection.abort();
    this.#waiting.close();
    void this.#resetWaiting();
  }

  /** Connections that nobody accepted are reset, as the kernel does. */
  async #resetWaiting(): Promise<void> {
    for await (const connection of this.#waiting) connection.abort();
  }
}
