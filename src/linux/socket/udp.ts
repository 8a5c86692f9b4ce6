import type { Device } from '../device/device.ts';
import { LinuxError } from '../errno.ts';
import { errnoOf } from '../ip/icmp.ts';
import type { IpLayer } from '../ip/ip.ts';
import type { Heard, Stack } from '../ip/stack.ts';
import { BROADCAST_ADDRESS, type IpAddress } from '../packet/address.ts';
import type { IpPacket, UdpDatagram } from '../packet/packet.ts';
import { Skb } from '../packet/skb.ts';
import type { SocketEntry } from './entry.ts';
import { isHard } from './hard-error.ts';
import { closeWith } from './owner.ts';
import { assertPortAllowed, pickPort } from './ports.ts';
import type { Endpoint, SendOptions, SocketOwner, UdpOptions, UdpSocket } from './socket.ts';
import { UdpEndpoint } from './udp-endpoint.ts';

/** 65535 less the headers of IP and UDP. */
const LONGEST = 65507;

/** The namespace's UDP sockets (net/ipv4/udp.c). */
export class UdpTable {
  readonly #stack: Stack;
  readonly #ip: IpLayer;
  readonly #byPort = new Map<number, UdpEndpoint[]>();

  constructor(stack: Stack, ip: IpLayer) {
    this.#stack = stack;
    this.#ip = ip;
  }

  open(wanted: Endpoint, owner: SocketOwner, remote?: Endpoint, options: UdpOptions = {}): UdpSocket {
    const { fib, sysctl, random, clock } = this.#stack;
    if (wanted.address !== 0 && wanted.address !== BROADCAST_ADDRESS && !fib.isLocal(wanted.address)) {
      throw new LinuxError('EADDRNOTAVAIL');
    }
    const device = options.device === undefined ? undefined : this.#stack.deviceNamed(options.device);
    if (options.device !== undefined && device === undefined) throw new LinuxError('ENODEV');
    assertPortAllowed(wanted.port, owner, sysctl);
    const port = wanted.port === 0 ? pickPort(sysctl.localPorts, random, (p) => this.#byPort.has(p)) : wanted.port;
    const sourceTo = (peer: Endpoint) => this.#sourceTo(peer, port, options.mark, device);
    const address = remote !== undefined && wanted.address === 0 ? sourceTo(remote) : wanted.address;
    const local = { address, port };
    const taken = (this.#byPort.get(port) ?? []).some(
      (other) =>
        (other.local.address === address || other.local.address === 0 || address === 0) &&
        (other.options.device === options.device || other.options.device === undefined || device === undefined) &&
        !(options.reusePort === true && other.options.reusePort === true && other.owner.uid === owner.uid),
    );
    if (taken || this.#stack.tunnels.udp.has(port)) throw new LinuxError('EADDRINUSE');
    const connect = (peer: Endpoint) => {
      if (endpoint.local.address === 0) endpoint.local = { address: sourceTo(peer), port };
    };
    const send = (to: Endpoint, data: Uint8Array, how: SendOptions, cause: number) => {
      if (to.port === 0) throw new LinuxError('EINVAL');
      if (data.length > LONGEST) throw new LinuxError('EMSGSIZE');
      if (options.broadcast !== true && this.isBroadcast(to.address)) throw new LinuxError('EACCES');
      const payload: UdpDatagram = {
        protocol: 'udp',
        sourcePort: port,
        destinationPort: to.port,
        data,
      };
      const source = endpoint.local.address === 0 ? undefined : endpoint.local.address;
      const { ttl, tos, dontFragment } = how;
      const { mark } = options;
      const outgoing = { source, destination: to.address, payload, owner, ttl, tos, dontFragment, mark, device };
      const errno = this.#ip.send(outgoing, Skb.ofSocket(owner.probe, cause));
      if (errno !== undefined) throw new LinuxError(errno);
    };
    const endpoint: UdpEndpoint = new UdpEndpoint(clock, local, remote, owner, options, { send, connect }, () => {
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
  deliver(packet: IpPacket, datagram: UdpDatagram, skb: Skb, device: Device): boolean {
    const from = { address: packet.source, port: datagram.sourcePort };
    const to = { address: packet.destination, port: datagram.destinationPort };
    const endpoint = this.#find(to, from, device);
    if (endpoint === undefined) return false;
    const fits = endpoint.take({ from, data: datagram.data, ttl: packet.ttl }, skb.event);
    if (this.#stack.tap.active) {
      const evidence = fits ? {} : { reason: "the socket's receive buffer is full" };
      this.#stack.report('socket', packet, skb, { verdict: fits ? 'deliver' : 'drop', ...evidence });
    }
    return true;
  }

  /** __udp4_lib_err: a socket that isn't connected hears of an error only where it asked to. @returns whether it does. */
  failed(heard: Heard, sent: UdpDatagram): boolean {
    const { error, packet: from } = heard;
    const { source, destination, tos } = error.original;
    const local = { address: source, port: sent.sourcePort };
    const to = { address: destination, port: sent.destinationPort };
    const endpoint = this.#find(local, to);
    if (endpoint === undefined) return false;
    const { mark, device: name } = endpoint.options;
    const device = name === undefined ? undefined : this.#stack.deviceNamed(name);
    this.#ip.believe(heard, { destination, source, tos, payload: { protocol: 'udp' }, mark, device });
    if (error.type === 'redirect') return true;
    const errno = errnoOf(error);
    if (endpoint.options.receiveErrors === true) {
      const { type, code, mtu } = error;
      const { source: offender, ttl } = from;
      endpoint.queueError({ errno, type, code, offender, ttl, ...(mtu !== undefined && { mtu }), to, data: sent.data });
      return true;
    }
    if (endpoint.remote === undefined || !isHard(error.code, 'udp')) return false;
    endpoint.fail(errno);
    return true;
  }

  list(): readonly SocketEntry[] {
    return [...this.#byPort.values()].flat().map((endpoint) => endpoint.entry());
  }

  closeAll(): void {
    for (const endpoint of [...this.#byPort.values()].flat()) endpoint.close();
  }

  /** __ip4_datagram_connect. */
  #sourceTo(
    { address, port }: Endpoint,
    sourcePort: number,
    mark: number | undefined,
    device: Device | undefined,
  ): IpAddress {
    const payload = { protocol: 'udp', sourcePort, destinationPort: port } as const;
    const source = this.#ip.sourceFor({ destination: address, payload, mark, device });
    if (source === undefined) throw new LinuxError('ENETUNREACH');
    return source;
  }

  isBroadcast(address: IpAddress): boolean {
    return address === BROADCAST_ADDRESS || this.#stack.fib.addressType(address) === 'broadcast';
  }

  /** The most specific socket: connected to the sender, bound to the address, bound to any. */
  #find(local: Endpoint, remote: Endpoint, device?: Device): UdpEndpoint | undefined {
    let best: UdpEndpoint | undefined;
    let most = -1;
    for (const endpoint of this.#byPort.get(local.port) ?? []) {
      const { remote: there, options } = endpoint;
      if (device !== undefined && options.device !== undefined && options.device !== device.name) continue;
      if (endpoint.local.address !== 0 && endpoint.local.address !== local.address) continue;
      if (there !== undefined && (there.address !== remote.address || there.port !== remote.port)) continue;
      const score = (there === undefined ? 0 : 2) + (endpoint.local.address === 0 ? 0 : 1);
      if (score > most) [best, most] = [endpoint, score];
    }
    return best;
  }
}
