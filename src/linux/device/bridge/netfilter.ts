import type { Stack } from '../../ip/stack.ts';
import { Passage } from '../../netfilter/passage.ts';
import type { Frame, IpPacket } from '../../packet/packet.ts';
import type { Skb } from '../../packet/skb.ts';
import type { Device } from '../device.ts';
import type { BridgePort } from './port.ts';

/** The bridge: it may ask for netfilter where the namespace does not. */
export interface FilteredBridge extends Device {
  readonly callIptables: boolean;
}

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

  /** The packet's new destination decides: another machine behind this bridge, or the namespace itself. */
  #redirected(port: BridgePort, frame: Frame, packet: IpPacket, skb: Skb): void {
    const route = this.#stack.fib.lookup({ destination: packet.destination });
    if (route?.type === 'unicast' && route.device === this.#bridge) {
      const neighbour = this.#bridge.neighbours.get(route.via ?? packet.destination);
      if (neighbour?.mac !== undefined) {
        this.#decide(port, { ...frame, destination: neighbour.mac, payload: packet }, skb);
        return;
      }
    }
    // The kernel lets a packet wait here whose new neighbour it does not know; this one is routed meanwhile.
    this.#decide(port, { ...frame, destination: this.#bridge.mac, payload: packet }, skb);
  }

  /** br_nf_forward and br_nf_post_routing: for what came by a port; the namespace's own packets were asked about before. */
  leave(
    from: BridgePort | undefined,
    to: BridgePort,
    frame: Frame,
    skb: Skb,
    send: (to: BridgePort, frame: Frame, skb: Skb) => void,
  ): void {
    const { hooks } = this.#stack;
    const { payload } = frame;
    if (from === undefined || skb.bridge === undefined || payload.kind !== 'ip') {
      send(to, frame, skb);
      return;
    }
    skb.bridge = { in: from.device, out: to.device };
    const push = (packet: IpPacket): undefined => {
      send(to, packet === payload ? frame : { ...frame, payload: packet }, skb);
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
