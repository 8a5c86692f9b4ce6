import type { Milliseconds } from '../../simulation/clock.ts';
import type { Device } from '../device/device.ts';
import type { Errno } from '../errno.ts';
import { Passage, type Path } from '../netfilter/passage.ts';
import { BROADCAST_ADDRESS, BROADCAST_MAC, formatIp, type IpAddress } from '../packet/address.ts';
import type { Frame, IcmpError, IpPacket } from '../packet/packet.ts';
import { packetLength } from '../packet/size.ts';
import { Skb } from '../packet/skb.ts';
import type { Verdict } from '../tap/tap.ts';
import { Arp } from './arp.ts';
import { selectSource } from './configuration.ts';
import { flowOf, ownFlow } from './flow.ts';
import { fragment, Reassembly } from './fragments.ts';
import { echoReply, icmpError, mayReport } from './icmp.ts';
import { formatRoute, type Route, refusal } from './route.ts';
import type { IpOutput, Outgoing, Stack, Transport } from './stack.ts';

/** net.ipv4.route.mtu_expires: how long a path's learnt MTU holds. */
const PATH_MTU_EXPIRES: Milliseconds = 600_000;
/** Precedence "internetwork control", which Linux gives to ICMP errors. */
const ERROR_TOS = 0xc0;
/** IPTOS_TOS_MASK: what they keep of their cause's. */
const TOS_MASK = 0x1e;

/**
 * A packet's way through one namespace, in the order of the kernel's ip_input.c, ip_forward.c and ip_output.c. At five
 * places netfilter's hooks are asked; where nobody stands at a hook, nothing is made for it.
 */
export class IpLayer implements IpOutput {
  readonly arp: Arp;
  readonly #stack: Stack;
  readonly #transport: Transport;
  readonly #reassembly: Reassembly;
  readonly #pathMtu = new Map<IpAddress, { readonly mtu: number; readonly until: Milliseconds }>();
  #id: number;

  constructor(stack: Stack, transport: Transport) {
    this.#stack = stack;
    this.#transport = transport;
    stack.ip = this;
    this.arp = new Arp(stack, (packet, skb) => this.sendError('host', packet, skb));
    this.#reassembly = new Reassembly(stack.clock, (packet) => {
      const skb = new Skb(undefined, 0);
      if (stack.tap.active) this.#end('input', packet, skb, 'drop', 'not all of its fragments came within 30 seconds');
    });
    this.#id = stack.random.below(65536);
  }

  /** A packet has come in from a device. */
  receive(device: Device, packet: IpPacket, skb: Skb): void {
    const { hooks } = this.#stack;
    // br_netfilter has asked PREROUTING about what has come up from a bridge (ip_sabotage_in).
    if (skb.bridge === undefined && hooks.active('prerouting'))
      hooks.pass(new Passage('prerouting', packet, skb, device, undefined, this.#accepted));
    else this.#routeIn(device, packet, skb);
  }

  readonly #accepted = ({ in: device, packet, skb }: Passage): undefined => {
    if (device !== undefined) this.#routeIn(device, packet, skb);
  };

  #routeIn(device: Device, packet: IpPacket, skb: Skb): void {
    const { fib, tap, sysctl } = this.#stack;
    const { source, destination } = packet;
    const foreign = device.kind !== 'loopback';
    if (foreign && (isLoopback(source) || isLoopback(destination))) {
      this.#martian(device, packet, skb, 'martian: a loopback address on a link');
      return;
    }
    const route = fib.lookup(fib.plain ? packet : flowOf(packet, skb, device));
    if (tap.active) this.#reportRoute(packet, skb, route, device);
    if (route === undefined) {
      if (destination === BROADCAST_ADDRESS) this.#deliver(device, packet, skb);
      else if (sysctl.forwarding) this.sendError('net', packet, skb);
      return;
    }
    // fib_validate_source comes when the way is known, and not for ways that refuse.
    if (foreign && (route.type === 'local' || route.type === 'broadcast' || route.type === 'unicast')) {
      if (fib.isLocal(source)) {
        this.#martian(device, packet, skb, `martian source: ${formatIp(source)} is this namespace's own address`);
        return;
      }
    }
    switch (route.type) {
      case 'local':
      case 'broadcast':
        this.#deliver(device, packet, skb);
        return;
      case 'unicast':
        this.#forward(device, packet, skb, route);
        return;
      case 'unreachable':
        if (sysctl.forwarding) this.sendError('host', packet, skb);
        return;
      case 'prohibit':
        if (sysctl.forwarding) this.sendError('admin-prohibited', packet, skb);
        return;
      case 'blackhole':
      case 'throw':
        return;
    }
  }

  /** Sends a packet of this namespace's own. @returns what the system call would fail with. */
  send(outgoing: Outgoing, skb: Skb): Errno | undefined {
    const { fib, tap, sysctl } = this.#stack;
    const { destination } = outgoing;
    const route = fib.lookup(fib.plain && outgoing.device === undefined ? outgoing : ownFlow(outgoing));
    const device = this.#outputDevice(route, outgoing);
    const nextHop = route?.via ?? destination;
    const draft: IpPacket = {
      kind: 'ip',
      source: outgoing.source ?? this.#sourceOf(route, device) ?? 0,
      destination,
      ttl: outgoing.ttl ?? sysctl.number('net.ipv4.ip_default_ttl'),
      tos: outgoing.tos ?? 0,
      id: (this.#id = (this.#id + 1) & 0xffff),
      dontFragment: outgoing.dontFragment ?? true,
      payload: outgoing.payload,
    };
    const mtu = device === undefined ? 0 : this.#mtuOf(device, destination);
    const long = device !== undefined && packetLength(draft) > mtu;
    const packet = long && outgoing.dontFragment === undefined ? { ...draft, dontFragment: false } : draft;
    if (tap.active) {
      const { reason, inner } = outgoing;
      if (inner === undefined) this.#stack.report('socket', packet, skb, { reason });
      else this.#stack.report('encapsulate', inner.packet, skb, { device: inner.device, after: packet, reason });
      this.#reportRoute(packet, skb, route, device);
    }
    if (device === undefined) return refusal(route) ?? 'ENETUNREACH';
    if (long && packet.dontFragment) {
      if (tap.active) this.#end('output', packet, skb, 'drop', `longer than the path's MTU ${mtu}, and not to be cut`);
      return 'EMSGSIZE';
    }
    const path: Path = { route, device, nextHop, mtu };
    const { hooks } = this.#stack;
    if (outgoing.mark !== undefined) skb.mark = outgoing.mark;
    if (!hooks.active('output')) return this.#output(path, packet, skb, undefined, outgoing.owner);
    const passage = new Passage('output', packet, skb, undefined, device, this.#sent);
    passage.path = path;
    passage.owner = outgoing.owner;
    return hooks.pass(passage);
  }

  readonly #sent = (passage: Passage): Errno | undefined => {
    const { path, packet, skb, owner } = passage;
    if (!passage.reroute) return path === undefined ? undefined : this.#output(path, packet, skb, undefined, owner);
    return this.#sendElsewhere(packet, skb, owner);
  };

  /** ip_route_me_harder: what a rule at OUTPUT made of the packet may have another way; its source stays. */
  #sendElsewhere(packet: IpPacket, skb: Skb, owner: Passage['owner']): Errno | undefined {
    const { destination } = packet;
    const route = this.#stack.fib.lookup(flowOf(packet, skb, undefined));
    const device = this.#outputDevice(route, { destination });
    if (this.#stack.tap.active) this.#reportRoute(packet, skb, route, device);
    if (device === undefined) return refusal(route) ?? 'ENETUNREACH';
    const path = { route, device, nextHop: route?.via ?? destination, mtu: this.#mtuOf(device, destination) };
    return this.#output(path, packet, skb, undefined, owner);
  }

  /** The source address that a packet to `destination` would get; `undefined`: there is no route. */
  sourceFor(destination: IpAddress): IpAddress | undefined {
    const route = this.#stack.fib.lookup({ destination });
    const device = this.#outputDevice(route, { destination });
    return device === undefined ? undefined : this.#sourceOf(route, device);
  }

  /** The largest packet that the path to `destination` is known to take. */
  mtuTo(destination: IpAddress): number {
    const device = this.#outputDevice(this.#stack.fib.lookup({ destination }), { destination });
    return device === undefined ? 1500 : this.#mtuOf(device, destination);
  }

  /** TCP heard from `destination`: the next hop on the way there lives. */
  confirm(destination: IpAddress): void {
    const route = this.#stack.fib.lookup({ destination });
    if (route?.type === 'unicast' && route.device !== undefined) {
      this.arp.confirm(route.device, route.via ?? destination);
    }
  }

  /** Answers a packet that no socket wants. */
  portUnreachable(packet: IpPacket, skb: Skb): void {
    this.sendError('port', packet, skb);
  }

  close(): void {
    this.#reassembly.clear();
  }

  #forward(device: Device, packet: IpPacket, skb: Skb, route: Route): void {
    const { tap, sysctl } = this.#stack;
    const out = route.device;
    if (!sysctl.forwarding || out === undefined) {
      if (tap.active) this.#end('forward', packet, skb, 'drop', 'net.ipv4.ip_forward is 0: not a router');
      return;
    }
    if (packet.ttl <= 1) {
      if (tap.active) this.#end('forward', packet, skb, 'reject', 'its time to live has run out');
      this.sendError('ttl', packet, skb);
      return;
    }
    if (packet.dontFragment && packetLength(packet) > out.mtu) {
      if (tap.active) {
        this.#end('forward', packet, skb, 'reject', `longer than the MTU ${out.mtu} of ${out.name}, and not to be cut`);
      }
      this.sendError('fragmentation-needed', packet, skb, out.mtu);
      return;
    }
    const { source, destination, tos, id, dontFragment, payload } = packet;
    const forwarded: IpPacket =
      packet.fragment === undefined
        ? { kind: 'ip', source, destination, ttl: packet.ttl - 1, tos, id, dontFragment, payload }
        : { ...packet, ttl: packet.ttl - 1 };
    if (tap.active) this.#stack.report('forward', packet, skb, { device, verdict: 'accept', after: forwarded });
    const path: Path = { route, device: out, nextHop: route.via ?? destination, mtu: out.mtu };
    const { hooks } = this.#stack;
    if (!hooks.active('forward')) {
      this.#output(path, forwarded, skb, device, undefined);
      return;
    }
    const passage = new Passage('forward', forwarded, skb, device, out, this.#forwarded);
    passage.path = path;
    hooks.pass(passage);
  }

  readonly #forwarded = ({ path, packet, skb, in: device }: Passage): Errno | undefined =>
    path === undefined ? undefined : this.#output(path, packet, skb, device, undefined);

  /** The end of the way out, for own and forwarded packets alike. */
  #output(
    path: Path,
    packet: IpPacket,
    skb: Skb,
    input: Device | undefined,
    owner: Passage['owner'],
  ): Errno | undefined {
    const { hooks } = this.#stack;
    if (!hooks.active('postrouting')) {
      this.#finish(path, packet, skb);
      return undefined;
    }
    const passage = new Passage('postrouting', packet, skb, input, path.device, this.#routed);
    passage.path = path;
    passage.owner = owner;
    return hooks.pass(passage);
  }

  readonly #routed = ({ path, packet, skb }: Passage): undefined => {
    if (path !== undefined) this.#finish(path, packet, skb);
  };

  /** ip_finish_output: in pieces, where the packet is longer than the way allows. */
  #finish(path: Path, packet: IpPacket, skb: Skb): void {
    if (packetLength(packet) <= path.mtu) {
      this.#transmit(path, packet, skb);
      return;
    }
    for (const piece of fragment(packet, path.mtu)) this.#transmit(path, piece, skb.copy());
  }

  #transmit({ device, nextHop, route }: Path, packet: IpPacket, skb: Skb): void {
    if (!device.needsArp || route?.type === 'broadcast') {
      // Without ARP a frame is addressed to the device itself (arp_constructor).
      const destination = route?.type === 'broadcast' && device.ethernet ? BROADCAST_MAC : device.mac;
      const frame: Frame = { source: device.mac, destination, payload: packet };
      skb.nextHop = nextHop;
      if (this.#stack.tap.active) this.#stack.report('send', frame, skb, { device });
      device.send(frame, skb);
      return;
    }
    this.arp.send(device, nextHop, packet, skb);
  }

  #deliver(device: Device, fragmentOrPacket: IpPacket, skb: Skb): void {
    const packet = this.#reassembly.add(fragmentOrPacket);
    if (packet === undefined) {
      if (this.#stack.tap.active) {
        const reason = 'waits for the other fragments of its packet';
        this.#stack.report('input', fragmentOrPacket, skb, { device, verdict: 'queue', reason });
      }
      return;
    }
    const { hooks } = this.#stack;
    if (hooks.active('input')) hooks.pass(new Passage('input', packet, skb, device, undefined, this.#delivered));
    else this.#hand(device, packet, skb);
  }

  readonly #delivered = ({ in: device, packet, skb }: Passage): undefined => {
    if (device !== undefined) this.#hand(device, packet, skb);
  };

  /** ip_local_deliver_finish: to who is there for its protocol. */
  #hand(device: Device, packet: IpPacket, skb: Skb): void {
    const { payload } = packet;
    if (payload.protocol === 'icmp') {
      if (payload.type === 'echo-request') {
        this.#answerEcho(device, packet, skb);
        return;
      }
      if ('original' in payload) {
        this.#learnMtu(payload);
        this.#transport.failed(payload, packet, skb);
        return;
      }
    }
    if (this.#transport.deliver(packet, skb)) return;
    this.sendError(payload.protocol === 'udp' ? 'port' : 'protocol', packet, skb);
  }

  /** The kernel's own ICMP packets never have DF (net/ipv4/icmp.c, icmp_sk_init: IP_PMTUDISC_DONT). */
  #answerEcho(device: Device, packet: IpPacket, skb: Skb): void {
    const { sysctl, fib, tap } = this.#stack;
    const { payload, destination, source } = packet;
    if (payload.protocol !== 'icmp' || payload.type !== 'echo-request') return;
    const ignored = sysctl.number('net.ipv4.icmp_echo_ignore_all') === 1 || !fib.isLocal(destination);
    if (tap.active) {
      const reason = ignored ? 'echo requests like this are ignored' : 'the kernel answers echo requests';
      this.#stack.report('input', packet, skb, { device, verdict: ignored ? 'drop' : 'deliver', reason });
    }
    if (ignored) return;
    const { tos } = packet;
    const reply = { source: destination, destination: source, tos, payload: echoReply(payload), dontFragment: false };
    this.send(reply, skb.fork());
  }

  /** RFC 1191: the path to the original packet's destination takes no more than this. */
  #learnMtu({ code, mtu, original }: IcmpError): void {
    if (code !== 'fragmentation-needed' || mtu === undefined) return;
    this.#pathMtu.set(original.destination, { mtu, until: this.#stack.clock.now() + PATH_MTU_EXPIRES });
  }

  #mtuOf(device: Device, destination: IpAddress): number {
    if (this.#pathMtu.size === 0) return device.mtu;
    const learnt = this.#pathMtu.get(destination);
    if (learnt === undefined) return device.mtu;
    if (learnt.until > this.#stack.clock.now()) return Math.min(device.mtu, learnt.mtu);
    this.#pathMtu.delete(destination);
    return device.mtu;
  }

  /** Answers a packet with an ICMP error. */
  sendError(code: IcmpError['code'], cause: IpPacket, skb: Skb, mtu?: number): void {
    const { fib } = this.#stack;
    if (!mayReport(cause) || fib.lookup(cause)?.type === 'broadcast') return;
    const source = fib.isLocal(cause.destination) ? cause.destination : undefined;
    const payload = icmpError(code, cause, mtu);
    this.send(
      { source, destination: cause.source, payload, tos: (cause.tos & TOS_MASK) | ERROR_TOS, dontFragment: false },
      skb.fork(),
    );
  }

  /** A packet that can't have come from there (net/ipv4/route.c: martian source, martian destination). */
  #martian(device: Device, packet: IpPacket, skb: Skb, reason: string): void {
    if (this.#stack.tap.active) this.#stack.report('route', packet, skb, { device, verdict: 'drop', reason });
  }

  #outputDevice(route: Route | undefined, outgoing: Pick<Outgoing, 'device' | 'destination'>): Device | undefined {
    // Without a route, a device that was asked for is taken to be on the destination's link.
    if (route === undefined) return outgoing.device;
    if (route.type === 'local') return this.#stack.devices.get(1);
    return route.type === 'unicast' || route.type === 'broadcast' ? route.device : undefined;
  }

  #sourceOf(route: Route | undefined, device: Device | undefined): IpAddress | undefined {
    if (route?.source !== undefined || device === undefined) return route?.source;
    return selectSource(device, route?.via ?? 0, route?.scope ?? 'link', this.#stack.devices.values());
  }

  #reportRoute(packet: IpPacket, skb: Skb, route: Route | undefined, device: Device | undefined): void {
    const to = formatIp(packet.destination);
    if (route === undefined) {
      const found = device !== undefined && packet.destination === BROADCAST_ADDRESS;
      const verdict: Verdict = found ? 'accept' : 'reject';
      this.#stack.report('route', packet, skb, { device, verdict, reason: `no route to ${to}` });
      return;
    }
    const rule = formatRoute(route).trimEnd();
    const goes = route.type === 'unicast' || route.type === 'local' || route.type === 'broadcast';
    if (goes) this.#stack.report('route', packet, skb, { device: route.device, verdict: 'accept', rule });
    else {
      const verdict: Verdict = route.type === 'blackhole' ? 'drop' : 'reject';
      this.#stack.report('route', packet, skb, { verdict, rule, reason: `the route to ${to} is ${route.type}` });
    }
  }

  #end(stage: 'input' | 'forward' | 'output', packet: IpPacket, skb: Skb, verdict: Verdict, reason: string): void {
    this.#stack.report(stage, packet, skb, { verdict, reason });
  }
}

/** 127.0.0.0/8. */
function isLoopback(address: IpAddress): boolean {
  return (address as number) >>> 24 === 127;
}
