import type { Stack } from '../../ip/stack.ts';
import { BROADCAST_MAC, formatMac } from '../../packet/address.ts';
import type { Frame } from '../../packet/packet.ts';
import { frameLinkLength } from '../../packet/segmentation.ts';
import type { Skb } from '../../packet/skb.ts';
import type { Verdict } from '../../tap/tap.ts';
import type { Fdb, FdbEntry } from './fdb.ts';
import { BridgeNetfilter, type FilteredBridge } from './netfilter.ts';
import type { BridgePort } from './port.ts';

const ETHERNET_HEADER = 14;
/**
 * What ends a storm, which in a real network goes on until somebody pulls a cable: how many bridges one frame may
 * cross (IEEE 802.1D recommends at most 7), and how many copies bridges may make of one frame.
 */
const MOST_BRIDGES = 128;
const MOST_COPIES = 5000;

/** The bridge, as what decides about its frames sees it. */
interface SwitchingDevice extends FilteredBridge {
  readonly fdb: Fdb;
  readonly ports: readonly BridgePort[];
}

/** Which way a bridge's frames go (net/bridge/br_input.c, br_forward.c): up, to one port, or to all. */
export class Forwarding {
  readonly #stack: Stack;
  readonly #bridge: SwitchingDevice;
  readonly #receive: (frame: Frame, skb: Skb) => void;
  readonly #netfilter: BridgeNetfilter;

  /** `receive`: takes what is for the bridge itself. */
  constructor(stack: Stack, bridge: SwitchingDevice, receive: (frame: Frame, skb: Skb) => void) {
    this.#receive = receive;
    this.#stack = stack;
    this.#bridge = bridge;
    this.#netfilter = new BridgeNetfilter(stack, bridge, (port, frame, skb) => this.#decide(port, frame, skb));
  }

  /** br_dev_xmit: a frame of the namespace's own. */
  transmit(frame: Frame, skb: Skb): void {
    const entry = frame.destination === BROADCAST_MAC ? undefined : this.#bridge.fdb.find(frame.destination);
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
    if (port.learning && frame.source !== BROADCAST_MAC) this.#bridge.fdb.learn(frame.source, port);
    if (port.state === 'learning') {
      this.#tell(frame, skb, 'drop', `its port ${port.device.name} only learns`);
      return;
    }
    const up = this.#bridge.promiscuity > 0;
    if (frame.destination === BROADCAST_MAC) {
      const copy = skb.copy();
      this.#flood(port, frame, skb, true);
      this.#passUp(frame, copy);
      return;
    }
    const entry = this.#bridge.fdb.find(frame.destination);
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
    if (this.#bridge.up) this.#receive(frame, skb);
    else this.#tell(frame, skb, 'drop', `${this.#bridge.name} is down`);
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
    const targets = this.#bridge.ports.filter(
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
    const rule = entry === undefined ? undefined : entryText(entry, this.#bridge.name);
    this.#stack.report('bridge', frame, skb, { device: this.#bridge, verdict, reason, rule });
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
