import type { Device } from '../device/device.ts';
import { LinuxError } from '../errno.ts';
import { IpLayer } from '../ip/ip.ts';
import type { Stack, Transport } from '../ip/stack.ts';
import { formatIp, type IpAddress } from '../packet/address.ts';
import type { IcmpError, IpPacket } from '../packet/packet.ts';
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

  sourceFor(destination: IpAddress): IpAddress {
    const source = this.ip.sourceFor({ destination });
    if (source === undefined) throw new LinuxError('ENETUNREACH');
    return source;
  }

  mtuTo(destination: IpAddress): number {
    return this.ip.mtuTo(destination);
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

  failed(error: IcmpError, from: IpPacket, skb: Skb): void {
    const { payload } = error.original;
    let known = false;
    if (payload.protocol === 'tcp') known = this.#tcp.failed(error, payload);
    else if (payload.protocol === 'udp') known = this.#udp.failed(error, from, payload);
    else if (payload.protocol === 'sctp') known = this.#stack.sctp?.failed(error, payload) ?? false;
    else if (payload.protocol === 'icmp' && payload.type === 'echo-request')
      known = this.#icmp.failed(error, from, payload);
    if (!this.#stack.tap.active) return;
    const evidence = known ? {} : { reason: 'no socket waits to hear of it' };
    this.#stack.report('socket', from, skb, { verdict: known ? 'deliver' : 'drop', ...evidence });
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
