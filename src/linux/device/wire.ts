import type { Clock, Milliseconds } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import { BROADCAST_MAC, type MacAddress } from '../packet/address.ts';
import type { Frame } from '../packet/packet.ts';
import { frameLinkLength } from '../packet/segmentation.ts';
import type { Skb } from '../packet/skb.ts';
import { TapSource } from '../tap/source.ts';
import { LinkDelay } from './delay.ts';
import { Device, type DeviceSettings, type DeviceTraits, NO_SEGMENTATION } from './device.ts';
import { VETH_TRAITS } from './veth/veth.ts';

export interface WireOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly tap?: TapSource;
  /** For the events of frames that are lost on it. */
  readonly name?: string;
  /** One way, in milliseconds; half as much again is jitter. */
  readonly latency?: Milliseconds;
  readonly mtu?: number;
  /** The part of all frames that is lost: 0 to 1. */
  readonly loss?: number;
}

const WIRE_LATENCY = 0.03;
/** The Docker host's lo, network card, docker0 and kind's bridge have the numbers below. */
const FIRST_PORT_INDEX = 5;
const ETHERNET_HEADER = 14;

/**
 * The network between machines: an Ethernet switch that learns where each MAC address is. kind's nodes hang
 * on a Docker bridge by veths without a queue, so a machine's end looks like a veth whose peer is in a namespace without
 * a name.
 */
export class Wire {
  readonly name: string;
  readonly mtu: number;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #tap: TapSource;
  readonly #delay: LinkDelay;
  readonly #ports: WirePort[] = [];
  readonly #learnt = new Map<MacAddress, WirePort>();
  #nextIndex = FIRST_PORT_INDEX;
  loss: number;

  constructor(options: WireOptions) {
    this.name = options.name ?? 'wire';
    this.mtu = options.mtu ?? 1500;
    this.loss = options.loss ?? 0;
    this.#clock = options.clock;
    this.#random = options.random.fork(this.name);
    this.#tap = options.tap ?? new TapSource();
    this.#delay = new LinkDelay(this.#random, options.latency ?? WIRE_LATENCY);
  }

  /** A machine's end; `NetworkNamespace.attach` puts it in its place. */
  plug(settings: Omit<DeviceSettings, 'mtu'>): Device {
    const port = new WirePort({ ...settings, mtu: this.mtu, queueLength: 0 }, this, this.#nextIndex++);
    this.#ports.push(port);
    return port;
  }

  unplug(port: WirePort): void {
    const at = this.#ports.indexOf(port);
    if (at >= 0) this.#ports.splice(at, 1);
    for (const [mac, learnt] of this.#learnt) if (learnt === port) this.#learnt.delete(mac);
  }

  carry(from: WirePort, frame: Frame, skb: Skb): void {
    if (this.loss > 0 && this.#random.fraction() < this.loss) {
      this.#lost(frame, skb, `lost on ${this.name}`);
      return;
    }
    if (frameLinkLength(frame, skb.segmentSize) > this.mtu + ETHERNET_HEADER) {
      this.#lost(frame, skb, `longer than the MTU ${this.mtu} of ${this.name}`);
      return;
    }
    this.#learnt.set(frame.source, from);
    const known = frame.destination === BROADCAST_MAC ? undefined : this.#learnt.get(frame.destination);
    if (known !== undefined) {
      this.#deliver(known, frame, skb);
      return;
    }
    let reached = 0;
    for (const port of this.#ports) if (port !== from && reached++ >= 0) this.#deliver(port, frame, skb.copy());
    if (reached === 0) this.#lost(frame, skb, `nothing else is on ${this.name}`);
  }

  #deliver(port: WirePort, frame: Frame, skb: Skb): void {
    this.#clock.after(this.#delay.next(this.#clock.now()), () => {
      if (port.up) {
        skb.scrub(true);
        skb.partialChecksum = false;
        port.arrive(frame, skb);
      } else this.#lost(frame, skb, `${port.host?.name ?? 'the machine'}'s ${port.name} is down`);
    });
  }

  #lost(frame: Frame, skb: Skb, reason: string): void {
    if (!this.#tap.active) return;
    this.#tap.report(this.#clock.now(), this.name, 'link', frame, skb, { verdict: 'drop', reason });
  }
}

class WirePort extends Device {
  readonly kind = 'veth';
  readonly linkIndex: number;
  readonly #wire: Wire;

  constructor(settings: DeviceSettings, wire: Wire, index: number) {
    super(settings);
    this.#wire = wire;
    this.offload = NO_SEGMENTATION;
    this.linkIndex = index;
  }

  override get traits(): DeviceTraits {
    return VETH_TRAITS;
  }

  get linkNamespace(): Wire {
    return this.#wire;
  }

  get carrier(): boolean {
    return this.up;
  }

  protected transmit(frame: Frame, skb: Skb): void {
    this.countSent(frame);
    this.#wire.carry(this, frame, skb);
  }

  arrive(frame: Frame, skb: Skb): void {
    this.receive(frame, skb);
  }

  stateChanged(): void {}

  destroy(): readonly Device[] {
    this.#wire.unplug(this);
    return [];
  }
}
