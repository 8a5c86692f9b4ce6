import type { Clock } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import type { Frame } from '../packet/packet.ts';
import { frameLength } from '../packet/size.ts';
import type { Skb } from '../packet/skb.ts';
import type { TapSource } from '../tap/source.ts';
import { LinkDelay } from './delay.ts';
import { Device, type DeviceTraits, ETHERNET } from './device.ts';

const LOOPBACK_DELAY = 0.008;
const ETHERNET_HEADER = 14;
const TRAITS: DeviceTraits = {
  ...ETHERNET,
  linkType: 'loopback',
  ethernet: false,
  arp: false,
  flags: ['LOOPBACK'],
  tellsCarrier: false,
  leastMtu: 0,
  mostMtu: 0,
  immovable: true,
};

/** `lo`: what is sent comes in again. */
export class Loopback extends Device {
  readonly kind = 'loopback';
  readonly #clock: Clock;
  readonly #delay: LinkDelay;
  readonly #tap: TapSource;

  constructor(clock: Clock, random: Random, tap: TapSource) {
    super({ name: 'lo', mac: 0, mtu: 65536 });
    this.#clock = clock;
    this.#tap = tap;
    this.#delay = new LinkDelay(random, LOOPBACK_DELAY);
  }

  override get traits(): DeviceTraits {
    return TRAITS;
  }

  override get ethernet(): false {
    return false;
  }

  get linkIndex(): undefined {
    return undefined;
  }

  get linkNamespace(): undefined {
    return undefined;
  }

  get carrier(): boolean {
    return true;
  }

  /** loopback_xmit counts what is left when the Ethernet header is off. */
  protected override counted(frame: Frame): number {
    return frameLength(frame) - ETHERNET_HEADER;
  }

  protected transmit(frame: Frame, skb: Skb): void {
    // Routes to the namespace's own addresses stay when lo goes down: __dev_queue_xmit drops what takes them.
    if (!this.up) {
      this.tx.dropped++;
      const evidence = { device: this, verdict: 'drop', reason: 'lo is down' } as const;
      if (this.#tap.active) this.#tap.report(this.#clock.now(), this.host?.name, 'link', frame, skb, evidence);
      return;
    }
    this.countSent(frame);
    this.#clock.after(this.#delay.next(this.#clock.now()), () => this.receive(frame, skb));
  }

  stateChanged(): void {}

  destroy(): readonly Device[] {
    return [];
  }
}
