import { Channel } from '../../simulation/channel.ts';
import { type Errno, LinuxError } from '../errno.ts';
import { errnoOf } from '../ip/icmp.ts';
import type { IpLayer } from '../ip/ip.ts';
import type { Stack } from '../ip/stack.ts';
import type { IcmpError, IpPacket, UdpDatagram } from '../packet/packet.ts';
import { Skb } from '../packet/skb.ts';
import { closeWith } from './owner.ts';
import { pickPort } from './ports.ts';
import type { Endpoint, SocketOwner, UdpSocket } from './socket.ts';

type Received = { readonly from: Endpoint; readonly data: Uint8Array } | { readonly errno: Errno };

/** About as many small datagrams fit into net.core.rmem_default. */
const RECEIVE_LIMIT = 256;

/** The namespace's UDP sockets. */
export class UdpTable {
  readonly #stack: Stack;
  readonly #ip: IpLayer;
  readonly #byPort = new Map<number, UdpEndpoint[]>();

  constructor(stack: Stack, ip: IpLayer) {
    this.#stack = stack;
    this.#ip = ip;
  }

  open(wanted: Endpoint, owner: SocketOwner, remote?: Endpoint): UdpSocket {
    const { fib, sysctl, random, clock } = this.#stack;
    if (wanted.address !== 0 && !fib.isLocal(wanted.address)) throw new LinuxError('EADDRNOTAVAIL');
    let address = wanted.address;
    if (remote !== undefined && address === 0) {
      const source = this.#ip.sourceFor(remote.address);
      if (source === undefined) throw new LinuxError('ENETUNREACH');
      address = source;
    }
    const port = wanted.port === 0 ? pickPort(sysctl.localPorts, random, (p) => this.#byPort.has(p)) : wanted.port;
    const local = { address, port };
    const taken = (this.#byPort.get(port) ?? []).some(
      (other) => other.local.address === address || other.local.address === 0 || address === 0,
    );
    if (taken) throw new LinuxError('EADDRINUSE');
    const send = (to: Endpoint, data: Uint8Array, cause: number) => {
      const payload: UdpDatagram = {
        protocol: 'udp',
        sourcePort: port,
        destinationPort: to.port,
        data,
      };
      const source = address === 0 ? undefined : address;
      const errno = this.#ip.send({ source, destination: to.address, payload, owner }, new Skb(owner.probe, cause));
      if (errno !== undefined) throw new LinuxError(errno);
    };
    const endpoint: UdpEndpoint = new UdpEndpoint(local, remote, new Channel(clock, RECEIVE_LIMIT), send, () => {
      forget();
      const rest = (this.#byPort.get(port) ?? []).filter((other) => other !== endpoint);
      if (rest.length === 0) this.#byPort.delete(port);
      else this.#byPort.set(port, rest);
    });
    const forget = closeWith(owner, () => endpoint.close());
    this.#byPort.set(port, [...(this.#byPort.get(port) ?? []), endpoint]);
    return endpoint;
  }

  /** @returns false when no socket is there. */
  deliver(packet: IpPacket, datagram: UdpDatagram, skb: Skb): boolean {
    const from = { address: packet.source, port: datagram.sourcePort };
    const to = { address: packet.destination, port: datagram.destinationPort };
    const endpoint = this.#find(to, from);
    if (endpoint === undefined) return false;
    const fits = endpoint.take({ from, data: datagram.data }, skb.event);
    if (this.#stack.tap.active) {
      const evidence = fits ? {} : { reason: "the socket's receive buffer is full" };
      this.#stack.report('socket', packet, skb, { verdict: fits ? 'deliver' : 'drop', ...evidence });
    }
    return true;
  }

  failed(error: IcmpError, sent: UdpDatagram): boolean {
    const local = { address: error.original.source, port: sent.sourcePort };
    const remote = { address: error.original.destination, port: sent.destinationPort };
    const endpoint = this.#find(local, remote);
    if (endpoint?.remote === undefined) return false;
    endpoint.take({ errno: errnoOf(error) }, 0);
    return true;
  }

  closeAll(): void {
    for (const endpoints of [...this.#byPort.values()]) for (const endpoint of endpoints) endpoint.close();
  }

  /** The most specific socket: connected to the sender, bound to the address, bound to any. */
  #find(local: Endpoint, remote: Endpoint): UdpEndpoint | undefined {
    let best: UdpEndpoint | undefined;
    let most = -1;
    for (const endpoint of this.#byPort.get(local.port) ?? []) {
      const there = endpoint.remote;
      if (endpoint.local.address !== 0 && endpoint.local.address !== local.address) continue;
      if (there !== undefined && (there.address !== remote.address || there.port !== remote.port)) continue;
      const score = (there === undefined ? 0 : 2) + (endpoint.local.address === 0 ? 0 : 1);
      if (score > most) [best, most] = [endpoint, score];
    }
    return best;
  }
}

class UdpEndpoint implements UdpSocket {
  readonly local: Endpoint;
  readonly remote: Endpoint | undefined;
  readonly #received: Channel<Received>;
  readonly #send: (to: Endpoint, data: Uint8Array, cause: number) => void;
  readonly #forget: () => void;
  /** The tap event of what came in last: what is sent next is taken to be its answer. */
  #cause = 0;

  constructor(
    local: Endpoint,
    remote: Endpoint | undefined,
    received: Channel<Received>,
    send: (to: Endpoint, data: Uint8Array, cause: number) => void,
    forget: () => void,
  ) {
    this.local = local;
    this.remote = remote;
    this.#received = received;
    this.#send = send;
    this.#forget = forget;
  }

  take(received: Received, event: number): boolean {
    if (event > 0) this.#cause = event;
    return this.#received.offer(received);
  }

  async receive(signal?: AbortSignal): Promise<{ readonly from: Endpoint; readonly data: Uint8Array }> {
    const received = await this.#received.receive(signal);
    if (received === undefined) throw new LinuxError('EBADF');
    if ('errno' in received) throw new LinuxError(received.errno);
    return received;
  }

  send(to: Endpoint, data: Uint8Array): void {
    if (this.#received.closed) throw new LinuxError('EBADF');
    this.#send(to, data, this.#cause);
  }

  close(): void {
    if (this.#received.closed) return;
    this.#received.close();
    this.#forget();
  }
}
