import type { Stack } from '../ip/stack.ts';
import type { Frame } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';
import { Device, type DeviceSettings, type DeviceTraits, ETHERNET } from './device.ts';
import type { DeviceKind } from './kind.ts';

/** dummy_setup of drivers/net/dummy.c: no ARP, any MTU. */
const TRAITS: DeviceTraits = {
  ...ETHERNET,
  arp: false,
  flags: ['BROADCAST', 'NOARP'],
  tellsCarrier: false,
  leastMtu: 0,
  mostMtu: 0,
};

class Dummy extends Device {
  readonly kind = 'dummy';
  readonly #stack: Stack;

  constructor(settings: DeviceSettings, stack: Stack) {
    super(settings);
    this.#stack = stack;
  }

  override get traits(): DeviceTraits {
    return TRAITS;
  }

  override get linkCost(): number {
    return 100;
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

  /** dummy_xmit: it counts the frame and forgets it. */
  protected transmit(frame: Frame, skb: Skb): void {
    this.countSent(frame);
    const { tap, clock } = this.#stack;
    if (!tap.active) return;
    const reason = 'a dummy device has no link: what is sent by it is gone';
    tap.report(clock.now(), this.host?.name, 'link', frame, skb, { device: this, verdict: 'drop', reason });
  }

  stateChanged(): void {}

  destroy(): readonly Device[] {
    return [];
  }
}

export const dummy: DeviceKind<undefined, Dummy> = {
  name: 'dummy',
  summary: "a device without a link, for addresses that are the machine's own; what is sent by it is gone",
  usage: 'Usage: ... dummy',
  properties: [],
  config: () => undefined,
  is: (device): device is Dummy => device instanceof Dummy,
  make: (stack, settings) => new Dummy(settings, stack),
};
