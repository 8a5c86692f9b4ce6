import type { Milliseconds } from '../../../simulation/clock.ts';
import type { Stack } from '../../ip/stack.ts';
import { NetlinkError } from '../../netlink-error.ts';
import { BROADCAST_MAC, formatMac, type MacAddress } from '../../packet/address.ts';
import type { Frame } from '../../packet/packet.ts';
import { frameLinkLength } from '../../packet/segmentation.ts';
import type { Skb } from '../../packet/skb.ts';
import type { Verdict } from '../../tap/tap.ts';
import { Device, type DeviceSettings, type DeviceTraits, ETHERNET } from '../device.ts';
import { Fdb, type FdbEntry } from './fdb.ts';
import { BridgeNetfilter } from './netfilter.ts';
import { BridgePort } from './port.ts';

const TRAITS: DeviceTraits = { ...ETHERNET, immovable: true };
/** Before its first port tells what it can do. */
const EMPTY_TRAITS: DeviceTraits = { ...TRAITS, tsoMaxSize: 65536 };
const ETHERNET_MTU = 1500;
const ETHERNET_HEADER = 14;
/**
 * What ends a storm, which in a real network goes on until somebody pulls a cable: how many bridges one frame may
 * cross (IEEE 802.1D recommends at most 7), and how many copies bridges may make of one frame.
 */
const MOST_BRIDGES = 128;
const MOST_COPIES = 5000;

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
  readonly #netfilter: BridgeNetfilter;
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
    this.#netfilter = new BridgeNetfilter(stack, this, (port, frame, skb) => this.#decide(port, frame, skb));
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

  // --- Frames

  /** br_pass_frame_up: the port's device has taken the Ethernet header off. */
  protected override countedIn(frame: Frame): number {
    return this.counted(frame) - ETHERNET_HEADER;
  }

  /** br_dev_xmit: a frame of the namespace's own. */
  protected transmit(frame: Frame, skb: Skb): void {
    this.countSent(frame);
    const entry = frame.destination === BROADCAST_MAC ? undefined : this.fdb.find(frame.destination);
    if (entry?.port === undefined) this.#flood(undefined, frame, skb);
    else this.#forward(undefined, entry, entry.port, frame, skb);
  }

  /** br_handle_frame: a frame has come in by a port. */
  handle(port: BridgePort, frame: Frame, skb: Skb): void {
    if (this.#stack.tap.active) this.#stack.report('receive', frame, skb, { device: port.device });
    if (port.state !== 'forwarding' && port.state !== 'learning') {
      this.#tell(frame, skb, 'drop', `its port ${port.device.name} is ${port.state}`);
      return;
    }
    if (++skb.bridges > MOST_BRIDGES) {
      this.#tell(frame, skb, 'drop', `it has crossed ${MOST_BRIDGES} bridges: there is a loop`);
      return;
    }
    skb.link = frame;
    this.#netfilter.enter(port, frame, skb);
  }

  /** br_handle_frame_finish */
  #decide(port: BridgePort, frame: Frame, skb: Skb): void {
    if (port.learning && frame.source !== BROADCAST_MAC) this.fdb.learn(frame.source, port);
    if (port.state === 'learning') {
      this.#tell(frame, skb, 'drop', `its port ${port.device.name} only learns`);
      return;
    }
    const up = this.promiscuity > 0;
    if (frame.destination === BROADCAST_MAC) {
      const copy = skb.copy();
      this.#flood(port, frame, skb, true);
      this.#passUp(frame, copy);
      return;
    }
    const entry = this.fdb.find(frame.destination);
    if (entry === undefined) {
      const copy = up ? skb.copy() : undefined;
      this.#flood(port, frame, skb);
      if (copy !== undefined) this.#passUp(frame, copy);
      return;
    }
    if (entry.state === 'permanent' || entry.port === undefined) {
      if (this.#stack.tap.active) this.#tell(frame, skb, 'accept', 'the bridge itself has this address', entry);
      this.#passUp(frame, skb);
      return;
    }
    const copy = up ? skb.copy() : undefined;
    this.#forward(port, entry, entry.port, frame, skb);
    if (copy !== undefined) this.#passUp(frame, copy);
  }

  /** br_pass_frame_up: the frame comes in by the bridge itself. */
  #passUp(frame: Frame, skb: Skb): void {
    if (this.up) this.receive(frame, skb);
    else this.#tell(frame, skb, 'drop', `${this.name} is down`);
  }

  #forward(from: BridgePort | undefined, entry: FdbEntry, to: BridgePort, frame: Frame, skb: Skb): void {
    entry.used = this.#stack.clock.now();
    const refused = refusal(from, to);
    if (this.#stack.tap.active) {
      if (refused === undefined) {
        const how = entry.state === 'dynamic' ? 'was learned there' : `is ${entry.state} there`;
        this.#tell(frame, skb, 'accept', `to port ${to.device.name}: the address ${how}`, entry);
      } else this.#tell(frame, skb, 'drop', refused, entry);
    }
    if (refused === undefined) this.#netfilter.leave(from, to, frame, skb, this.#send);
  }

  /** br_flood: to every port but that by which it came. `up`: the bridge takes a copy too. */
  #flood(from: BridgePort | undefined, frame: Frame, skb: Skb, up = false): void {
    const broadcast = frame.destination === BROADCAST_MAC;
    const targets = this.ports.filter(
      (port) => (broadcast ? port.broadcastFlood : port.flood) && refusal(from, port) === undefined,
    );
    if (this.#stack.tap.active) this.#tellFlood(targets, frame, skb, up);
    if (targets.length === 0) return;
    skb.flood ??= { left: MOST_COPIES };
    for (const [i, to] of targets.entries()) {
      if (skb.flood.left-- <= 0) {
        this.#tell(frame, skb, 'drop', `a broadcast storm: bridges have made ${MOST_COPIES} copies of this frame`);
        return;
      }
      this.#netfilter.leave(from, to, frame, i === targets.length - 1 ? skb : skb.copy(), this.#send);
    }
  }

  /** br_dev_queue_push_xmit */
  readonly #send = (to: BridgePort, frame: Frame, skb: Skb): void => {
    if (frameLinkLength(frame, skb.segmentSize) > to.device.mtu + ETHERNET_HEADER) {
      to.device.tx.dropped++;
      this.#tell(frame, skb, 'drop', `longer than the MTU ${to.device.mtu} of ${to.device.name}`);
      return;
    }
    if (this.#stack.tap.active) this.#stack.report('send', frame, skb, { device: to.device });
    to.device.send(frame, skb);
  };

  #tellFlood(targets: readonly BridgePort[], frame: Frame, skb: Skb, up: boolean): void {
    const why =
      frame.destination === BROADCAST_MAC ? 'broadcast' : `${formatMac(frame.destination)} is not in its table`;
    const to = targets.map(({ device }) => device.name);
    if (up) to.push('itself');
    if (to.length === 0) this.#tell(frame, skb, 'drop', `${why}, and there is no port to flood it to`);
    else this.#tell(frame, skb, 'accept', `flooded to ${to.join(', ')}: ${why}`);
  }

  #tell(frame: Frame, skb: Skb, verdict: Verdict, reason: string, entry?: FdbEntry): void {
    if (!this.#stack.tap.active) return;
    const rule = entry === undefined ? undefined : entryText(entry, this.name);
    this.#stack.report('bridge', frame, skb, { device: this, verdict, reason, rule });
  }

  // --- Ports

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
    this.ports.push(port);
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

/** should_deliver; @returns why a frame does not leave by a port. */
function refusal(from: BridgePort | undefined, to: BridgePort): string | undefined {
  if (to.state !== 'forwarding') return `port ${to.device.name} is ${to.state}`;
  if (from === to && !to.hairpin) return `it came by port ${to.device.name}, which has no hairpin mode`;
  if (from?.isolated === true && to.isolated) return `ports ${from.device.name} and ${to.device.name} are isolated`;
  return undefined;
}

/** As `bridge fdb` prints it. */
function entryText({ mac, port, state }: FdbEntry, bridge: string): string {
  const shown = state === 'dynamic' ? '' : ` ${state}`;
  return `${formatMac(mac)} dev ${port?.device.name ?? bridge} master ${bridge}${shown}`;
}
