import type { Milliseconds } from '../../../simulation/clock.ts';
import type { Stack } from '../../ip/stack.ts';
import { NetlinkError } from '../../netlink-error.ts';
import type { MacAddress } from '../../packet/address.ts';
import type { Frame } from '../../packet/packet.ts';
import type { Skb } from '../../packet/skb.ts';
import { Device, type DeviceSettings, type DeviceTraits, ETHERNET } from '../device.ts';
import { Fdb } from './fdb.ts';
import { Forwarding } from './forwarding.ts';
import { BridgePort } from './port.ts';

const TRAITS: DeviceTraits = { ...ETHERNET, immovable: true };
/** Before its first port tells what it can do. */
const EMPTY_TRAITS: DeviceTraits = { ...TRAITS, tsoMaxSize: 65536 };
const ETHERNET_MTU = 1500;
const ETHERNET_HEADER = 14;
/** A Linux bridge without spanning tree and VLANs (net/bridge). */
export class Bridge extends Device {
  readonly kind = 'bridge';
  readonly fdb: Fdb;
  readonly ports: BridgePort[] = [];
  /** How long a port listens and learns under the spanning tree protocol; here it is only shown. */
  forwardDelay: Milliseconds = 15_000;
  /** nf_call_iptables: netfilter is asked about this bridge's packets even where the sysctl is off. */
  callIptables = false;
  readonly #stack: Stack;
  readonly #forwarding: Forwarding;
  #macByHand: boolean;
  #mtuByHand: boolean;
  #hadPorts = false;
  #carrier = false;

  /** When it last began to run. */
  since: Milliseconds | undefined;

  /** `macByHand`, `mtuByHand`: they were given, and ports no longer change them. */
  constructor(settings: DeviceSettings, stack: Stack, macByHand: boolean, mtuByHand: boolean) {
    super(settings);
    this.#stack = stack;
    this.#macByHand = macByHand;
    this.#mtuByHand = mtuByHand;
    this.fdb = new Fdb(stack.clock);
    this.#forwarding = new Forwarding(stack, this, (frame, skb) => this.receive(frame, skb));
    this.fdb.addLocal(this.mac, undefined);
  }

  /** The address in its bridge_id: 0 before a port or somebody has given it one. */
  get identifier(): MacAddress {
    return this.#macByHand || this.#hadPorts ? this.mac : 0;
  }

  override get traits(): DeviceTraits {
    return this.#hadPorts ? TRAITS : EMPTY_TRAITS;
  }

  get linkIndex(): undefined {
    return undefined;
  }

  get linkNamespace(): undefined {
    return undefined;
  }

  /** A bridge has a carrier while one of its ports forwards (br_port_state_selection). */
  get carrier(): boolean {
    return this.up && this.ports.some(({ state }) => state === 'forwarding');
  }

  override accepts(mac: MacAddress): boolean {
    return mac === this.mac || this.ports.some(({ device }) => device.mac === mac);
  }

  /** br_pass_frame_up: the port's device has taken the Ethernet header off. */
  protected override countedIn(frame: Frame): number {
    return this.counted(frame) - ETHERNET_HEADER;
  }

  protected transmit(frame: Frame, skb: Skb): void {
    const { resume } = skb;
    if (resume !== undefined) {
      skb.resume = undefined;
      resume(frame);
      return;
    }
    this.countSent(frame);
    this.#forwarding.transmit(frame, skb);
  }

  /** A frame has come in by a port. */
  handle(port: BridgePort, frame: Frame, skb: Skb): void {
    this.#forwarding.handle(port, frame, skb);
  }

  /** br_add_if */
  override enslave(device: Device): void {
    if (!device.ethernet || device.mac === 0) throw new NetlinkError('EINVAL');
    if (device.kind === 'bridge') throw new NetlinkError('ELOOP', 'Can not enslave a bridge to a bridge.');
    if (device.host !== this.host) throw new NetlinkError('EINVAL');
    let number = 1;
    while (this.ports.some((port) => port.number === number)) number++;
    const port = new BridgePort(this, device, number);
    device.port = port;
    device.promiscuity++;
    // The newest comes first (list_add_rcu), in a flood too.
    this.ports.unshift(port);
    this.#hadPorts = true;
    this.fdb.addLocal(port.mac, port);
    this.#adjust();
    this.portChanged(port);
  }

  /** del_nbp */
  release(port: BridgePort): void {
    const at = this.ports.indexOf(port);
    if (at < 0) return;
    this.ports.splice(at, 1);
    port.device.port = undefined;
    port.device.promiscuity--;
    port.running = false;
    port.state = 'disabled';
    this.fdb.forget(port, true);
    this.fdb.deleteLocal(port.mac, port, this.ports, this.mac);
    this.#adjust();
    this.#carrierCheck();
  }

  /** br_device_event */
  portChanged(port: BridgePort): void {
    const { device } = port;
    if (device.mac !== port.mac) {
      this.fdb.deleteLocal(port.mac, port, this.ports, this.mac);
      port.mac = device.mac;
      this.fdb.addLocal(port.mac, port);
    }
    this.#adjust();
    const runs = this.up && device.up && device.carrier;
    if (runs !== port.running) {
      port.running = runs;
      this.setPortState(port, runs ? 'forwarding' : 'disabled');
      if (!runs) this.fdb.forget(port, false);
    }
  }

  setPortState(port: BridgePort, state: BridgePort['state']): void {
    port.state = state;
    if (state === 'forwarding') port.since = this.#stack.clock.now();
    this.#carrierCheck();
  }

  /** Milliseconds of a timer of `length` that started at `since`. */
  left(since: Milliseconds | undefined, length: Milliseconds): Milliseconds {
    return since === undefined ? 0 : Math.max(0, since + length - this.#stack.clock.now());
  }

  stateChanged(): void {
    this.since = this.up ? this.#stack.clock.now() : undefined;
    for (const port of this.ports) this.portChanged(port);
    this.#carrierCheck();
  }

  destroy(): readonly Device[] {
    for (const port of [...this.ports]) port.leave();
    return [];
  }

  override setMac(mac: MacAddress): void {
    super.setMac(mac);
    this.#macByHand = true;
    this.#changeMac(mac, this.#shownMac);
  }

  override setMtu(mtu: number): void {
    super.setMtu(mtu);
    this.#mtuByHand = true;
  }

  /** br_stp_recalculate_bridge_id and br_mtu_auto_adjust: the least address, the least MTU of its ports. */
  #adjust(): void {
    if (!this.#mtuByHand) {
      this.mtu = this.ports.reduce((least, { device }) => Math.min(least, device.mtu), Number.POSITIVE_INFINITY);
      if (this.ports.length === 0) this.mtu = ETHERNET_MTU;
    }
    if (this.#macByHand) return;
    const least = this.ports.length === 0 ? 0 : Math.min(...this.ports.map(({ device }) => device.mac));
    this.#changeMac(least, this.#shownMac);
  }

  #shownMac = this.mac;

  /** br_fdb_change_mac_address */
  #changeMac(mac: MacAddress, old: MacAddress): void {
    if (mac === old) return;
    this.mac = this.#shownMac = mac;
    this.fdb.deleteLocal(old, undefined, this.ports, mac);
    this.fdb.addLocal(mac, undefined);
  }

  #carrierCheck(): void {
    const { carrier } = this;
    if (carrier === this.#carrier) return;
    this.#carrier = carrier;
    this.host?.carrierChanged(this);
  }
}
