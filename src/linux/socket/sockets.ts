import type { Device } from '../device/device.ts';
import { LinuxError } from '../errno.ts';
import type { OwnFlow } from '../ip/flow.ts';
import { IpLayer } from '../ip/ip.ts';
import type { Heard, Stack, Transport } from '../ip/stack.ts';
import { formatIp, type IpAddress } from '../packet/address.ts';
import type { IpPacket } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';
import type { SocketEntry } from './entry.ts';
import { IcmpTable } from './icmp.ts';
import type {
  ConnectOptions,
  Endpoint,
  IcmpSocket,
  ListenOptions,
  SocketOwner,
  Sockets,
  TcpConnection,
  TcpListener,
  UdpOptions,
  UdpSocket,
  WayOptions,
} from './socket.ts';
import { TcpTable } from './tcp/table.ts';
import { UdpTable } from './udp.ts';

/** A namespace's sockets, and what IP delivers to. */
export class SocketTable implements Sockets, Transport {
  readonly ip: IpLayer;
  readonly #stack: Stack;
  readonly #tcp: TcpTable;
  readonly #udp: UdpTable;
  readonly #icmp: IcmpTable;

  constructor(stack: Stack) {
    this.#stack = stack;
    this.ip = new IpLayer(stack, this);
    this.#tcp = new TcpTable(stack, this.ip);
    this.#udp = new UdpTable(stack, this.ip);
    this.#icmp = new IcmpTable(stack, this.ip);
  }

  listenTcp(local: Endpoint, owner: SocketOwner, options?: ListenOptions): TcpListener {
    return this.#tcp.listen(local, owner, options);
  }

  connectTcp(remote: Endpoint, owner: SocketOwner, options?: ConnectOptions): Promise<TcpConnection> {
    return this.#tcp.connect(remote, owner, options);
  }

  openUdp(local: Endpoint, owner: SocketOwner, remote?: Endpoint, options?: UdpOptions): UdpSocket {
    return this.#udp.open(local, owner, remote, options);
  }

  openIcmp(owner: SocketOwner, options?: { source?: IpAddress; device?: string }): IcmpSocket {
    return this.#icmp.open(owner, options);
  }

  list(): readonly SocketEntry[] {
    return [...this.#tcp.list(), ...this.#udp.list(), ...this.#icmp.list(), ...(this.#stack.sctp?.list() ?? [])];
  }

  sourceFor(destination: IpAddress, way: WayOptions = {}): IpAddress {
    const source = this.ip.sourceFor(this.#flow(destination, way));
    if (source === undefined) throw new LinuxError('ENETUNREACH');
    return source;
  }

  isBroadcast(destination: IpAddress): boolean {
    return this.#udp.isBroadcast(destination);
  }

  mtuTo(destination: IpAddress, way: WayOptions = {}): number {
    return this.ip.mtuTo(this.#flow(destination, way));
  }

  #flow(destination: IpAddress, { source, device }: WayOptions): OwnFlow {
    return { destination, source, device: device === undefined ? undefined : this.#stack.deviceNamed(device) };
  }

  deliver(packet: IpPacket, skb: Skb, device: Device): boolean {
    const { payload } = packet;
    switch (payload.protocol) {
      case 'tcp':
        this.#tcp.deliver(packet, payload, skb, device);
        return true;
      case 'udp':
        if (this.#stack.tunnels.udp.get(payload.destinationPort)?.(packet, skb) === true) return true;
        if (this.#udp.deliver(packet, payload, skb, device)) return true;
        if (this.#stack.tap.active) {
          const reason = `no socket is bound to UDP ${formatIp(packet.destination)}:${payload.destinationPort}`;
          this.#stack.report('socket', packet, skb, { verdict: 'reject', reason });
        }
        return false;
      case 'icmp':
        if (payload.type === 'echo-reply') this.#icmp.deliver(packet, payload, skb);
        return true;
      case 'sctp':
      case 'ipip':
        if (payload.protocol === 'sctp' && this.#stack.sctp !== undefined) {
          this.#stack.sctp.deliver(packet, payload, skb);
          return true;
        }
        if (payload.protocol === 'ipip' && this.#stack.tunnels.ipip?.(packet, skb) === true) return true;
        if (this.#stack.tap.active) {
          const reason = `nobody here speaks ${payload.protocol}`;
          this.#stack.report('socket', packet, skb, { verdict: 'reject', reason });
        }
        return false;
    }
  }

  failed(heard: Heard): void {
    let known = this.#handler(heard);
    for (const raw of this.#stack.raw ?? []) known = raw.failed(heard) || known;
    if (!this.#stack.tap.active) return;
    const evidence = known ? {} : { reason: 'no socket waits to hear of it' };
    this.#stack.report('socket', heard.packet, heard.skb, { verdict: known ? 'deliver' : 'drop', ...evidence });
  }

  /** The err_handler of the protocol. @returns whether somebody sent what the error is about. */
  #handler(heard: Heard): boolean {
    const { payload, destination, source, tos } = heard.error.original;
    const { tunnels, sctp, ip } = this.#stack;
    const { protocol } = payload;
    switch (protocol) {
      case 'tcp':
        return this.#tcp.failed(heard, payload);
      case 'udp':
        if (this.#udp.failed(heard, payload)) return true;
        if (!tunnels.udp.has(payload.destinationPort)) return false;
        break;
      case 'sctp':
        if (sctp?.failed(heard.error, payload) !== true) return false;
        break;
      case 'ipip':
        if (tunnels.ipip === undefined) return false;
        break;
      case 'icmp':
        // What the kernel itself sends: replies (icmp_err).
        if (payload.type !== 'echo-reply') return payload.type === 'echo-request' && this.#icmp.failed(heard, payload);
    }
    ip.believe(heard, { destination, source, tos, payload: { protocol } });
    return true;
  }

  /** The namespace is gone: nobody is told any more. */
  destroy(): void {
    this.ip.close();
    this.#tcp.closeAll();
    this.#udp.closeAll();
    this.#icmp.closeAll();
    this.#stack.sctp?.closeAll();
  }
}
