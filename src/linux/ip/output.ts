import type { Device } from '../device/device.ts';
import type { Errno } from '../errno.ts';
import { Passage, type Path } from '../netfilter/passage.ts';
import { BROADCAST_ADDRESS, BROADCAST_MAC, type IpAddress } from '../packet/address.ts';
import type { Frame, IpPacket } from '../packet/packet.ts';
import { linkLength, segments } from '../packet/segmentation.ts';
import { segmentLength } from '../packet/size.ts';
import type { Skb } from '../packet/skb.ts';
import type { Arp } from './arp.ts';
import { selectSource } from './configuration.ts';
import type { Exceptions } from './exceptions.ts';
import { type Flow, flowOf, type OwnFlow, ownFlow } from './flow.ts';
import { lengths, refragment } from './fragments.ts';
import { type Route, refusal } from './route.ts';
import { reportRoute } from './route-report.ts';
import type { Outgoing, Stack } from './stack.ts';

/** The way out of a namespace, for its own packets and (from POSTROUTING on) forwarded ones: net/ipv4/ip_output.c. */
export class IpSender {
  readonly #stack: Stack;
  readonly #arp: Arp;
  readonly #exceptions: Exceptions;
  readonly #loopBack: (device: Device, packet: IpPacket, skb: Skb) => void;
  #id: number;

  /** `loopBack` takes the copy of a broadcast that comes back to its own namespace. */
  constructor(
    stack: Stack,
    arp: Arp,
    exceptions: Exceptions,
    loopBack: (device: Device, packet: IpPacket, skb: Skb) => void,
  ) {
    this.#stack = stack;
    this.#arp = arp;
    this.#exceptions = exceptions;
    this.#loopBack = loopBack;
    this.#id = stack.random.below(65536);
  }

  /** Sends a packet of this namespace's own. @returns what the system call would fail with. */
  send(outgoing: Outgoing, skb: Skb): Errno | undefined {
    const { fib, tap, sysctl } = this.#stack;
    const { destination } = outgoing;
    const link = destination === BROADCAST_ADDRESS ? this.#link(outgoing) : undefined;
    const flow = fib.plain && outgoing.device === undefined && outgoing.raw !== true ? outgoing : ownFlow(outgoing);
    const route = link === undefined ? this.#lookup(flow) : undefined;
    const device = link ?? this.#device(route, outgoing);
    const source = outgoing.source ?? this.#source(route, device, destination) ?? 0;
    const locked = route?.metrics?.mtuLocked === true || this.#exceptions.get(route, destination)?.locked === true;
    const discovers = !locked && sysctl.noPathMtu === 0;
    const draft: IpPacket = {
      kind: 'ip',
      source,
      destination,
      ttl: outgoing.ttl ?? route?.metrics?.hoplimit ?? sysctl.defaultTtl,
      tos: outgoing.tos ?? 0,
      id: (this.#id = (this.#id + 1) & 0xffff),
      dontFragment: outgoing.dontFragment ?? discovers,
      payload: outgoing.payload,
    };
    const mtu = device === undefined ? 0 : this.#exceptions.mtu({ route, device }, destination);
    const long = device !== undefined && linkLength(draft, skb.segmentSize) > mtu;
    const packet = long && outgoing.dontFragment === undefined ? { ...draft, dontFragment: false } : draft;
    if (tap.active) {
      const { reason, inner } = outgoing;
      if (inner === undefined) this.#stack.report('socket', packet, skb, { reason });
      else this.#stack.report('encapsulate', inner.packet, skb, { device: inner.device, after: packet, reason });
      reportRoute(this.#stack, packet, skb, route, device);
    }
    if (device === undefined) return refusal(route) ?? 'ENETUNREACH';
    // __mkroute_output: loopback addresses stay inside.
    if ((source as number) >>> 24 === 127 && device.kind !== 'loopback' && device.inet.route_localnet === 0) {
      if (tap.active) this.#drop(packet, skb, `a loopback address does not go out to ${device.name}`);
      return 'EINVAL';
    }
    // A tunnel's own packet is too long only where it leaves.
    if (long && packet.dontFragment && outgoing.inner === undefined) {
      if (tap.active) this.#drop(packet, skb, `longer than the path's MTU ${mtu}, and not to be cut`);
      return 'EMSGSIZE';
    }
    const path: Path = { route, device, nextHop: this.#exceptions.nextHop(route, destination), mtu };
    const { hooks } = this.#stack;
    if (outgoing.mark !== undefined) skb.mark = outgoing.mark;
    // __ip_make_skb; TCP's __ip_queue_xmit leaves it out.
    skb.ignoreDf = outgoing.dontFragment === undefined && outgoing.payload.protocol !== 'tcp';
    if (!hooks.active('output')) return this.output(path, packet, skb, undefined, outgoing.owner);
    // __ip_append_data has cut it already, for this way; a rule may find another one.
    if (long && skb.segmentSize === 0) {
      skb.fragments = { lengths: lengths(segmentLength(packet.payload), mtu), largest: 0, path: false };
    }
    const passage = new Passage('output', packet, skb, undefined, device, this.#sent);
    passage.path = path;
    passage.owner = outgoing.owner;
    return hooks.pass(passage);
  }

  readonly #sent = (passage: Passage): Errno | undefined => {
    const { path, packet, skb, owner } = passage;
    return path === undefined ? undefined : this.output(path, packet, skb, undefined, owner);
  };

  /** ip_route_me_harder: what a rule at OUTPUT made of the packet may have another way; its source stays. */
  reroute(passage: Passage): Errno | undefined {
    const { packet, skb } = passage;
    const { destination } = packet;
    const route = this.#stack.fib.lookup(flowOf(packet, skb, undefined));
    const device = this.#device(route, { destination });
    if (this.#stack.tap.active) reportRoute(this.#stack, packet, skb, route, device);
    if (device === undefined) return refusal(route) ?? 'ENETUNREACH';
    const mtu = this.#exceptions.mtu({ route, device }, destination);
    passage.path = { route, device, nextHop: this.#exceptions.nextHop(route, destination), mtu };
    return undefined;
  }

  /** ip_route_connect: the source address that such packets would get; `undefined`: there is no route. */
  sourceFor(flow: OwnFlow): IpAddress | undefined {
    const route = this.#lookup(ownFlow(flow));
    const device = this.#device(route, flow);
    return device === undefined ? undefined : this.#source(route, device, flow.destination);
  }

  /** The way of such packets; `undefined`: there is none. */
  pathOf(flow: OwnFlow): Path | undefined {
    const { destination } = flow;
    const route = this.#lookup(ownFlow(flow));
    const device = this.#device(route, flow);
    if (device === undefined) return undefined;
    const mtu = this.#exceptions.mtu({ route, device }, destination);
    return { route, device, nextHop: this.#exceptions.nextHop(route, destination), mtu };
  }

  /** The largest packet that the path of such packets is known to take. */
  mtuTo(flow: OwnFlow): number {
    return this.pathOf(flow)?.mtu ?? 1500;
  }

  /** TCP heard from the other side: the next hop on the way there lives. */
  confirm(flow: OwnFlow): void {
    const path = this.pathOf(flow);
    if (path?.route?.type === 'unicast') this.#arp.neighbours.confirm(path.device, path.nextHop);
  }

  /** The end of the way out, for own and forwarded packets alike. */
  output(
    path: Path,
    packet: IpPacket,
    skb: Skb,
    input: Device | undefined,
    owner: Passage['owner'],
  ): Errno | undefined {
    const { hooks } = this.#stack;
    if (input === undefined && path.device.kind !== 'loopback' && isBroadcast(path, packet)) {
      this.#loop(path, packet, skb.copy(), owner);
    }
    if (!hooks.active('postrouting')) return this.#finish(path, packet, skb);
    const passage = new Passage('postrouting', packet, skb, input, path.device, this.#routed);
    passage.path = path;
    passage.owner = owner;
    return hooks.pass(passage);
  }

  /** ip_mc_output: a broadcast's sender gets it too. The copy is whole, and POSTROUTING is asked about it by itself. */
  #loop(path: Path, packet: IpPacket, skb: Skb, owner: Passage['owner']): void {
    const { hooks } = this.#stack;
    const passage = new Passage('postrouting', packet, skb, undefined, path.device, this.#looped);
    passage.path = path;
    passage.owner = owner;
    if (hooks.active('postrouting')) hooks.pass(passage);
    else this.#looped(passage);
  }

  /** dev_loopback_xmit: past the device's counters and what captures on it. */
  readonly #looped = ({ out: device, packet, skb }: Passage): undefined => {
    if (device !== undefined) this.#stack.clock.after(0, () => this.#loopBack(device, packet, skb));
  };

  readonly #routed = ({ path, packet, skb }: Passage): Errno | undefined =>
    path === undefined ? undefined : this.#finish(path, packet, skb);

  /** ip_finish_output: in pieces, where the packet is longer than the way allows. */
  #finish(path: Path, packet: IpPacket, skb: Skb): Errno | undefined {
    const largest = skb.fragments === undefined ? 0 : skb.fragments.largest;
    if (largest === 0 && linkLength(packet, skb.segmentSize) <= path.mtu) {
      this.#transmit(path, packet, skb);
      return undefined;
    }
    // A fragment's checksum can't be left to a card (ip_fragment).
    skb.partialChecksum = false;
    if (skb.segmentSize > 0) {
      for (const piece of segments(packet, skb.segmentSize)) {
        const copy = skb.copy();
        copy.segmentSize = 0;
        const error = this.#finish(path, piece, copy);
        if (error !== undefined) return error;
      }
      return undefined;
    }
    // ip_fragment: a rule has sent it a way that is narrower than the one it was made for.
    if (packet.dontFragment && (!skb.ignoreDf || largest > path.mtu)) {
      const { tap, ip } = this.#stack;
      if (tap.active) this.#drop(packet, skb, `longer than the path's MTU ${path.mtu}, and not to be cut`);
      ip.sendError('fragmentation-needed', packet, skb, path.mtu);
      return 'EMSGSIZE';
    }
    const { device } = path;
    for (const piece of refragment(packet, skb, path.mtu)) {
      const told = device.toldDrops;
      this.#transmit(path, piece, skb.copy());
      // ip_do_fragment: where the device says that it has dropped one, the rest is not even tried.
      if (device.toldDrops > told) break;
    }
    return undefined;
  }

  #transmit(path: Path, packet: IpPacket, skb: Skb): void {
    const { device, nextHop } = path;
    const broadcast = isBroadcast(path, packet);
    skb.routed = true;
    if (!device.needsArp || broadcast) {
      skb.nextHop = nextHop;
      // Without ARP a frame is addressed to the device itself (arp_constructor).
      const destination = broadcast && device.ethernet ? BROADCAST_MAC : device.mac;
      const frame: Frame = { source: device.mac, destination, payload: packet };
      if (this.#stack.tap.active) this.#stack.report('send', frame, skb, { device });
      device.send(frame, skb);
      return;
    }
    this.#arp.neighbours.send(device, nextHop, packet, skb);
  }

  /** ip_route_output_key: 255.255.255.255 is on the link that was asked for, or that has the source; no route counts. */
  #link({ device, source }: Outgoing): Device | undefined {
    if (device !== undefined || source === undefined) return device;
    const { devices } = this.#stack;
    return [...devices.values()].find(({ addresses }) => addresses.some(({ local }) => local === source));
  }

  /** Where a device was asked for and the tables know no way, the destination is taken to be on its link. */
  #lookup(flow: Flow): Route | undefined {
    const route = this.#stack.fib.lookup(flow);
    return flow.out !== undefined && refusal(route) !== undefined ? undefined : route;
  }

  #device(route: Route | undefined, outgoing: Pick<Outgoing, 'device' | 'destination'>): Device | undefined {
    if (route === undefined) return outgoing.device;
    if (route.type === 'local') return this.#stack.devices.get(1);
    return route.type === 'unicast' || route.type === 'broadcast' ? route.device : undefined;
  }

  #source(route: Route | undefined, device: Device | undefined, destination: IpAddress): IpAddress | undefined {
    if (route?.source !== undefined || device === undefined) return route?.source;
    if (route?.type === 'local') return destination;
    return selectSource(device, route?.via ?? 0, route?.scope ?? 'link', this.#stack.devices.values());
  }

  #drop(packet: IpPacket, skb: Skb, reason: string): void {
    this.#stack.report('output', packet, skb, { verdict: 'drop', reason });
  }
}

function isBroadcast({ route }: Path, packet: IpPacket): boolean {
  return route?.type === 'broadcast' || packet.destination === BROADCAST_ADDRESS;
}
