import type { Milliseconds } from '../../../simulation/clock.ts';
import { contains, type IpAddress, networkOf, type Prefix } from '../../packet/address.ts';

/** Where a peer's outer packets go. */
export interface WireguardEndpoint {
  readonly address: IpAddress;
  readonly port: number;
}

/** Another machine that may speak here (struct wg_peer). */
export class WireguardPeer {
  /** Base64, as the other keys. */
  readonly publicKey: string;
  preshared: string | undefined;
  /** By hand, and then where its packets come from. */
  endpoint: WireguardEndpoint | undefined;
  /** Which of our addresses it last spoke to: answers come from there. */
  source: IpAddress | undefined;
  /** Seconds; 0: off. */
  keepalive = 0;
  /** When it last proved its key; by the wall clock. */
  handshake: Milliseconds | undefined;
  received = 0;
  sent = 0;
  counter = 0;

  constructor(publicKey: string) {
    this.publicKey = publicKey;
  }
}

interface Allowed {
  readonly prefix: Prefix;
  readonly peer: WireguardPeer;
}

/** Cryptokey routing (drivers/net/wireguard/allowedips.c): each prefix belongs to one peer. */
export class AllowedIps {
  #entries: Allowed[] = [];

  /** A prefix that another peer has moves here. */
  add(prefix: Prefix, peer: WireguardPeer): void {
    const network = networkOf(prefix);
    this.#entries = this.#entries.filter(
      ({ prefix: { address, length } }) => address !== network.address || length !== network.length,
    );
    this.#entries.push({ prefix: network, peer });
  }

  forget(peer: WireguardPeer): void {
    this.#entries = this.#entries.filter((entry) => entry.peer !== peer);
  }

  of(peer: WireguardPeer): readonly Prefix[] {
    return this.#entries.filter((entry) => entry.peer === peer).map(({ prefix }) => prefix);
  }

  /** The peer of the longest prefix that holds the address. */
  lookup(address: IpAddress): WireguardPeer | undefined {
    let best: Allowed | undefined;
    for (const entry of this.#entries) {
      if (contains(entry.prefix, address) && (best === undefined || entry.prefix.length > best.prefix.length)) {
        best = entry;
      }
    }
    return best?.peer;
  }
}
