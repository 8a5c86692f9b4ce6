import type { Device } from '../device/device.ts';
import type { InterfaceAddress } from '../device/interface-address.ts';
import { type Scope, scopeNumber } from '../device/interface-address.ts';
import type { Neighbour } from '../device/neighbour.ts';
import { NetlinkError } from '../netlink-error.ts';
import { BROADCAST_MAC, contains, type IpAddress, isMulticast, type MacAddress } from '../packet/address.ts';
import type { ArpPacket, Frame, IpPacket } from '../packet/packet.ts';
import { Skb } from '../packet/skb.ts';
import { selectSource } from './configuration.ts';
import { martian, sourceRefused } from './input-route.ts';
import { Neighbours } from './neighbours.ts';
import type { Stack } from './stack.ts';

/** Addresses that are answered for by hand (`ip neigh add proxy`). Without a device: on all. */
export interface ProxyEntry {
  readonly address: IpAddress;
  readonly device: Device | undefined;
}

/** ARP (RFC 826), as in the kernel's net/ipv4/arp.c; `neighbours` keeps what is known. */
export class Arp {
  readonly neighbours: Neighbours;
  readonly #stack: Stack;
  readonly #proxies: ProxyEntry[] = [];

  /** `failed` is told of each packet whose next hop did not answer. */
  constructor(stack: Stack, failed: (packet: IpPacket, skb: Skb) => void) {
    this.#stack = stack;
    this.neighbours = new Neighbours(stack, {
      ask: (device, neighbour, to) => this.#ask(device, neighbour, to),
      failed,
    });
  }

  /** In the order in which they were added. */
  proxies(): readonly ProxyEntry[] {
    return this.#proxies;
  }

  addProxy(address: IpAddress, device: Device | undefined): void {
    const there = this.#proxies.some((one) => one.address === address && one.device === device);
    if (!there) this.#proxies.push({ address, device });
  }

  /** Throws ENOENT where there is none. */
  removeProxy(address: IpAddress, device: Device | undefined): void {
    const at = this.#proxies.findIndex((one) => one.address === address && one.device === device);
    if (at < 0) throw new NetlinkError('ENOENT');
    this.#proxies.splice(at, 1);
  }

  /** Tells the link who has the device's addresses, where net.ipv4.conf.DEV.arp_notify wants it (inetdev_event). */
  announce(device: Device): void {
    if (device.inet.arp_notify === 0 || !device.up || !device.needsArp) return;
    for (const { local } of device.addresses) {
      this.#send(device, BROADCAST_MAC, 'request', local, 0, local, new Skb(undefined, 0));
    }
  }

  /** arp_process. */
  receive(device: Device, frame: Frame, arp: ArpPacket, skb: Skb): void {
    const { operation, senderIp, targetIp } = arp;
    const gratuitous = senderIp === targetIp;
    const refused = this.#unheard(device, senderIp, targetIp);
    const answers = operation === 'request' && refused === undefined ? this.#answers(device, senderIp, targetIp) : 'no';
    if (this.#stack.tap.active) this.#report(device, frame, arp, skb, refused, answers);
    if (refused !== undefined) return;
    if (answers === 'no') {
      if (senderIp !== 0) this.#update(device, frame, arp, gratuitous);
      return;
    }
    if (senderIp !== 0) {
      const { neighbours } = this;
      const asker = device.neighbours.get(senderIp) ?? neighbours.create(device, senderIp);
      neighbours.learn(device, asker, { mac: arp.senderMac, state: 'STALE', override: true });
    }
    const reply = () => {
      const answer = skb.fork();
      answer.outerDf = skb.outerDf;
      this.#send(device, arp.senderMac, 'reply', targetIp, arp.senderMac, senderIp, answer);
    };
    const delay = answers === 'proxy' && frame.destination !== device.mac ? device.arp.proxy_delay * 10 : 0;
    if (delay === 0) reply();
    else this.#stack.clock.after(this.#stack.random.below(delay), reply);
  }

  /** Addresses that no ARP packet is about. */
  #unheard(device: Device, sender: IpAddress, target: IpAddress): string | undefined {
    const loopback = (target as number) >>> 24 === 127 && device.inet.route_localnet === 0;
    if (isMulticast(target) || loopback) return 'nobody has this address on a link';
    if (sender === target && device.inet.drop_gratuitous_arp !== 0) return 'drop_gratuitous_arp: it tells of itself';
    return undefined;
  }

  /** Is a request for `target` answered: as an address of the namespace, or for another host? */
  #answers(device: Device, sender: IpAddress, target: IpAddress): 'no' | 'own' | 'proxy' {
    const { fib } = this.#stack;
    if (sender === 0) return fib.isLocal(target) && !this.#ignored(device, 0, target) ? 'own' : 'no';
    const addresses = { source: sender, destination: target, tos: 0 };
    if (martian(addresses, device) !== undefined) return 'no';
    const route = fib.lookup({ destination: target, source: sender, in: device });
    if (route?.type === 'local') {
      if (sourceRefused(fib, addresses, 0, device, undefined) !== undefined) return 'no';
      if (this.#ignored(device, sender, target)) return 'no';
      if (device.inet.arp_filter !== 0) {
        const back = fib.lookup({ destination: sender, source: target });
        if (back?.device !== device) return 'no';
      }
      return 'own';
    }
    if (route?.type !== 'unicast' || device.inet.forwarding === 0 || route.device === device) return 'no';
    if (sourceRefused(fib, addresses, 0, device, route.device) !== undefined) return 'no';
    const byHand = this.#proxies.some(
      (one) => one.address === target && (one.device === undefined || one.device === device),
    );
    return byHand || device.inet.proxy_arp !== 0 ? 'proxy' : 'no';
  }

  /** arp_ignore: 1 only addresses of this device, 2 also only to askers of its subnet, 3 none of scope host, 8 none. */
  #ignored(device: Device, sender: IpAddress, target: IpAddress): boolean {
    const { devices } = this.#stack;
    switch (device.inet.arp_ignore) {
      case 1:
        return !confirms(device.addresses, 0, target, 'host');
      case 2:
        return !confirms(device.addresses, sender, target, 'host');
      case 3:
        return ![...devices.values()].some(({ addresses }) => confirms(addresses, 0, target, 'link'));
      case 8:
        return true;
      default:
        return false;
    }
  }

  /** What is heard about others: entries that are there are kept up to date, new ones made where arp_accept allows. */
  #update(device: Device, frame: Frame, { operation, senderIp, senderMac }: ArpPacket, gratuitous: boolean): void {
    const { fib, clock } = this.#stack;
    if (fib.isLocal(senderIp)) return;
    const { neighbours } = this;
    let neighbour = device.neighbours.get(senderIp);
    const accept = device.inet.arp_accept;
    const onSubnet = device.addresses.some(({ peer, length }) => contains({ address: peer, length }, senderIp));
    if (
      neighbour === undefined &&
      (accept === 1 || (accept === 2 && onSubnet)) &&
      (gratuitous || operation === 'reply')
    ) {
      neighbour = neighbours.create(device, senderIp);
    }
    if (neighbour === undefined) return;
    // Of several replies the first counts.
    const override = gratuitous || clock.now() > neighbour.updated + device.arp.locktime * 10;
    const direct = operation === 'reply' && frame.destination === device.mac;
    neighbours.learn(device, neighbour, { mac: senderMac, state: direct ? 'REACHABLE' : 'STALE', override });
  }

  /** arp_solicit: which own address asks is arp_announce's. */
  #ask(device: Device, neighbour: Neighbour, to: 'everybody' | MacAddress): void {
    const { fib, devices } = this.#stack;
    const cause = neighbour.waiting.at(-1);
    const wanted = cause?.packet.source;
    const { address } = neighbour;
    const own = wanted !== undefined && fib.isLocal(wanted) ? wanted : undefined;
    let source: IpAddress | undefined;
    if (device.inet.arp_announce === 0) source = own;
    else if (device.inet.arp_announce === 1 && own !== undefined && onLink(device.addresses, address, own))
      source = own;
    source ??= selectSource(device, address, 'link', devices.values());
    const skb = cause?.skb.fork() ?? new Skb(undefined, 0);
    this.#send(device, to === 'everybody' ? BROADCAST_MAC : to, 'request', source ?? 0, 0, address, skb);
  }

  #report(
    device: Device,
    frame: Frame,
    { operation }: ArpPacket,
    skb: Skb,
    refused: string | undefined,
    answers: 'no' | 'own' | 'proxy',
  ): void {
    if (operation === 'reply') {
      const verdict = refused === undefined ? 'deliver' : 'drop';
      this.#stack.report('arp', frame, skb, { device, verdict, ...(refused !== undefined && { reason: refused }) });
      return;
    }
    const reasons = {
      own: 'asks for an address of this namespace',
      proxy: 'asks for an address that this namespace answers for (proxy ARP)',
      no: 'is not about an address of this namespace',
    };
    const verdict = answers === 'no' ? 'drop' : 'deliver';
    this.#stack.report('arp', frame, skb, { device, verdict, reason: refused ?? reasons[answers] });
  }

  #send(
    device: Device,
    to: MacAddress,
    operation: ArpPacket['operation'],
    senderIp: IpAddress,
    targetMac: MacAddress,
    targetIp: IpAddress,
    skb: Skb,
  ): void {
    const payload: ArpPacket = { kind: 'arp', operation, senderMac: device.mac, senderIp, targetMac, targetIp };
    const frame: Frame = { source: device.mac, destination: to, payload };
    if (this.#stack.tap.active) this.#stack.report('send', frame, skb, { device });
    device.send(frame, skb);
  }
}

const subnet = ({ peer, length }: InterfaceAddress) => ({ address: peer, length });

/** confirm_addr_indev: one of the addresses is `local`, and one's subnet has it and (where it is asked) `remote`. */
function confirms(addresses: readonly InterfaceAddress[], remote: IpAddress, local: IpAddress, scope: Scope): boolean {
  const has = addresses.some((one) => one.local === local && scopeNumber[one.scope] <= scopeNumber[scope]);
  return (
    has && addresses.some((one) => contains(subnet(one), local) && (remote === 0 || contains(subnet(one), remote)))
  );
}

/** inet_addr_onlink: both in one subnet of the device. */
function onLink(addresses: readonly InterfaceAddress[], a: IpAddress, b: IpAddress): boolean {
  return addresses.some((one) => contains(subnet(one), a) && contains(subnet(one), b));
}
