import type { Device } from '../../device/device.ts';
import { type Errno, LinuxError } from '../../errno.ts';
import { type OwnFlow, ownFlow } from '../../ip/flow.ts';
import { errnoOf } from '../../ip/icmp.ts';
import type { IpLayer } from '../../ip/ip.ts';
import { refusal } from '../../ip/route.ts';
import type { Heard, Stack } from '../../ip/stack.ts';
import { formatIp } from '../../packet/address.ts';
import type { IpPacket, TcpSegment } from '../../packet/packet.ts';
import { Skb } from '../../packet/skb.ts';
import { resetFor } from '../../packet/tcp-reset.ts';
import { describeSocket } from '../descriptor.ts';
import type { SocketEntry } from '../entry.ts';
import { closeWith } from '../owner.ts';
import { assertPortAllowed, pickPort } from '../ports.ts';
import type {
  ConnectOptions,
  Endpoint,
  ListenOptions,
  SocketOptions,
  SocketOwner,
  TcpConnection,
  TcpListener,
} from '../socket.ts';
import { Connection, type ConnectionHost } from './connection.ts';
import { Listener } from './listener.ts';
import { Listeners } from './listeners.ts';

const IP_AND_TCP_HEADERS = 40;
/** IPV4_MAX_PMTU; loopback's MTU is one more. */
const LONGEST_PACKET = 65535;

/** The namespace's TCP: finds the socket that a segment is for. */
export class TcpTable implements ConnectionHost {
  readonly #stack: Stack;
  readonly #ip: IpLayer;
  readonly #connections = new Map<string, Connection>();
  readonly #listeners = new Listeners();
  readonly #listenerOf = new Map<Connection, Listener>();
  readonly #forget = new Map<Connection, () => void>();

  constructor(stack: Stack, ip: IpLayer) {
    this.#stack = stack;
    this.#ip = ip;
  }

  listen(wanted: Endpoint, owner: SocketOwner, options: ListenOptions = {}): TcpListener {
    const { fib, sysctl, random, clock } = this.#stack;
    const { address } = wanted;
    const most = sysctl.number('net.core.somaxconn');
    if (address !== 0 && !fib.isLocal(address)) throw new LinuxError('EADDRNOTAVAIL');
    assertPortAllowed(wanted.port, owner, sysctl);
    this.#device(options);
    const taken = (port: number) => this.#listeners.taken({ address, port }, owner, options);
    if (wanted.port !== 0 && taken(wanted.port)) throw new LinuxError('EADDRINUSE');
    const port = wanted.port === 0 ? pickPort(sysctl.localPorts, random, taken) : wanted.port;
    const backlog = Math.min(options.backlog ?? most, most);
    const listener = new Listener(clock, { address, port }, owner, options, backlog, (closed) => {
      forget();
      this.#listeners.remove(closed);
    });
    const forget = closeWith(owner, () => listener.close());
    this.#listeners.add(listener);
    return listener;
  }

  async connect(remote: Endpoint, owner: SocketOwner, options: ConnectOptions = {}): Promise<TcpConnection> {
    const { signal } = options;
    signal?.throwIfAborted();
    // tcp_v4_connect: the route there is one of many receivers'.
    if (this.#stack.fib.lookup(ownFlow(this.#flow(remote, options)))?.type === 'broadcast') {
      throw new LinuxError('ENETUNREACH');
    }
    const local = this.#bind(remote, owner, options);
    const connection = new Connection(this.#stack, this, local, remote, 'SYN_SENT');
    connection.probe = owner.probe;
    connection.owner = owner;
    connection.options = options;
    connection.descriptor = describeSocket(owner);
    this.#connections.set(key(local, remote), connection);
    this.#forget.set(
      connection,
      closeWith(owner, () => connection.close()),
    );
    try {
      const errno = connection.open();
      if (errno !== undefined) throw new LinuxError(errno);
      const abort = () => connection.ready.reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      try {
        await connection.ready.promise;
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }

  /** bind(2), or what connect(2) does without it. */
  #bind(remote: Endpoint, owner: SocketOwner, options: ConnectOptions): Endpoint {
    const { fib, sysctl, random } = this.#stack;
    if (options.source !== undefined && !fib.isLocal(options.source)) throw new LinuxError('EADDRNOTAVAIL');
    // Without a route nothing is sent that a tap could see: the SYN is tried, so that its end has a reason.
    const { sourcePort } = options;
    const address = options.source ?? this.#ip.sourceFor(this.#flow(remote, options)) ?? 0;
    if (sourcePort !== undefined && sourcePort !== 0) {
      assertPortAllowed(sourcePort, owner, sysctl);
      const taken = [...this.#connections.values()].some(({ local }) => local.port === sourcePort);
      if (taken || this.#listeners.hasPort(sourcePort)) throw new LinuxError('EADDRINUSE');
      return { address, port: sourcePort };
    }
    const inUse = (port: number) =>
      this.#listeners.hasPort(port) || this.#connections.has(key({ address, port }, remote));
    return { address, port: pickPort(sysctl.localPorts, random, inUse) };
  }

  /** What tcp_v4_connect looks up: a port that is still to be picked counts for nothing (ip_route_newports). */
  #flow({ address, port }: Endpoint, options: ConnectOptions): OwnFlow {
    const { source, sourcePort, mark } = options;
    const payload = { protocol: 'tcp', sourcePort: sourcePort ?? 0, destinationPort: port } as const;
    return { destination: address, source, payload, mark, device: this.#device(options) };
  }

  #device({ device }: SocketOptions): Device | undefined {
    if (device === undefined) return undefined;
    const found = this.#stack.deviceNamed(device);
    if (found === undefined) throw new LinuxError('ENODEV');
    return found;
  }

  deliver(packet: IpPacket, segment: TcpSegment, skb: Skb, device: Device): void {
    // tcp_v4_rcv, whatever a rule has made of its destination.
    if (skb.broadcast) {
      const reason = 'TCP takes nothing that came to everybody on its link';
      if (this.#stack.tap.active) this.#stack.report('socket', packet, skb, { verdict: 'drop', reason });
      return;
    }
    const local = { address: packet.destination, port: segment.destinationPort };
    const remote = { address: packet.source, port: segment.sourcePort };
    let connection = this.#connections.get(key(local, remote));
    if (connection?.state === 'TIME_WAIT' && segment.syn && connection.isNewer(segment)) {
      connection.discard();
      connection = undefined;
    }
    if (connection !== undefined) {
      if (this.#stack.tap.active) this.#stack.report('socket', packet, skb, { verdict: 'deliver' });
      connection.cause = skb.event;
      if (connection.state === 'ESTABLISHED' && segment.ack) this.#ip.confirm(this.#flowOf(connection));
      connection.receive(segment);
      return;
    }
    const listener = this.#listeners.find(local, device);
    if (listener === undefined || !segment.syn || segment.ack || segment.rst) {
      this.#refuse(packet, segment, skb, local, listener !== undefined);
      return;
    }
    // tcp_conn_request never answers a SYN to a broadcast address.
    if (!this.#stack.fib.isLocal(packet.destination)) {
      const reason = 'a connection to a broadcast address';
      if (this.#stack.tap.active) this.#stack.report('socket', packet, skb, { verdict: 'drop', reason });
      return;
    }
    this.#accept(listener, local, remote, packet, segment, skb);
  }

  /** @returns whether a connection was told. */
  failed(heard: Heard, sent: TcpSegment): boolean {
    const { error } = heard;
    const local = { address: error.original.source, port: sent.sourcePort };
    const remote = { address: error.original.destination, port: sent.destinationPort };
    const connection = this.#connections.get(key(local, remote));
    if (connection?.concerns(sent) !== true) return false;
    // A handshake that came from outside is no socket yet, and one in TIME_WAIT none any more.
    if (connection.state !== 'SYN_RECV' && connection.state !== 'TIME_WAIT') {
      this.#ip.believe(heard, { ...this.#flowOf(connection), payload: { protocol: 'tcp' } });
    }
    if (error.type !== 'redirect') connection.failed(error, errnoOf(error));
    return true;
  }

  /** How the connection's segments are routed. */
  #flowOf({ local, remote, options }: Connection): OwnFlow {
    const { port: sourcePort, address: source } = local;
    const payload = { protocol: 'tcp', sourcePort, destinationPort: remote.port } as const;
    return { destination: remote.address, source, payload, mark: options.mark, device: this.#device(options) };
  }

  list(): readonly SocketEntry[] {
    return [...this.#listeners.all(), ...this.#connections.values()].map((socket) => socket.entry());
  }

  transmit(connection: Connection, payload: TcpSegment, again: boolean): Errno | undefined {
    const { local, remote, owner, options } = connection;
    const outgoing = {
      source: local.address === 0 ? undefined : local.address,
      destination: remote.address,
      payload,
      owner,
      mark: options.mark,
      device: options.device === undefined ? undefined : this.#stack.deviceNamed(options.device),
      reason: again ? 'sent again: it was not acknowledged in time' : undefined,
    };
    const skb = Skb.ofSocket(connection.probe, again ? 0 : connection.cause);
    if (payload.data.length > connection.segmentSize) skb.segmentSize = connection.segmentSize;
    const errno = this.#ip.send(outgoing, skb);
    if (errno === undefined) return undefined;
    // What goes wrong behind the routing (a rule that drops it, or sends it where no way leads) is lost like any other
    // segment: tcp_connect looks at ECONNREFUSED alone, and tcp_v4_connect at the route.
    const { source, mark, device } = outgoing;
    const route = this.#stack.fib.lookup(ownFlow({ destination: remote.address, source, payload, mark, device }));
    return refusal(route) === undefined ? undefined : errno;
  }

  segmentTo(connection: Connection): number {
    return Math.min(this.#ip.mtuTo(this.#flowOf(connection)), LONGEST_PACKET) - IP_AND_TCP_HEADERS;
  }

  established(connection: Connection): boolean {
    const listener = this.#listenerOf.get(connection);
    if (listener === undefined || listener.full) return false;
    this.#listenerOf.delete(connection);
    this.#forget.set(
      connection,
      closeWith(listener.owner, () => connection.close()),
    );
    listener.offer(connection);
    return true;
  }

  closed(connection: Connection): void {
    this.#connections.delete(key(connection.local, connection.remote));
    this.#listenerOf.get(connection)?.handshakes.delete(connection);
    this.#listenerOf.delete(connection);
    this.#forget.get(connection)?.();
    this.#forget.delete(connection);
  }

  originalDestination({ local, remote }: Connection): Endpoint | undefined {
    return this.#stack.originalDestination?.('tcp', local, remote) ?? local;
  }

  closeAll(): void {
    for (const connection of [...this.#connections.values()]) connection.discard();
    for (const listener of this.#listeners.all()) listener.close();
  }

  #accept(listener: Listener, local: Endpoint, remote: Endpoint, packet: IpPacket, syn: TcpSegment, skb: Skb): void {
    const { tap } = this.#stack;
    if (listener.full) {
      const reason = 'the accept queue is full: the program does not accept its connections';
      if (tap.active) this.#stack.report('socket', packet, skb, { verdict: 'drop', reason });
      return;
    }
    if (tap.active) this.#stack.report('socket', packet, skb, { verdict: 'deliver' });
    const connection = new Connection(this.#stack, this, local, remote, 'SYN_RECV');
    connection.probe = listener.owner.probe ?? skb.probe;
    connection.owner = listener.owner;
    connection.options = listener.options;
    connection.cause = skb.event;
    this.#connections.set(key(local, remote), connection);
    this.#listenerOf.set(connection, listener);
    listener.handshakes.add(connection);
    connection.answer(syn);
  }

  /** RFC 9293, 3.10.7.1: a segment for no connection is answered with RST. */
  #refuse(packet: IpPacket, segment: TcpSegment, skb: Skb, local: Endpoint, listening: boolean): void {
    if (this.#stack.tap.active) {
      const place = `${formatIp(local.address)}:${local.port}`;
      const reason = listening ? `no connection of ${place} knows it` : `nothing listens on TCP ${place}`;
      this.#stack.report('socket', packet, skb, { verdict: segment.rst ? 'drop' : 'reject', reason });
    }
    // tcp_v4_send_reset: only for an address of one's own; what came to a broadcast address is dropped.
    if (segment.rst || !this.#stack.fib.isLocal(packet.destination)) return;
    const { source, destination, tos } = packet;
    // tcp_v4_send_reset: with the type of service of what it answers.
    this.#ip.send({ source: destination, destination: source, tos, payload: resetFor(segment) }, skb.fork());
  }
}

function key(local: Endpoint, remote: Endpoint): string {
  return `${local.address}:${local.port} ${remote.address}:${remote.port}`;
}
