import type { Milliseconds } from '../../../simulation/clock.ts';
import type { Stack } from '../../ip/stack.ts';
import { NetlinkError } from '../../netlink-error.ts';
import { formatIp } from '../../packet/address.ts';
import type { Frame, IpPacket, UdpDatagram, WireguardPayload } from '../../packet/packet.ts';
import { packetLength } from '../../packet/size.ts';
import type { Skb } from '../../packet/skb.ts';
import { Device, type DeviceSettings, type DeviceTraits, ETHERNET } from '../device.ts';
import { encapsulatedTos } from '../tunnel-tos.ts';
import { AllowedIps, WireguardPeer } from './peer.ts';

/** wg_setup of drivers/net/wireguard/device.c */
const TRAITS: DeviceTraits = {
  ...ETHERNET,
  linkType: 'none',
  ethernet: false,
  arp: false,
  flags: ['POINTOPOINT', 'NOARP'],
  tellsCarrier: false,
  leastMtu: 0,
  mostMtu: 2147483552,
};
/** 1500 less the headers of IPv6, UDP and WireGuard. */
const DEFAULT_MTU = 1420;
const EMPTY = new Uint8Array();
/** MESSAGE_DATA_LEN: header and tag around a packet padded to 16 bytes. */
const MESSAGE = 32;
/** REKEY_AFTER_TIME */
const REKEY: Milliseconds = 120_000;

/** A WireGuard interface. Handshakes are not modelled: who has the right keys is taken to have had one. */
export class Wireguard extends Device {
  readonly kind = 'wireguard';
  /** Base64; absent: it can't speak. */
  privateKey: string | undefined;
  publicKey: string | undefined;
  mark = 0;
  readonly peers = new Map<string, WireguardPeer>();
  readonly allowed = new AllowedIps();
  readonly #stack: Stack;
  #port = 0;
  #sending = false;

  constructor(settings: DeviceSettings, stack: Stack, mtuGiven: boolean) {
    super({ ...settings, mac: 0, mtu: mtuGiven ? settings.mtu : DEFAULT_MTU });
    this.#stack = stack;
  }

  override get traits(): DeviceTraits {
    return TRAITS;
  }

  get linkIndex(): undefined {
    return undefined;
  }

  get linkNamespace(): undefined {
    return undefined;
  }

  get carrier(): boolean {
    return this.up;
  }

  /** listen-port; 0: chosen when it goes up. */
  get listenPort(): number {
    return this.#port;
  }

  /** Throws EADDRINUSE when it is up and the port is another's. */
  set listenPort(port: number) {
    if (this.up) {
      this.#assertFree(port);
      this.#close();
    }
    this.#port = port;
    if (this.up) this.#open();
  }

  /** The peer of that key; a new one where there is none. */
  peer(publicKey: string): WireguardPeer {
    let peer = this.peers.get(publicKey);
    if (peer === undefined) this.peers.set(publicKey, (peer = new WireguardPeer(publicKey)));
    return peer;
  }

  removePeer(publicKey: string): void {
    const peer = this.peers.get(publicKey);
    if (peer === undefined) return;
    this.allowed.forget(peer);
    this.peers.delete(publicKey);
  }

  /** wg_xmit: the inner packet's destination says whose it is. */
  protected transmit(frame: Frame, skb: Skb): void {
    if (skb.segmentSize > 0) {
      this.cut(frame, skb, (piece, copy) => this.transmit(piece, copy));
      return;
    }
    const { payload: inner } = frame;
    if (inner.kind !== 'ip') {
      this.#refuse(frame, skb, 'only IP packets fit into it');
      return;
    }
    const peer = this.allowed.lookup(inner.destination);
    const refused = this.#unreachable(peer, inner);
    if (peer?.endpoint === undefined || refused !== undefined) {
      this.#refuse(frame, skb, refused ?? '');
      this.#stack.ip.sendError('host', inner, skb);
      return;
    }
    const { privateKey, publicKey } = this;
    if (privateKey === undefined || publicKey === undefined) {
      this.#refuse(frame, skb, `${this.name} has no private key`);
      return;
    }
    if (this.#sending) {
      this.#refuse(frame, skb, `the way to ${formatIp(peer.endpoint.address)} leads through ${this.name} itself`);
      return;
    }
    const payload: UdpDatagram = {
      protocol: 'udp',
      sourcePort: this.#port,
      destinationPort: peer.endpoint.port,
      data: EMPTY,
      tunnel: {
        kind: 'wireguard',
        receiver: session(peer.publicKey, publicKey),
        counter: peer.counter++,
        packet: inner,
        seal: { from: publicKey, to: peer.publicKey, preshared: peer.preshared },
      },
    };
    this.countSent(frame);
    peer.sent += messageLength(inner);
    skb.scrub(true);
    // What is sealed has been finished; the datagram around it is left to the device.
    skb.partialChecksum = true;
    this.#sending = true;
    const source = peer.source !== undefined && this.#stack.fib.isLocal(peer.source) ? peer.source : undefined;
    const errno = this.#stack.ip.send(
      {
        source,
        destination: peer.endpoint.address,
        payload,
        tos: encapsulatedTos(0, inner.tos),
        dontFragment: false,
        mark: this.mark,
        reason: this.#stack.tap.active
          ? `${formatIp(inner.destination)} is an allowed IP of peer ${peer.publicKey}`
          : undefined,
        inner: { device: this, packet: inner },
      },
      skb,
    );
    this.#sending = false;
    if (errno !== undefined) this.tx.errors++;
  }

  #unreachable(peer: WireguardPeer | undefined, { destination }: IpPacket): string | undefined {
    if (peer === undefined) return `${formatIp(destination)} is an allowed IP of no peer`;
    return peer.endpoint === undefined ? `peer ${peer.publicKey} has no endpoint yet` : undefined;
  }

  /** wg_packet_receive: opened where the keys fit, and let in where the sender is an allowed IP of that peer. */
  #arrive(outer: IpPacket, tunnel: WireguardPayload, port: number, skb: Skb): void {
    const { seal, packet: inner } = tunnel;
    const peer = seal === undefined ? undefined : this.peers.get(seal.from);
    let refused: string | undefined;
    if (seal === undefined || seal.to !== this.publicKey) refused = "it is sealed for another machine's key";
    else if (peer === undefined) refused = `${this.name} has no peer with the sender's key ${seal.from}`;
    else if (peer.preshared !== seal.preshared) refused = 'the preshared keys of both sides differ';
    else {
      this.#heard(peer, outer, port, inner);
      if (this.allowed.lookup(inner.source) !== peer) {
        refused = `${formatIp(inner.source)} is not an allowed IP of peer ${peer.publicKey}`;
        this.rx.errors++;
      }
    }
    if (this.#stack.tap.active) {
      const verdict = refused === undefined ? 'accept' : 'drop';
      const reason = refused ?? `peer ${peer?.publicKey}`;
      // What can't be opened stays hidden.
      const after = refused === undefined ? inner : undefined;
      this.#stack.report('decapsulate', outer, skb, { device: this, verdict, reason, after });
    }
    if (refused !== undefined) return;
    skb.scrub(true);
    skb.partialChecksum = false;
    this.receive({ source: 0, destination: 0, payload: inner }, skb);
  }

  /** Roaming: a peer is where its last good packet came from. */
  #heard(peer: WireguardPeer, outer: IpPacket, port: number, inner: IpPacket): void {
    const now = this.#stack.clock.wall();
    if (peer.handshake === undefined || now - peer.handshake > REKEY) peer.handshake = now;
    peer.endpoint = { address: outer.source, port };
    peer.source = outer.destination;
    peer.received += messageLength(inner);
  }

  stateChanged(): void {
    if (this.up) this.#open();
    else this.#close();
  }

  /** Throws EADDRINUSE. */
  override assertCanGoUp(): void {
    this.#assertFree(this.#port);
  }

  destroy(): readonly Device[] {
    this.#close();
    return [];
  }

  #assertFree(port: number): void {
    const { udp } = this.#stack.tunnels;
    if (port !== 0 && port !== this.#port && udp.has(port)) throw new NetlinkError('EADDRINUSE');
    if (port !== 0 && !this.up && udp.has(port)) throw new NetlinkError('EADDRINUSE');
  }

  #open(): void {
    const { tunnels, sysctl, random, tap } = this.#stack;
    const [least, most] = sysctl.localPorts;
    while (this.#port === 0 || tunnels.udp.has(this.#port)) this.#port = least + random.below(most - least + 1);
    tunnels.udp.set(this.#port, (outer, skb) => {
      const { payload } = outer;
      if (payload.protocol !== 'udp') return false;
      if (payload.tunnel?.kind === 'wireguard') this.#arrive(outer, payload.tunnel, payload.sourcePort, skb);
      else if (tap.active) {
        const reason = 'it is no message of WireGuard';
        this.#stack.report('decapsulate', outer, skb, { device: this, verdict: 'drop', reason });
      }
      return true;
    });
  }

  #close(): void {
    this.#stack.tunnels.udp.delete(this.#port);
  }

  #refuse(frame: Frame, skb: Skb, reason: string): void {
    this.tx.errors++;
    if (!this.#stack.tap.active) return;
    this.#stack.report('encapsulate', frame, skb, { device: this, verdict: 'drop', reason });
  }
}

function messageLength(inner: IpPacket): number {
  return MESSAGE + Math.ceil(packetLength(inner) / 16) * 16;
}

/** The index that the receiver would have chosen for the session: any number, the same for the same two keys. */
function session(to: string, from: string): number {
  let hash = 0x811c9dc5;
  for (const char of `${to} ${from}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}
