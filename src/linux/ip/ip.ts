import type { Device } from '../device/device.ts';
import type { Errno } from '../errno.ts';
import { Passage, type Path } from '../netfilter/passage.ts';
import { BROADCAST_ADDRESS, type IpAddress } from '../packet/address.ts';
import type { IcmpError, IpPacket } from '../packet/packet.ts';
import { linkLength } from '../packet/segmentation.ts';
import type { Skb } from '../packet/skb.ts';
import type { Verdict } from '../tap/tap.ts';
import { Arp } from './arp.ts';
import { Exceptions } from './exceptions.ts';
import { flowOf, type OwnFlow } from './flow.ts';
import { echoReply } from './icmp.ts';
import { IcmpErrors } from './icmp-errors.ts';
import { martian, sourceRefused } from './input-route.ts';
import { IpSender } from './output.ts';
import { Peers } from './peers.ts';
import { Reassembly } from './reassembly.ts';
import { acceptRedirect, redirects, translatedOnBridge } from './redirects.ts';
import { type Route, refusal } from './route.ts';
import { reportRoute } from './route-report.ts';
import type { Heard, IpOutput, Outgoing, Stack, Transport } from './stack.ts';

/** What a router answers where there is no way on (ip_error in net/ipv4/route.c); the rest is dropped in silence. */
const answers: Partial<Record<Errno, IcmpError['code']>> = {
  ENETUNREACH: 'net',
  EHOSTUNREACH: 'host',
  EACCES: 'admin-prohibited',
};

/**
 * A packet's way through one namespace, in the order of the kernel's ip_input.c and ip_forward.c; `IpSender` has the
 * way out. At five places netfilter's hooks are asked; where nobody stands at a hook, nothing is made for it.
 */
export class IpLayer implements IpOutput {
  readonly arp: Arp;
  readonly exceptions: Exceptions;
  readonly #stack: Stack;
  readonly #transport: Transport;
  readonly #reassembly: Reassembly;
  readonly #peers: Peers;
  readonly #sender: IpSender;
  readonly #errors: IcmpErrors;

  constructor(stack: Stack, transport: Transport) {
    this.#stack = stack;
    this.#transport = transport;
    stack.ip = this;
    this.arp = new Arp(stack, (packet, skb) => this.sendError('host', packet, skb));
    this.exceptions = new Exceptions(stack.clock, stack.sysctl);
    this.#reassembly = new Reassembly(stack, ({ packet, skb }, first) => {
      const patience = stack.sysctl.number('net.ipv4.ipfrag_time');
      if (stack.tap.active) {
        this.#end('input', packet, skb, 'drop', `not all of its fragments came within ${patience} seconds`);
      }
      // RFC 792: only where the first fragment is there to be shown.
      if (first !== undefined) this.sendError('reassembly', first.packet, first.skb);
    });
    this.#peers = new Peers(stack.clock);
    this.#sender = new IpSender(stack, this.arp, this.exceptions, (device, packet, skb) =>
      this.#loopBack(device, packet, skb),
    );
    this.#errors = new IcmpErrors(stack, this.#peers);
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

  /** A broadcast of its own: it was routed when it was sent, as `local` too. */
  #loopBack(device: Device, packet: IpPacket, skb: Skb): void {
    const { hooks, tap } = this.#stack;
    const reason = 'a broadcast comes back to its sender too';
    if (tap.active) this.#stack.report('input', packet, skb, { device, reason });
    skb.loopback = true;
    if (hooks.active('prerouting')) {
      hooks.pass(new Passage('prerouting', packet, skb, device, undefined, this.#looped));
    } else this.#deliver(device, packet, skb);
  }

  readonly #looped = ({ in: device, packet, skb }: Passage): undefined => {
    if (device !== undefined) this.#deliver(device, packet, skb);
  };

  /** ip_route_input_slow. What a namespace sends to itself was routed when it was sent. */
  #routeIn(device: Device, packet: IpPacket, skb: Skb): void {
    const { fib, tap } = this.#stack;
    skb.outerDf = undefined;
    const inside = device.kind === 'loopback';
    const strange = inside ? undefined : martian(packet, device);
    if (strange !== undefined) {
      this.#refuse(device, packet, skb, strange);
      return;
    }
    const { destination } = packet;
    const flow = fib.plain && packet.fragment === undefined ? packet : flowOf(packet, skb, device);
    const route = destination === BROADCAST_ADDRESS ? undefined : fib.lookup(flow);
    if (route?.type === 'local' || route?.type === 'broadcast' || destination === BROADCAST_ADDRESS) {
      const refused =
        inside || packet.source === 0 ? undefined : sourceRefused(fib, packet, skb.mark, device, undefined);
      if (refused !== undefined) {
        this.#refuse(device, packet, skb, refused);
        return;
      }
      if (tap.active) reportRoute(this.#stack, packet, skb, route, device);
      this.#deliver(device, packet, skb);
      return;
    }
    if (device.inet.forwarding !== 0 && route?.type === 'unicast') {
      const refused = sourceRefused(fib, packet, skb.mark, device, route.device);
      if (refused !== undefined) {
        this.#refuse(device, packet, skb, refused);
        return;
      }
    }
    if (tap.active) reportRoute(this.#stack, packet, skb, route, device);
    if (route?.type === 'unicast') this.#forward(device, packet, skb, route);
    else this.#noWay(device, packet, skb, route);
  }

  #refuse(device: Device, packet: IpPacket, skb: Skb, reason: string): void {
    if (this.#stack.tap.active) this.#stack.report('route', packet, skb, { device, verdict: 'drop', reason });
  }

  /** ip_error: only a router says that it knows no way, and not too often. */
  #noWay(device: Device, packet: IpPacket, skb: Skb, route: Route | undefined): void {
    if (device.inet.forwarding === 0) return;
    const code = answers[refusal(route) ?? 'ENETUNREACH'];
    if (code === undefined) return;
    if (this.#peers.allowUnreachable(packet.source)) this.sendError(code, packet, skb);
    else if (this.#stack.tap.active) {
      this.#end('route', packet, skb, 'drop', 'this host has been told often enough that there is no way');
    }
  }

  send(outgoing: Outgoing, skb: Skb): Errno | undefined {
    return this.#sender.send(outgoing, skb);
  }

  reroute(passage: Passage): Errno | undefined {
    return this.#sender.reroute(passage);
  }

  /** The source address that such packets would get; `undefined`: there is no route. */
  sourceFor(flow: OwnFlow): IpAddress | undefined {
    return this.#sender.sourceFor(flow);
  }

  /** The largest packet that the path of such packets is known to take. */
  mtuTo(flow: OwnFlow): number {
    return this.#sender.mtuTo(flow);
  }

  pathOf(flow: OwnFlow): Path | undefined {
    return this.#sender.pathOf(flow);
  }

  toNeighbour(device: Device, nextHop: IpAddress, packet: IpPacket, skb: Skb): void {
    this.arp.neighbours.send(device, nextHop, packet, skb);
  }

  /** TCP heard from the other side: the next hop on the way there lives. */
  confirm(flow: OwnFlow): void {
    this.#sender.confirm(flow);
  }

  sendError(code: IcmpError['code'], cause: IpPacket, skb: Skb, mtu?: number): void {
    this.#errors.send(code, cause, skb, mtu === undefined ? {} : { mtu });
  }

  close(): void {
    this.#reassembly.clear();
  }

  #forward(device: Device, packet: IpPacket, skb: Skb, route: Route): void {
    const { tap, sysctl } = this.#stack;
    const out = route.device;
    if (device.inet.forwarding === 0 || out === undefined) {
      const name = sysctl.forwarding ? `net.ipv4.conf.${device.name}.forwarding` : 'net.ipv4.ip_forward';
      if (tap.active) this.#end('forward', packet, skb, 'drop', `${name} is 0: not a router`);
      return;
    }
    // ip_forward: whatever a rule has made of its destination.
    if (skb.broadcast) {
      if (tap.active) this.#end('forward', packet, skb, 'drop', 'it came to everybody on its link: not forwarded');
      return;
    }
    if (packet.ttl <= 1) {
      if (tap.active) this.#end('forward', packet, skb, 'reject', 'its time to live has run out');
      this.sendError('ttl', packet, skb);
      return;
    }
    const { source, destination, tos, id, dontFragment, payload } = packet;
    // ip_dst_mtu_maybe_forward: what senders have learnt is not what a router goes by.
    const learnt = sysctl.forwardByPathMtu !== 0 || this.exceptions.get(route, destination)?.locked === true;
    const mtu = learnt ? this.exceptions.mtu({ route, device: out }, destination) : (route.metrics?.mtu ?? out.mtu);
    const may = skb.ignoreDf && (skb.fragments?.largest ?? 0) <= mtu;
    if (dontFragment && !may && linkLength(packet, skb.segmentSize) > mtu) {
      if (tap.active) {
        this.#end('forward', packet, skb, 'reject', `longer than the MTU ${mtu} of ${out.name}, and not to be cut`);
      }
      this.sendError('fragmentation-needed', packet, skb, mtu);
      return;
    }
    const forwarded: IpPacket =
      packet.fragment === undefined
        ? { kind: 'ip', source, destination, ttl: packet.ttl - 1, tos, id, dontFragment, payload }
        : { ...packet, ttl: packet.ttl - 1 };
    if (tap.active) this.#stack.report('forward', packet, skb, { device, verdict: 'accept', after: forwarded });
    if (
      out === device &&
      !translatedOnBridge(packet, skb) &&
      redirects(this.#stack.fib, packet, skb.mark, route, device)
    ) {
      const gateway = this.exceptions.nextHop(route, destination);
      if (this.#peers.allowRedirect(source)) this.#errors.send('redirect-host', forwarded, skb, { gateway });
    }
    const path: Path = { route, device: out, nextHop: this.exceptions.nextHop(route, destination), mtu };
    const { hooks } = this.#stack;
    if (!hooks.active('forward')) {
      this.#sender.output(path, forwarded, skb, device, undefined);
      return;
    }
    const passage = new Passage('forward', forwarded, skb, device, out, this.#forwarded);
    passage.path = path;
    hooks.pass(passage);
  }

  readonly #forwarded = ({ path, packet, skb, in: device }: Passage): Errno | undefined =>
    path === undefined ? undefined : this.#sender.output(path, packet, skb, device, undefined);

  #deliver(device: Device, fragmentOrPacket: IpPacket, skb: Skb): void {
    const packet = this.#reassembly.add(fragmentOrPacket, skb, device);
    if ('reason' in packet) {
      if (this.#stack.tap.active) this.#stack.report('input', fragmentOrPacket, skb, { device, ...packet });
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
        this.#transport.failed({ error: payload, packet, device, skb });
        return;
      }
    }
    if (this.#transport.deliver(packet, skb, device)) return;
    // udp_rcv has let go of the connection (nf_reset_ct): the error finds it by itself.
    if (payload.protocol === 'udp') skb.connection = undefined;
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
    this.#errors.bySocket(() => this.send(reply, skb.fork()));
  }

  believe(heard: Heard, flow: OwnFlow): void {
    const { error } = heard;
    if (error.type === 'redirect') {
      const path = this.#sender.pathOf(flow);
      if (path !== undefined) acceptRedirect(this.#stack, this.arp.neighbours, heard, path, flow.destination);
    } else if (error.code === 'fragmentation-needed') {
      // icmp_unreach: what net.ipv4.ip_no_pmtu_disc makes of it.
      const { noPathMtu } = this.#stack.sysctl;
      const path = noPathMtu === 2 ? undefined : this.#sender.pathOf(flow);
      if (path === undefined) return;
      this.exceptions.learnMtu(path, flow.destination, noPathMtu === 1 ? 0 : (error.mtu ?? 0));
    }
  }

  #end(
    stage: 'input' | 'forward' | 'output' | 'route',
    packet: IpPacket,
    skb: Skb,
    verdict: Verdict,
    reason: string,
  ): void {
    this.#stack.report(stage, packet, skb, { verdict, reason });
  }
}
