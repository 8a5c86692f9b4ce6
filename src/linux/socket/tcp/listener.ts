import { Channel } from '../../../simulation/channel.ts';
import type { Clock } from '../../../simulation/clock.ts';
import { LinuxError } from '../../errno.ts';
import { type Descriptor, describeSocket } from '../descriptor.ts';
import type { SocketEntry } from '../entry.ts';
import type { Endpoint, ListenOptions, SocketOwner, TcpConnection, TcpListener } from '../socket.ts';
import type { Connection } from './connection.ts';

/** A listening socket: its handshakes (the SYN queue) and the connections that wait to be accepted. */
export class Listener implements TcpListener {
  readonly local: Endpoint;
  readonly owner: SocketOwner;
  readonly options: ListenOptions;
  readonly handshakes = new Set<Connection>();
  readonly descriptor: Descriptor;
  readonly #backlog: number;
  readonly #waiting: Channel<Connection>;
  readonly #closed: (listener: Listener) => void;

  constructor(
    clock: Clock,
    local: Endpoint,
    owner: SocketOwner,
    options: ListenOptions,
    backlog: number,
    closed: (listener: Listener) => void,
  ) {
    this.local = local;
    this.owner = owner;
    this.options = options;
    this.descriptor = describeSocket(owner);
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

  entry(): SocketEntry {
    const { local, owner, options, descriptor } = this;
    return {
      protocol: 'tcp',
      state: 'LISTEN',
      local,
      remote: undefined,
      device: options.device,
      receiveQueue: this.#waiting.length,
      sendQueue: this.#backlog,
      owner,
      fd: descriptor.fd,
      inode: descriptor.inode,
      uid: owner.uid ?? 0,
      mark: options.mark,
    };
  }

  async accept(signal?: AbortSignal): Promise<TcpConnection> {
    for (;;) {
      const connection = await this.#waiting.receive(signal);
      if (connection === undefined) throw new LinuxError('EBADF');
      // Its number in the process comes with accept(2).
      connection.descriptor = describeSocket(this.owner);
      return connection;
    }
  }

  close(): void {
    if (this.#waiting.closed) return;
    this.#closed(this);
    this.descriptor.free();
    for (const connection of [...this.handshakes]) connection.discard();
    this.#waiting.close();
    void this.#resetWaiting();
  }

  /** Connections that nobody accepted are reset, as the kernel does. */
  async #resetWaiting(): Promise<void> {
    for await (const connection of this.#waiting) connection.abort();
  }
}
