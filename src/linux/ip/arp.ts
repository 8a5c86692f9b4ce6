import type { Device } from '../device/device.ts';
import { Neighbour } from '../device/neighbour.ts';
import { NetlinkError } from '../netlink-error.ts';
import { BROADCAST_MAC, formatIp, type IpAddress, type MacAddress } from '../packet/address.ts';
import type { ArpPacket, Frame, IpPacket } from '../packet/packet.ts';
import { Skb } from '../packet/skb.ts';
import { selectSource } from './configuration.ts';
import type { Stack } from './stack.ts';

/** The kernel's defaults (arp(7), Documentation/networking/ip-sysctl): times in milliseconds. */
const PROBE_INTERVAL = 1000;
const PROBES = 3;
const BASE_REACHABLE_TIME = 30_000;
const DELAY_FIRST_PROBE = 5000;
/** The kernel counts bytes (unres_qlen_bytes 212992); at full-sized packets these are as many. */
const QUEUE_LIMIT = 101;

/** ARP (RFC 826) and the states of neighbours as in the kernel's net/core/neighbour.c. */
export class Arp {
  readonly #stack: Stack;
  readonly #failed: (packet: IpPacket, skb: Skb) => void;

  /** `failed` is told of each packet whose next hop did not answer. */
  constructor(stack: Stack, failed: (packet: IpPacket, skb: Skb) => void) {
    this.#stack = stack;
    this.#failed = failed;
  }

  /** Puts the packet into a frame to `nextHop` and sends it, or lets it wait for the answer to "who has". */
  send(device: Device, nextHop: IpAddress, packet: IpPacket, skb: Skb): void {
    const neighbour = device.neighbours.get(nextHop);
    const mac = neighbour?.mac;
    if (neighbour !== undefined && mac !== undefined) {
      if (neighbour.state !== 'PERMANENT') this.#use(device, neighbour);
      this.#transmit(device, mac, packet, skb);
      return;
    }
    this.#wait(device, neighbour ?? this.#create(device, nextHop), packet, skb);
  }

  /** Proof from above (TCP's acknowledgements) that the next hop is there. */
  confirm(device: Device, nextHop: IpAddress): void {
    const neighbour = device.neighbours.get(nextHop);
    if (neighbour !== undefined) neighbour.confirmed = this.#stack.clock.now();
  }

  /** What `ip neigh` shows; REACHABLE ends by time alone. */
  refresh(neighbour: Neighbour): void {
    if (neighbour.state === 'REACHABLE' && this.#stack.clock.now() > neighbour.freshUntil) neighbour.state = 'STALE';
  }

  /** An entry by hand. Throws EEXIST unless it may replace another. */
  set(
    device: Device,
    address: IpAddress,
    mac: MacAddress,
    state: 'PERMANENT' | 'REACHABLE' | 'STALE',
    replace: boolean,
  ): void {
    const there = device.neighbours.get(address);
    if (there !== undefined && !replace) throw new NetlinkError('EEXIST');
    const neighbour = there ?? this.#create(device, address);
    if (neighbour.state === 'PERMANENT') neighbour.state = 'STALE';
    this.#learn(device, neighbour, mac, state === 'STALE' ? 'STALE' : 'REACHABLE');
    if (state === 'PERMANENT') neighbour.state = 'PERMANENT';
  }

  forget(device: Device, neighbour: Neighbour): void {
    neighbour.timer?.cancel();
    device.neighbours.delete(neighbour.address);
    this.#drop(neighbour, `the neighbour entry for ${formatIp(neighbour.address)} was removed`);
  }

  receive(device: Device, frame: Frame, arp: ArpPacket, skb: Skb): void {
    const { fib, tap } = this.#stack;
    const forUs = fib.isLocal(arp.targetIp);
    if (tap.active) {
      const reason = `${forUs ? 'asks for' : 'is not about'} an address of this namespace`;
      if (arp.operation === 'request') {
        this.#stack.report('arp', frame, skb, { device, verdict: forUs ? 'deliver' : 'drop', reason });
      } else this.#stack.report('arp', frame, skb, { device, verdict: 'deliver' });
    }
    if (arp.operation === 'request') {
      if (!forUs || fib.isLocal(arp.senderIp)) return;
      const asker = device.neighbours.get(arp.senderIp) ?? this.#create(device, arp.senderIp);
      this.#learn(device, asker, arp.senderMac, 'STALE');
      this.#sendArp(device, arp.senderMac, 'reply', arp.targetIp, arp.senderMac, arp.senderIp, skb.fork());
      return;
    }
    const neighbour = device.neighbours.get(arp.senderIp);
    if (neighbour !== undefined) this.#learn(device, neighbour, arp.senderMac, 'REACHABLE');
  }

  /** A new piece of knowledge; packets that waited for it go out. */
  #learn(device: Device, neighbour: Neighbour, mac: MacAddress, state: 'REACHABLE' | 'STALE'): void {
    this.refresh(neighbour);
    if (neighbour.state === 'PERMANENT') return;
    if (state === 'STALE' && neighbour.mac === mac && neighbour.state === 'REACHABLE') return;
    const now = this.#stack.clock.now();
    neighbour.timer?.cancel();
    neighbour.timer = undefined;
    neighbour.mac = mac;
    neighbour.updated = now;
    neighbour.probes = 0;
    if (state === 'REACHABLE') this.#reachable(neighbour);
    else neighbour.state = 'STALE';
    for (const { packet, skb } of neighbour.waiting.splice(0)) this.send(device, neighbour.address, packet, skb);
  }

  #reachable(neighbour: Neighbour): void {
    const { clock, random } = this.#stack;
    neighbour.state = 'REACHABLE';
    neighbour.confirmed = clock.now();
    // RFC 4861, 6.3.2: uniformly between half and one and a half of the base time.
    neighbour.freshUntil = clock.now() + BASE_REACHABLE_TIME * (0.5 + random.fraction());
  }

  /** A known MAC address is used: an old one is tried first and asked for again later. */
  #use(device: Device, neighbour: Neighbour): void {
    const { clock } = this.#stack;
    neighbour.used = clock.now();
    if (neighbour.state === 'REACHABLE' && neighbour.used <= neighbour.freshUntil) return;
    this.refresh(neighbour);
    if (neighbour.state !== 'STALE') return;
    neighbour.state = 'DELAY';
    neighbour.timer = clock.after(DELAY_FIRST_PROBE, () => {
      neighbour.timer = undefined;
      if (clock.now() - neighbour.confirmed <= DELAY_FIRST_PROBE) {
        this.#reachable(neighbour);
        return;
      }
      neighbour.state = 'PROBE';
      neighbour.probes = 0;
      this.#probe(device, neighbour);
    });
  }

  #create(device: Device, address: IpAddress): Neighbour {
    const neighbour = new Neighbour(address);
    neighbour.updated = this.#stack.clock.now();
    device.neighbours.set(address, neighbour);
    return neighbour;
  }

  #wait(device: Device, neighbour: Neighbour, packet: IpPacket, skb: Skb): void {
    if (this.#stack.tap.active) {
      const reason = `waits for the MAC address of ${formatIp(neighbour.address)}`;
      this.#stack.report('arp', packet, skb, { device, verdict: 'queue', reason });
    }
    neighbour.waiting.push({ packet, skb });
    if (neighbour.waiting.length > QUEUE_LIMIT) this.#dropOldest(neighbour);
    if (neighbour.timer !== undefined && neighbour.state === 'INCOMPLETE') return;
    neighbour.state = 'INCOMPLETE';
    neighbour.probes = 0;
    this.#probe(device, neighbour);
  }

  #probe(device: Device, neighbour: Neighbour): void {
    if (neighbour.probes >= PROBES) {
      this.#fail(neighbour);
      return;
    }
    neighbour.probes++;
    neighbour.timer = this.#stack.clock.after(PROBE_INTERVAL, () => this.#probe(device, neighbour));
    const cause = neighbour.waiting.at(-1);
    const wanted = cause?.packet.source;
    const source =
      wanted !== undefined && this.#stack.fib.isLocal(wanted)
        ? wanted
        : selectSource(device, neighbour.address, 'link', this.#stack.devices.values());
    const skb = cause?.skb.fork() ?? new Skb(undefined, 0);
    const to = neighbour.state === 'PROBE' ? (neighbour.mac ?? BROADCAST_MAC) : BROADCAST_MAC;
    this.#sendArp(device, to, 'request', source ?? 0, 0, neighbour.address, skb);
  }

  #fail(neighbour: Neighbour): void {
    neighbour.state = 'FAILED';
    neighbour.mac = undefined;
    neighbour.timer = undefined;
    neighbour.updated = this.#stack.clock.now();
    for (const { packet, skb } of neighbour.waiting.splice(0)) {
      if (this.#stack.tap.active) {
        const reason = `nobody answered ARP for ${formatIp(neighbour.address)} (${PROBES} tries)`;
        this.#stack.report('arp', packet, skb, { verdict: 'drop', reason });
      }
      this.#failed(packet, skb);
    }
  }

  #drop(neighbour: Neighbour, reason: string): void {
    const waiting = neighbour.waiting.splice(0);
    if (!this.#stack.tap.active) return;
    for (const { packet, skb } of waiting) this.#stack.report('arp', packet, skb, { verdict: 'drop', reason });
  }

  #dropOldest(neighbour: Neighbour): void {
    const oldest = neighbour.waiting.shift();
    if (oldest === undefined || !this.#stack.tap.active) return;
    const reason = `more than ${QUEUE_LIMIT} packets wait for the MAC address of ${formatIp(neighbour.address)}`;
    this.#stack.report('arp', oldest.packet, oldest.skb, { verdict: 'drop', reason });
  }

  #sendArp(
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

  #transmit(device: Device, mac: MacAddress, packet: IpPacket, skb: Skb): void {
    const frame: Frame = { source: device.mac, destination: mac, payload: packet };
    if (this.#stack.tap.active) this.#stack.report('send', frame, skb, { device });
    device.send(frame, skb);
  }
}
