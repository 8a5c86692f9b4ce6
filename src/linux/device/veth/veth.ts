import type { Clock } from '../../../simulation/clock.ts';
import type { Random } from '../../../simulation/random.ts';
import type { Frame } from '../../packet/packet.ts';
import { frameLinkLength } from '../../packet/segmentation.ts';
import type { Skb } from '../../packet/skb.ts';
import type { TapSource } from '../../tap/source.ts';
import { LinkDelay } from '../delay.ts';
import { Device, type DeviceSettings, type DeviceTraits, ETHERNET, type LinkHost } from '../device.ts';

const VETH_DELAY = 0.012;
const ETHERNET_HEADER = 14;
const VLAN_TAG = 4;
/** A queue a processor: the machines have two. */
export const VETH_TRAITS: DeviceTraits = { ...ETHERNET, queues: 2 };

export interface LinkContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly tap: TapSource;
}

/** One end of a veth(4) pair: what goes into one end comes out of the other. */
export class Veth extends Device {
  readonly kind = 'veth';
  readonly #context: LinkContext;
  readonly #delay: LinkDelay;
  #peer: Veth | undefined;

  private constructor(settings: DeviceSettings, context: LinkContext) {
    super(settings);
    this.#context = context;
    this.#delay = new LinkDelay(context.random, VETH_DELAY);
  }

  static pair(a: DeviceSettings, b: DeviceSettings, context: LinkContext): [Veth, Veth] {
    const first = new Veth(a, context);
    const second = new Veth(b, context);
    first.#peer = second;
    second.#peer = first;
    return [first, second];
  }

  override get traits(): DeviceTraits {
    return VETH_TRAITS;
  }

  get linkIndex(): number | undefined {
    return this.#peer?.index;
  }

  get linkNamespace(): LinkHost | undefined {
    return this.#peer?.host;
  }

  get peer(): Veth | undefined {
    return this.#peer;
  }

  get carrier(): boolean {
    return this.#peer?.up === true && this.up;
  }

  override get toldDrops(): number {
    return this.tx.dropped;
  }

  protected transmit(frame: Frame, skb: Skb): void {
    const peer = this.#peer;
    if (peer === undefined || !peer.up) {
      this.tx.dropped++;
      this.#lost(frame, skb, `the other end of ${this.name} is down`);
      return;
    }
    // is_skb_forwardable: room for one VLAN tag more.
    if (frameLinkLength(frame, skb.segmentSize) > peer.mtu + ETHERNET_HEADER + VLAN_TAG) {
      this.tx.dropped++;
      peer.rx.dropped++;
      this.#lost(frame, skb, `longer than the MTU ${peer.mtu} of the other end of ${this.name}`);
      return;
    }
    this.countSent(frame);
    const { clock } = this.#context;
    clock.after(this.#delay.next(clock.now()), () => {
      if (peer.up) {
        skb.scrub(peer.host !== this.host);
        peer.receive(frame, skb);
      } else this.#lost(frame, skb, `the other end of ${this.name} went down`);
    });
  }

  #lost(frame: Frame, skb: Skb, reason: string): void {
    const { tap, clock } = this.#context;
    if (!tap.active) return;
    tap.report(clock.now(), this.host?.name, 'link', frame, skb, { device: this, verdict: 'drop', reason });
  }

  stateChanged(): void {
    this.#peer?.host?.carrierChanged(this.#peer);
  }

  destroy(): readonly Device[] {
    const peer = this.#peer;
    this.#peer = undefined;
    if (peer === undefined) return [];
    peer.#peer = undefined;
    return [peer];
  }
}
