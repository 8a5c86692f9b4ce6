import { Channel } from '../../../simulation/channel.ts';
import { LinuxError } from '../../errno.ts';
import { errnoOf } from '../../ip/icmp.ts';
import type { Stack } from '../../ip/stack.ts';
import { formatIp, type IpAddress } from '../../packet/address.ts';
import type { IcmpError, IpPacket, SctpPacket } from '../../packet/packet.ts';
import { Skb } from '../../packet/skb.ts';
import { type Descriptor, describeSocket } from '../descriptor.ts';
import type { SocketEntry } from '../entry.ts';
import { closeWith } from '../owner.ts';
import { assertPortAllowed, pickPort } from '../ports.ts';
import type { Endpoint, SctpSockets, SocketOwner } from '../socket.ts';
import { Association, type Handshake, newTag } from './association.ts';

/** Valid.Cookie.Life (RFC 9260, 16). */
const COOKIE_LIFE = 60_000;

interface Listening {
  readonly local: Endpoint;
  readonly owner: SocketOwner;
  readonly waiting: Channel<Association>;
  readonly descriptor: Descriptor;
}

export interface SctpListener {
  readonly local: Endpoint;
  /** Rejects with `signal.reason` when aborted. */
  accept(signal?: AbortSignal): Promise<Association>;
  close(): void;
}

const tables = new WeakMap<Stack, Sctp>();

/** SCTP of a namespace; the first call switches it on, as loading the kernel's module does. */
export function sctpOf(stack: Stack): Sctp {
  let table = tables.get(stack);
  if (table === undefined) {
    tables.set(stack, (table = new Sctp(stack)));
    stack.sctp = table;
  }
  return table;
}

/**
 * One-to-one SCTP sockets (RFC 6458, 4) as far as an association goes: the handshake, DATA and SACK, shutdown and abort
 * (RFC 9260). Without: several addresses, streams, fragments, congestion control, own heartbeats.
 */
class Sctp implements SctpSockets {
  readonly #stack: Stack;
  readonly #listeners = new Map<number, Listening[]>();
  readonly #associations = new Map<string, Association>();
  readonly #descriptors = new Map<Association, Descriptor>();
  /**
   * What a state cookie holds. On the wire a packet's cookie is left empty, so that it is kept here, by the peer's place;
   * as with a real cookie nothing else of the peer is known before COOKIE ECHO.
   */
  readonly #cookies = new Map<string, { readonly handshake: Handshake; readonly until: number }>();

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Throws EADDRINUSE, EADDRNOTAVAIL, EACCES. Port 0 picks a free one. */
  listen(wanted: Endpoint, owner: SocketOwner): SctpListener {
    const { fib, sysctl, random, clock } = this.#stack;
    const { address } = wanted;
    if (address !== 0 && !fib.isLocal(address)) throw new LinuxError('EADDRNOTAVAIL');
    assertPortAllowed(wanted.port, owner, sysctl);
    const taken = (port: number) =>
      (this.#listeners.get(port) ?? []).some(
        ({ local }) => local.address === address || local.address === 0 || address === 0,
      );
    if (wanted.port !== 0 && taken(wanted.port)) throw new LinuxError('EADDRINUSE');
    const port = wanted.port === 0 ? pickPort(sysctl.localPorts, random, taken) : wanted.port;
    const waiting = new Channel<Association>(clock);
    const listening = { local: { address, port }, owner, waiting, descriptor: describeSocket(owner) };
    const close = () => {
      if (waiting.closed) return;
      waiting.close();
      forget();
      listening.descriptor.free();
      const rest = (this.#listeners.get(port) ?? []).filter((other) => other !== listening);
      if (rest.length === 0) this.#listeners.delete(port);
      else this.#listeners.set(port, rest);
    };
    const forget = closeWith(owner, close);
    this.#listeners.set(port, [...(this.#listeners.get(port) ?? []), listening]);
    const accept = async (signal?: AbortSignal) => {
      const association = await waiting.receive(signal);
      if (association === undefined) throw new LinuxError('EBADF');
      return association;
    };
    return { local: listening.local, accept, close };
  }

  /** Rejects with ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH. */
  async connect(
    remote: Endpoint,
    owner: SocketOwner,
    options: { readonly source?: IpAddress; readonly signal?: AbortSignal } = {},
  ): Promise<Association> {
    const { sysctl, random } = this.#stack;
    const { signal } = options;
    signal?.throwIfAborted();
    const address = options.source ?? this.#sourceTo(remote);
    const inUse = (port: number) => this.#associations.has(key({ address, port }, remote)) || this.#listeners.has(port);
    const local = { address, port: pickPort(sysctl.localPorts, random, inUse) };
    const association = this.#add(local, remote, owner);
    const abort = () => association.ready.reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const errno = association.open();
      if (errno !== undefined) throw new LinuxError(errno);
      await association.ready.promise;
      return association;
    } catch (error) {
      association.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  deliver(packet: IpPacket, sctp: SctpPacket, skb: Skb): void {
    const local = { address: packet.destination, port: sctp.destinationPort };
    const remote = { address: packet.source, port: sctp.sourcePort };
    const association = this.#associations.get(key(local, remote));
    const [first] = sctp.chunks;
    if (first?.type === 'init' || first?.type === 'cookie-echo') {
      this.#handshake(packet, sctp, skb, local, remote, association);
      return;
    }
    if (association !== undefined) {
      association.cause = skb.event;
      if (association.receive(sctp)) this.#report(packet, skb, 'deliver');
      else this.#report(packet, skb, 'drop', 'its verification tag is not that of the association');
      return;
    }
    this.#outOfTheBlue(packet, sctp, skb, local);
  }

  failed(error: IcmpError, sent: SctpPacket): boolean {
    const local = { address: error.original.source, port: sent.sourcePort };
    const remote = { address: error.original.destination, port: sent.destinationPort };
    const association = this.#associations.get(key(local, remote));
    association?.failed(errnoOf(error));
    return association !== undefined;
  }

  list(): readonly SocketEntry[] {
    const listeners = [...this.#listeners.values()].flat().map(
      ({ local, owner, waiting, descriptor: { fd, inode } }): SocketEntry => ({
        protocol: 'sctp',
        state: 'LISTEN',
        local,
        remote: undefined,
        receiveQueue: waiting.length,
        sendQueue: this.#stack.sysctl.number('net.core.somaxconn'),
        owner,
        fd,
        inode,
        uid: owner.uid ?? 0,
      }),
    );
    const associations = [...this.#associations.values()].map((association): SocketEntry => {
      const { local, remote, owner, state, queues } = association;
      const { fd = 0, inode = 0 } = this.#descriptors.get(association) ?? {};
      const known = state === 'ESTABLISHED' ? 'ESTABLISHED' : state.startsWith('SHUTDOWN') ? 'CLOSING' : 'SYN_SENT';
      const [receiveQueue, sendQueue] = queues;
      return {
        protocol: 'sctp',
        state: known,
        local,
        remote,
        receiveQueue,
        sendQueue,
        owner,
        fd,
        inode,
        uid: owner.uid ?? 0,
      };
    });
    return [...listeners, ...associations];
  }

  closeAll(): void {
    for (const association of [...this.#associations.values()]) association.close();
    for (const { waiting } of [...this.#listeners.values()].flat()) waiting.close();
    this.#listeners.clear();
  }

  /** RFC 9260, 5.1: INIT is answered without keeping anything; COOKIE ECHO makes the association. */
  #handshake(
    packet: IpPacket,
    sctp: SctpPacket,
    skb: Skb,
    local: Endpoint,
    remote: Endpoint,
    known: Association | undefined,
  ): void {
    const listening = this.#listening(local);
    const [first] = sctp.chunks;
    if (first?.type === 'init') {
      if (listening === undefined || first.initiateTag === undefined) {
        this.#outOfTheBlue(packet, sctp, skb, local);
        return;
      }
      this.#report(packet, skb, 'deliver');
      const { random, clock } = this.#stack;
      const handshake: Handshake = {
        localTag: newTag(this.#stack),
        remoteTag: first.initiateTag,
        localSequence: random.uint32(),
        remoteSequence: first.sequence ?? 0,
      };
      this.#cookies.set(key(local, remote), { handshake, until: clock.now() + COOKIE_LIFE });
      const { localTag: initiateTag, localSequence: sequence } = handshake;
      this.#answer(packet, sctp, skb, first.initiateTag, { type: 'init-ack', initiateTag, sequence });
      return;
    }
    if (known !== undefined) {
      this.#report(packet, skb, 'deliver');
      known.confirm();
      return;
    }
    const cookie = this.#cookies.get(key(local, remote));
    this.#cookies.delete(key(local, remote));
    const valid = cookie !== undefined && cookie.until >= this.#stack.clock.now();
    if (!valid || listening === undefined || cookie.handshake.localTag !== sctp.verificationTag) {
      this.#outOfTheBlue(packet, sctp, skb, local);
      return;
    }
    this.#report(packet, skb, 'deliver');
    const association = this.#add(local, remote, listening.owner, cookie.handshake);
    association.cause = skb.event;
    association.confirm();
    listening.waiting.offer(association);
    for (const chunk of sctp.chunks.slice(1)) association.receive({ ...sctp, chunks: [chunk] });
  }

  /** RFC 9260, 8.4: a packet that belongs to nobody is answered with ABORT. */
  #outOfTheBlue(packet: IpPacket, sctp: SctpPacket, skb: Skb, { address, port }: Endpoint): void {
    const has = (...types: readonly string[]) => sctp.chunks.some(({ type }) => types.includes(type));
    const silent = has('abort', 'shutdown-complete', 'cookie-ack', 'error');
    const reason = this.#listening({ address, port })
      ? `no association of ${formatIp(address)}:${port} knows it`
      : `nothing listens on SCTP ${formatIp(address)}:${port}`;
    this.#report(packet, skb, silent ? 'drop' : 'reject', reason);
    if (silent) return;
    const tag = sctp.chunks.find(({ type }) => type === 'init')?.initiateTag ?? sctp.verificationTag;
    const type = has('shutdown-ack') ? 'shutdown-complete' : 'abort';
    this.#answer(packet, sctp, skb, tag, { type });
  }

  #answer(packet: IpPacket, sctp: SctpPacket, skb: Skb, tag: number, chunk: SctpPacket['chunks'][number]): void {
    const payload: SctpPacket = {
      protocol: 'sctp',
      sourcePort: sctp.destinationPort,
      destinationPort: sctp.sourcePort,
      verificationTag: tag,
      chunks: [chunk],
    };
    this.#stack.ip.send({ source: packet.destination, destination: packet.source, payload }, skb.fork());
  }

  #add(local: Endpoint, remote: Endpoint, owner: SocketOwner, handshake?: Handshake): Association {
    const name = key(local, remote);
    const descriptor = describeSocket(owner);
    const association: Association = new Association(
      this.#stack,
      local,
      remote,
      owner,
      ({ cause }, payload, again) => {
        const reason = again ? 'sent again: it was not acknowledged in time' : undefined;
        const outgoing = { source: local.address, destination: remote.address, payload, owner, reason };
        const errno = this.#stack.ip.send(outgoing, new Skb(owner.probe, again ? 0 : cause));
        return errno === 'EPERM' ? undefined : errno;
      },
      () => {
        this.#associations.delete(name);
        this.#descriptors.delete(association);
        descriptor.free();
        forget();
      },
      handshake,
    );
    const forget = closeWith(owner, () => association.close());
    this.#associations.set(name, association);
    this.#descriptors.set(association, descriptor);
    return association;
  }

  #listening({ address, port }: Endpoint): Listening | undefined {
    const there = this.#listeners.get(port) ?? [];
    return there.find(({ local }) => local.address === address) ?? there.find(({ local }) => local.address === 0);
  }

  #sourceTo({ address: destination, port }: Endpoint): IpAddress {
    const payload = { protocol: 'sctp', destinationPort: port } as const;
    const source = this.#stack.ip.sourceFor({ destination, payload });
    if (source === undefined) throw new LinuxError('ENETUNREACH');
    return source;
  }

  #report(packet: IpPacket, skb: Skb, verdict: 'deliver' | 'drop' | 'reject', reason?: string): void {
    if (this.#stack.tap.active) this.#stack.report('socket', packet, skb, { verdict, reason });
  }
}

function key(local: Endpoint, remote: Endpoint): string {
  return `${local.address}:${local.port} ${remote.address}:${remote.port}`;
}
