import type { Clock } from '../../simulation/clock.ts';
import { type Errno, LinuxError } from '../errno.ts';
import { Condition } from './condition.ts';
import { type Descriptor, describeSocket } from './descriptor.ts';
import type { SocketEntry } from './entry.ts';
import type { Endpoint, SendOptions, SocketError, SocketOwner, UdpOptions, UdpSocket } from './socket.ts';

interface Received {
  readonly from: Endpoint;
  readonly data: Uint8Array;
  readonly ttl: number;
}

/** net.core.rmem_default: bytes of memory, not of data. */
const RECEIVE_BUFFER = 212_992;
/** Of an sk_buff without its data. */
const SK_BUFF = 256;
/** Headers in front of the data, and skb_shared_info behind it. */
const AROUND_DATA = 59 + 320;
/** skbuff_small_head; what is longer lies in a kmalloc bucket. */
const SMALL_HEAD = 576;

/** How much of the receive buffer a datagram takes: skb->truesize, as measured on Linux 6.18. */
function memoryOf(bytes: number): number {
  if (bytes + AROUND_DATA <= SMALL_HEAD) return SK_BUFF + SMALL_HEAD;
  let bucket = 1024;
  while (bucket < bytes + AROUND_DATA) bucket *= 2;
  return SK_BUFF + bucket;
}

/** What a socket needs of the namespace's table. */
interface UdpActions {
  send(to: Endpoint, data: Uint8Array, how: SendOptions, cause: number): void;
  /** Gives the socket the address that it speaks to `peer` from. */
  connect(peer: Endpoint): void;
}

/** A UDP socket. */
export class UdpEndpoint implements UdpSocket {
  local: Endpoint;
  remote: Endpoint | undefined;
  readonly owner: SocketOwner;
  readonly options: UdpOptions;
  readonly descriptor: Descriptor;
  /** Bytes of memory that wait to be received (Recv-Q of `ss`). */
  memory = 0;
  readonly #changed: Condition;
  readonly #received: Received[] = [];
  readonly #errors: SocketError[] = [];
  readonly #actions: UdpActions;
  readonly #forget: () => void;
  /** sk_err: what the next call fails with. */
  #error: Errno | undefined;
  #closed = false;
  /** The tap event of what came in last: what is sent next is taken to be its answer. */
  #cause = 0;

  constructor(
    clock: Clock,
    local: Endpoint,
    remote: Endpoint | undefined,
    owner: SocketOwner,
    options: UdpOptions,
    actions: UdpActions,
    forget: () => void,
  ) {
    this.local = local;
    this.remote = remote;
    this.owner = owner;
    this.options = options;
    this.descriptor = describeSocket(owner);
    this.#changed = new Condition(clock);
    this.#actions = actions;
    this.#forget = forget;
  }

  /** @returns false when it doesn't fit into the receive buffer. */
  take(received: Received, event: number): boolean {
    if (event > 0) this.#cause = event;
    const memory = memoryOf(received.data.length);
    if (this.memory + memory > RECEIVE_BUFFER) return false;
    this.memory += memory;
    this.#received.push(received);
    this.#changed.wake();
    return true;
  }

  fail(errno: Errno): void {
    this.#error = errno;
    this.#changed.wake();
  }

  queueError(error: SocketError): void {
    const memory = memoryOf(error.data.length);
    // Beyond the buffer errors are forgotten, but still told of (sock_queue_err_skb).
    if (this.memory + memory <= RECEIVE_BUFFER) {
      this.memory += memory;
      this.#errors.push(error);
    }
    this.fail(error.errno);
  }

  async receive(signal?: AbortSignal): Promise<Received> {
    for (;;) {
      this.#assertOpen();
      this.#throwError();
      const received = this.#received.shift();
      if (received !== undefined) {
        this.memory -= memoryOf(received.data.length);
        return received;
      }
      await this.#changed.wait(signal);
    }
  }

  async receiveError(signal?: AbortSignal): Promise<SocketError> {
    for (;;) {
      this.#assertOpen();
      const error = this.#errors.shift();
      if (error !== undefined) {
        this.memory -= memoryOf(error.data.length);
        // sock_dequeue_err_skb: the next entry's error is then the socket's.
        this.#error = this.#errors[0]?.errno;
        return error;
      }
      await this.#changed.wait(signal);
    }
  }

  send(to: Endpoint, data: Uint8Array, options: SendOptions = {}): void {
    this.#assertOpen();
    this.#throwError();
    this.#actions.send(to, data, options, this.#cause);
  }

  connect(peer: Endpoint): void {
    this.#assertOpen();
    this.#actions.connect(peer);
    this.remote = peer;
  }

  entry(): SocketEntry {
    const { local, remote, owner, options, descriptor } = this;
    return {
      protocol: 'udp',
      state: remote === undefined ? 'UNCONN' : 'ESTABLISHED',
      local,
      remote,
      device: options.device,
      receiveQueue: this.memory,
      sendQueue: 0,
      owner,
      fd: descriptor.fd,
      inode: descriptor.inode,
      uid: owner.uid ?? 0,
      mark: options.mark,
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.descriptor.free();
    this.#forget();
    this.#changed.wake();
  }

  #assertOpen(): void {
    if (this.#closed) throw new LinuxError('EBADF');
  }

  #throwError(): void {
    const error = this.#error;
    if (error === undefined) return;
    this.#error = undefined;
    throw new LinuxError(error);
  }
}
