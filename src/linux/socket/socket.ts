import type { Errno } from '../errno.ts';
import type { IpAddress } from '../packet/address.ts';
import type { IcmpError, IpPacket, SctpPacket } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';
import type { Endpoint, SocketOwner } from './endpoint.ts';
import type { SocketEntry } from './entry.ts';

export type { Endpoint, SocketOwner };

export interface TcpConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** The next bytes; `undefined` when the peer has sent FIN. Rejects with ECONNRESET, ETIMEDOUT. */
  read(signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Resolves when the send buffer has taken the bytes. Rejects with EPIPE, ECONNRESET, ETIMEDOUT. */
  write(data: Uint8Array): Promise<void>;
  /** Sends FIN after what was written (shutdown(2) with SHUT_WR): what the peer still sends can be read. */
  shutdown(): void;
  /**
   * close(2): the same, and the program is done with it. RST instead where something was not read; what the peer sends
   * later is answered with RST.
   */
  close(): void;
  /** Sends RST (close(2) with SO_LINGER of 0). */
  abort(): void;
  /** SO_KEEPALIVE: a peer that is silent for `idle` is asked whether it is there; ETIMEDOUT when it isn't. */
  keepAlive(options?: KeepAliveOptions): void;
  /** SO_ORIGINAL_DST: where the peer wanted to get, for a connection that NAT led here. Without NAT: `local`. */
  originalDestination(): Endpoint | undefined;
}

/** tcp(7): TCP_KEEPIDLE, TCP_KEEPINTVL in milliseconds, TCP_KEEPCNT; absent: what the sysctls say. */
export interface KeepAliveOptions {
  readonly idle?: number;
  readonly interval?: number;
  readonly probes?: number;
}

export interface ConnectOptions extends SocketOptions {
  /** Binds before it connects. */
  readonly source?: IpAddress | undefined;
  readonly sourcePort?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ListenOptions extends SocketOptions {
  /**
   * How many connections wait to be accepted: at most net.core.somaxconn, which is the default; when they are more,
   * further SYNs are dropped.
   */
  readonly backlog?: number | undefined;
}

export interface TcpListener {
  readonly local: Endpoint;
  /** Rejects with `signal.reason` when aborted. */
  accept(signal?: AbortSignal): Promise<TcpConnection>;
  close(): void;
}

export interface UdpSocket {
  readonly local: Endpoint;
  /** Rejects with ECONNREFUSED (and such) when an ICMP error came: for a connected socket, or one with `receiveErrors`. */
  receive(signal?: AbortSignal): Promise<{ readonly from: Endpoint; readonly data: Uint8Array; readonly ttl: number }>;
  /**
   * Throws what sendto(2) fails with: EACCES for a broadcast without `broadcast`, EMSGSIZE, ENETUNREACH, and the error
   * that an earlier datagram met. `dontFragment` as in `Outgoing`.
   */
  send(to: Endpoint, data: Uint8Array, options?: SendOptions): void;
  /**
   * The next entry of the error queue (recvmsg(2) with MSG_ERRQUEUE), of a socket opened with `receiveErrors`; taking it
   * clears the error that `receive` and `send` would fail with. Rejects with `signal.reason` when aborted.
   */
  receiveError(signal?: AbortSignal): Promise<SocketError>;
  /** connect(2): from now on `peer` alone is heard. Throws ENETUNREACH. */
  connect(peer: Endpoint): void;
  close(): void;
}

/** What one datagram is sent with (ip(7): IP_TTL, IP_TOS, IP_MTU_DISCOVER). */
export interface SendOptions {
  readonly ttl?: number | undefined;
  readonly tos?: number | undefined;
  readonly dontFragment?: boolean | undefined;
}

/** An entry of a socket's error queue (ip(7), IP_RECVERR: sock_extended_err). */
export interface SocketError {
  readonly errno: Errno;
  readonly type: IcmpError['type'];
  readonly code: IcmpError['code'];
  /** Who sent the ICMP error, and the TTL that it came with (IP_RECVTTL). */
  readonly offender: IpAddress;
  readonly ttl: number;
  /** MTU of the next hop, with fragmentation-needed. */
  readonly mtu?: number;
  /** What was sent, and where to. */
  readonly to: Endpoint;
  readonly data: Uint8Array;
}

/** What is set on a socket before its use (socket(7), ip(7)). */
export interface SocketOptions {
  /** SO_BINDTODEVICE: sends out of, and receives from, this device alone. Opening throws ENODEV. */
  readonly device?: string | undefined;
  /** SO_MARK. */
  readonly mark?: number | undefined;
  /** SO_REUSEPORT: others of the same user who set it, too, may have the same address and port. */
  readonly reusePort?: boolean | undefined;
}

export interface UdpOptions extends SocketOptions {
  /** SO_BROADCAST. */
  readonly broadcast?: boolean;
  /** IP_RECVERR: ICMP errors come even to a socket that is not connected, soft ones too, and `receiveError` has them. */
  readonly receiveErrors?: boolean;
}

/** An ICMP socket, for ping and traceroute. */
export interface IcmpSocket {
  /**
   * Sends an echo request; throws what sendto(2) fails with (ENETUNREACH, EMSGSIZE, ...). Without `dontFragment` a
   * request that is too long for the path is sent in fragments.
   */
  send(
    to: IpAddress,
    message: {
      identifier?: number;
      sequence: number;
      data: Uint8Array;
      ttl?: number;
      tos?: number;
      mark?: number;
      dontFragment?: boolean;
    },
  ): void;
  receive(signal?: AbortSignal): Promise<IcmpReply>;
  close(): void;
}

export interface IcmpReply {
  readonly from: IpAddress;
  readonly ttl: number;
  readonly sequence: number;
  readonly type: 'echo-reply' | IcmpError['type'];
  readonly code?: string;
  readonly mtu?: number;
  readonly gateway?: IpAddress;
  /** Bytes of ICMP data. */
  readonly size: number;
}

/** What a socket that asks for its way is bound to. */
export interface WayOptions {
  readonly source?: IpAddress | undefined;
  readonly device?: string | undefined;
}

/** What programs do with sockets in their namespace. Failures are `LinuxError`s with the kernel's errno. */
export interface Sockets {
  /**
   * Throws EADDRINUSE, EADDRNOTAVAIL, ENODEV, and EACCES for a low port of a user who is not root. Port 0 picks a free
   * one. A port whose connections wait in TIME_WAIT is free, as servers set SO_REUSEADDR.
   */
  listenTcp(local: Endpoint, owner: SocketOwner, options?: ListenOptions): TcpListener;
  /** Rejects with ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, EADDRINUSE, EADDRNOTAVAIL, ENODEV. */
  connectTcp(remote: Endpoint, owner: SocketOwner, options?: ConnectOptions): Promise<TcpConnection>;
  /**
   * Port 0 picks a free one. `remote` connects: others' datagrams are dropped and hard ICMP errors reported. Throws
   * EADDRINUSE, EADDRNOTAVAIL, ENETUNREACH, ENODEV, and EACCES for a low port of a user who is not root.
   */
  openUdp(local: Endpoint, owner: SocketOwner, remote?: Endpoint, options?: UdpOptions): UdpSocket;
  /** `device`: sends out of this device alone (SO_BINDTODEVICE; throws ENODEV); `source`: throws EADDRNOTAVAIL. */
  openIcmp(owner: SocketOwner, options?: { source?: IpAddress; device?: string }): IcmpSocket;
  /** Every socket, as `ss` shows them. */
  list(): readonly SocketEntry[];
  /** The address that packets to `destination` would be sent from. Throws ENETUNREACH. */
  sourceFor(destination: IpAddress, way?: WayOptions): IpAddress;
  /** Is it a broadcast address, which a datagram may only go to if it was asked for (SO_BROADCAST)? */
  isBroadcast(destination: IpAddress): boolean;
  /** The largest packet that the path there is known to take, as getsockopt(IP_MTU) says of a connected socket. */
  mtuTo(destination: IpAddress, way?: WayOptions): number;
}

/** SCTP, where a namespace has it switched on (`sctpOf`): what IP and `ss` ask of it. */
export interface SctpSockets {
  deliver(packet: IpPacket, sctp: SctpPacket, skb: Skb): void;
  /** @returns whether an association was told. */
  failed(error: IcmpError, sent: SctpPacket): boolean;
  list(): readonly SocketEntry[];
  closeAll(): void;
}
