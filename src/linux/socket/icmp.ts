import { Channel } from '../../simulation/channel.ts';
import type { Device } from '../device/device.ts';
import { LinuxError } from '../errno.ts';
import type { IpLayer } from '../ip/ip.ts';
import type { Heard, Stack } from '../ip/stack.ts';
import type { IpAddress } from '../packet/address.ts';
import type { IcmpEcho, IpPacket } from '../packet/packet.ts';
import { segmentLength } from '../packet/size.ts';
import { Skb } from '../packet/skb.ts';
import { type Descriptor, describeSocket } from './descriptor.ts';
import type { SocketEntry } from './entry.ts';
import { closeWith } from './owner.ts';
import type { IcmpReply, IcmpSocket, SocketOwner } from './socket.ts';

const RECEIVE_LIMIT = 1024;
/** What an IP packet has room for behind its own header and ICMP's. */
const LONGEST = 65507;

/** The namespace's ICMP sockets, by the identifier that the kernel gives each (icmp(7)). */
export class IcmpTable {
  readonly #stack: Stack;
  readonly #ip: IpLayer;
  readonly #sockets = new Map<number, IcmpEndpoint>();

  constructor(stack: Stack, ip: IpLayer) {
    this.#stack = stack;
    this.#ip = ip;
  }

  open(owner: SocketOwner, options: { source?: IpAddress; device?: string } = {}): IcmpSocket {
    const { fib, devices, random, clock } = this.#stack;
    if (options.source !== undefined && !fib.isLocal(options.source)) throw new LinuxError('EADDRNOTAVAIL');
    let device: Device | undefined;
    if (options.device !== undefined) {
      device = [...devices.values()].find(({ name }) => name === options.device);
      if (device === undefined) throw new LinuxError('ENODEV');
    }
    let identifier = 1 + random.below(65535);
    while (this.#sockets.has(identifier)) identifier = 1 + (identifier % 65535);
    const received = new Channel<IcmpReply>(clock, RECEIVE_LIMIT);
    const send: IcmpSocket['send'] = (destination, message) => {
      if (received.closed) throw new LinuxError('EBADF');
      if (message.data.length > LONGEST) throw new LinuxError('EMSGSIZE');
      if (message.identifier !== undefined) this.#sockets.set(message.identifier, endpoint);
      const payload: IcmpEcho = {
        protocol: 'icmp',
        type: 'echo-request',
        identifier: message.identifier ?? identifier,
        sequence: message.sequence,
        data: message.data,
      };
      const { ttl, tos, mark, dontFragment } = message;
      const outgoing = { source: options.source, destination, payload, ttl, tos, mark, dontFragment, device, owner };
      const errno = this.#ip.send(outgoing, new Skb(owner.probe, 0));
      if (errno !== undefined) throw new LinuxError(errno);
    };
    const endpoint = new IcmpEndpoint(owner, device, received, send, () => {
      forget();
      for (const [id, other] of this.#sockets) if (other === endpoint) this.#sockets.delete(id);
    });
    const forget = closeWith(owner, () => endpoint.close());
    this.#sockets.set(identifier, endpoint);
    return endpoint;
  }

  deliver(packet: IpPacket, echo: IcmpEcho, skb: Skb): void {
    const endpoint = this.#sockets.get(echo.identifier);
    if (this.#stack.tap.active) {
      const evidence = endpoint === undefined ? { reason: 'no socket waits for this echo reply' } : {};
      const verdict = endpoint === undefined ? 'drop' : 'deliver';
      this.#stack.report('socket', packet, skb, { verdict, ...evidence });
    }
    endpoint?.take({
      from: packet.source,
      ttl: packet.ttl,
      sequence: echo.sequence,
      type: 'echo-reply',
      size: segmentLength(echo),
    });
  }

  failed(heard: Heard, sent: IcmpEcho): boolean {
    const { error, packet: from } = heard;
    const endpoint = this.#sockets.get(sent.identifier);
    if (endpoint === undefined) return false;
    const { destination, source, tos } = error.original;
    this.#ip.believe(heard, { destination, source, tos, payload: { protocol: 'icmp' }, device: endpoint.device });
    endpoint.take({
      from: from.source,
      ttl: from.ttl,
      sequence: sent.sequence,
      type: error.type,
      code: error.code,
      ...(error.mtu !== undefined && { mtu: error.mtu }),
      ...(error.gateway !== undefined && { gateway: error.gateway }),
      size: segmentLength(error),
    });
    return true;
  }

  /** Sockets for ping (icmp(7)): `ss -w` has them as `icmp`, their identifier for a port. */
  list(): readonly SocketEntry[] {
    return [...this.#sockets].map(([identifier, { owner, descriptor }]) => ({
      protocol: 'icmp',
      state: 'UNCONN',
      local: { address: 0, port: identifier },
      remote: undefined,
      receiveQueue: 0,
      sendQueue: 0,
      owner,
      fd: descriptor.fd,
      inode: descriptor.inode,
      uid: owner.uid ?? 0,
    }));
  }

  closeAll(): void {
    for (const endpoint of new Set(this.#sockets.values())) endpoint.close();
  }
}

class IcmpEndpoint implements IcmpSocket {
  readonly send: IcmpSocket['send'];
  readonly owner: SocketOwner;
  /** The one that it is bound to. */
  readonly device: Device | undefined;
  readonly descriptor: Descriptor;
  readonly #received: Channel<IcmpReply>;
  readonly #forget: () => void;

  constructor(
    owner: SocketOwner,
    device: Device | undefined,
    received: Channel<IcmpReply>,
    send: IcmpSocket['send'],
    forget: () => void,
  ) {
    this.owner = owner;
    this.device = device;
    this.descriptor = describeSocket(owner);
    this.#received = received;
    this.send = send;
    this.#forget = forget;
  }

  take(reply: IcmpReply): void {
    this.#received.offer(reply);
  }

  async receive(signal?: AbortSignal): Promise<IcmpReply> {
    const reply = await this.#received.receive(signal);
    if (reply === undefined) throw new LinuxError('EBADF');
    return reply;
  }

  close(): void {
    if (this.#received.closed) return;
    this.#received.close();
    this.descriptor.free();
    this.#forget();
  }
}
