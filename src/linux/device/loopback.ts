import type { Clock } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import type { Frame } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';
import { LinkDelay } from './delay.ts';
import { Device, type DeviceTraits, ETHERNET } from './device.ts';

const LOOPBACK_DELAY = 0.008;
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

  constructor(clock: Clock, random: Random) {
    super({ name: 'lo', mac: 0, mtu: 65536 });
    this.#clock = clock;
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

  protected transmit(frame: Frame, skb: Skb): void {
    this.countSent(frame);
    this.#clock.after(this.#delay.next(this.#clock.now()), () => this.receive(frame, skb));
  }

  stateChanged(): void {}

  destroy(): readonly Device[] {
    return [];
  }
}
