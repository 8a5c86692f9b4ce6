import type { Milliseconds } from '../../../simulation/clock.ts';
import { flowOf } from '../../ip/flow.ts';
import { refragment } from '../../ip/fragments.ts';
import { martian, sourceRefused } from '../../ip/input-route.ts';
import type { Stack } from '../../ip/stack.ts';
import { Passage } from '../../netfilter/passage.ts';
import type { IpAddress } from '../../packet/address.ts';
import type { Frame, IpPacket } from '../../packet/packet.ts';
import { packetLength } from '../../packet/size.ts';
import type { Skb } from '../../packet/skb.ts';
import type { Device } from '../device.ts';
import type { Neighbour } from '../neighbour.ts';
import type { BridgePort } from './port.ts';

/** The bridge: it may ask for netfilter where the namespace does not. */
export interface FilteredBridge extends Device {
  readonly callIptables: boolean;
}

/** Sends a frame out of a port. */
type Send = (to: BridgePort, frame: Frame, skb: Skb) => void;

/**
 * br_netfilter (net/bridge/br_netfilter_hooks.c): with net.bridge.bridge-nf-call-iptables IP packets that a bridge
 * carries cross IP's PREROUTING, FORWARD and POSTROUTING, as if the bridge were their device.
 */
export class BridgeNetfilter {
  readonly #stack: Stack;
  readonly #bridge: FilteredBridge;
  readonly #decide: (port: BridgePort, frame: Frame, skb: Skb) => void;
  readonly #all: Switch;

  constructor(stack: Stack, bridge: FilteredBridge, decide: (port: BridgePort, frame: Frame, skb: Skb) => void) {
    this.#stack = stack;
    this.#bridge = bridge;
    this.#decide = decide;
    this.#all = switchOf(stack);
  }

  /** br_nf_pre_routing, and what br_nf_pre_routing_finish does where a rule gave the packet another destination. */
  enter(port: BridgePort, frame: Frame, skb: Skb): void {
    const { payload } = frame;
    const { hooks } = this.#stack;
    skb.bridge = undefined;
    if (payload.kind !== 'ip' || !(this.#all.on || this.#bridge.callIptables)) {
      this.#decide(port, frame, skb);
      return;
    }
    skb.bridge = { in: port.device, out: undefined };
    if (!hooks.active('prerouting')) {
      this.#decide(port, frame, skb);
      return;
    }
    hooks.pass(
      new Passage('prerouting', payload, skb, this.#bridge, undefined, ({ packet }) => {
        if (packet.destination === payload.destination) {
          this.#decide(port, packet === payload ? frame : { ...frame, payload: packet }, skb);
        } else this.#redirected(port, frame, packet, skb);
        return undefined;
      }),
    );
  }

  /**
   * The packet's new destination decides: another machine behind this bridge, or the namespace itself, which takes it from
   * here, be it to send it on or to say that there is no way.
   */
  #redirected(port: BridgePort, frame: Frame, packet: IpPacket, skb: Skb): void {
    const { fib, tap } = this.#stack;
    const bridge = this.#bridge;
    const route = fib.lookup(flowOf(packet, skb, bridge));
    const onward = route?.type === 'unicast' && bridge.inet.forwarding !== 0;
    const known = onward || route?.type === 'local';
    const out = onward ? route.device : undefined;
    const refused = martian(packet, bridge) ?? (known ? sourceRefused(fib, packet, skb.mark, bridge, out) : undefined);
    if (refused !== undefined) {
      if (tap.active) this.#stack.report('route', packet, skb, { device: bridge, verdict: 'drop', reason: refused });
    } else if (out !== bridge) {
      this.#decide(port, { ...frame, destination: bridge.mac, payload: packet }, skb);
    } else this.#readdress(port, frame, packet, skb, route?.via ?? packet.destination);
  }

  /**
   * br_nf_pre_routing_finish_bridge: the frame goes to the new destination's MAC address. Where the namespace has not used
   * that lately it is asked for, as if the frame were the namespace's own, and the bridge takes it up again behind that.
   */
  #readdress(port: BridgePort, frame: Frame, packet: IpPacket, skb: Skb, nextHop: IpAddress): void {
    const bridge = this.#bridge;
    const neighbour = bridge.neighbours.get(nextHop);
    if (neighbour?.mac !== undefined && neighbour.cached && connected(neighbour, this.#stack.clock.now())) {
      this.#decide(port, { ...frame, destination: neighbour.mac, payload: packet }, skb);
      return;
    }
    skb.resume = (sent) => this.#decide(port, { ...sent, source: frame.source }, skb);
    this.#stack.ip.toNeighbour(bridge, nextHop, packet, skb);
  }

  /** br_nf_forward and br_nf_post_routing: for what came by a port; the namespace's own packets were asked about before. */
  leave(from: BridgePort | undefined, to: BridgePort, frame: Frame, skb: Skb, send: Send): void {
    const { hooks } = this.#stack;
    const { payload } = frame;
    if (from === undefined || skb.bridge === undefined || payload.kind !== 'ip') {
      send(to, frame, skb);
      return;
    }
    skb.bridge = { in: from.device, out: to.device };
    const push = (packet: IpPacket): undefined => {
      this.#push(to, packet === payload ? frame : { ...frame, payload: packet }, packet, skb, send);
      return undefined;
    };
    const post = (packet: IpPacket) => {
      if (!hooks.active('postrouting')) return push(packet);
      return hooks.pass(
        new Passage('postrouting', packet, skb, undefined, this.#bridge, (passage) => push(passage.packet)),
      );
    };
    if (hooks.active('forward')) {
      hooks.pass(new Passage('forward', payload, skb, this.#bridge, this.#bridge, (passage) => post(passage.packet)));
    } else post(payload);
  }

  /** br_nf_dev_queue_xmit: what was put together of fragments, or is too long for the port, leaves in pieces. */
  #push(to: BridgePort, frame: Frame, packet: IpPacket, skb: Skb, send: Send): void {
    const largest = skb.fragments?.largest ?? 0;
    const room = largest > 0 ? Math.min(to.device.mtu, largest) : to.device.mtu;
    if (skb.segmentSize > 0 || packetLength(packet) <= room) {
      send(to, frame, skb);
      return;
    }
    const { mtu } = this.#bridge;
    if ((packet.dontFragment && !skb.ignoreDf) || largest > mtu) {
      if (!this.#stack.tap.active) return;
      const reason = `longer than the MTU ${mtu} of ${this.#bridge.name}, and not to be cut`;
      this.#stack.report('bridge', packet, skb, { device: this.#bridge, verdict: 'drop', reason });
      return;
    }
    for (const piece of refragment(packet, skb, mtu)) send(to, { ...frame, payload: piece }, skb.copy());
  }
}

/** Its MAC address may be used as it is (NUD_CONNECTED). */
function connected({ state, freshUntil }: Neighbour, now: Milliseconds): boolean {
  return state === 'PERMANENT' || state === 'NOARP' || (state === 'REACHABLE' && now <= freshUntil);
}

interface Switch {
  on: boolean;
}

const switches = new WeakMap<Stack, Switch>();

/** The kernel's br_netfilter is a module; here it is there with a namespace's first bridge, and on, as the module is. */
function switchOf(stack: Stack): Switch {
  const there = switches.get(stack);
  if (there !== undefined) return there;
  const made: Switch = { on: true };
  switches.set(stack, made);
  stack.sysctl.define({
    name: 'net.bridge.bridge-nf-call-iptables',
    summary: 'netfilter is asked about IP packets that bridges carry',
    value: 1,
    changed: (value) => {
      made.on = value !== 0;
    },
  });
  return made;
}
