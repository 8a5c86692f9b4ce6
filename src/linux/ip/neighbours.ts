import type { Device } from '../device/device.ts';
import { Neighbour, type NeighbourState } from '../device/neighbour.ts';
import { NetlinkError } from '../netlink-error.ts';
import { formatIp, type IpAddress, type MacAddress } from '../packet/address.ts';
import type { Frame, IpPacket } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';
import type { Stack } from './stack.ts';

/** States in which the MAC address may be used (NUD_VALID). */
const VALID: ReadonlySet<NeighbourState> = new Set(['PERMANENT', 'NOARP', 'REACHABLE', 'STALE', 'DELAY', 'PROBE']);
/** States that only an administrator changes. */
const FIXED: ReadonlySet<NeighbourState> = new Set(['PERMANENT', 'NOARP']);
const SECOND = 1000;

/** What has been heard of a neighbour. */
export interface News {
  readonly mac: MacAddress;
  readonly state: 'REACHABLE' | 'STALE';
  /** Another MAC address than the known one is believed (NEIGH_UPDATE_F_OVERRIDE). */
  readonly override: boolean;
}

/** An entry by hand. */
export interface NeighbourSpec {
  readonly mac?: MacAddress | undefined;
  readonly state: NeighbourState;
}

/** How a neighbour is asked for, and who is told that one is not there. */
export interface Solicitor {
  ask(device: Device, neighbour: Neighbour, to: 'everybody' | MacAddress): void;
  failed(packet: IpPacket, skb: Skb): void;
}

/** The neighbours of a namespace's devices and their states, as in the kernel's net/core/neighbour.c. */
export class Neighbours {
  readonly #stack: Stack;
  readonly #solicitor: Solicitor;

  constructor(stack: Stack, solicitor: Solicitor) {
    this.#stack = stack;
    this.#solicitor = solicitor;
  }

  /** Puts the packet into a frame to `nextHop` and sends it, or lets it wait for the MAC address. */
  send(device: Device, nextHop: IpAddress, packet: IpPacket, skb: Skb): void {
    const neighbour = device.neighbours.get(nextHop);
    const mac = neighbour?.mac;
    if (neighbour !== undefined && mac !== undefined) {
      if (neighbour.state !== 'PERMANENT') this.#use(device, neighbour);
      neighbour.cached = true;
      this.#transmit(device, mac, packet, skb);
      return;
    }
    this.#wait(device, neighbour ?? this.create(device, nextHop), packet, skb);
  }

  /** Proof from above (TCP's acknowledgements) that the next hop is there. */
  confirm(device: Device, nextHop: IpAddress): void {
    const neighbour = device.neighbours.get(nextHop);
    if (neighbour !== undefined) neighbour.confirmed = this.#stack.clock.now();
  }

  /** neigh_event_send, for no packet: is its MAC address known? If not, it is asked for. */
  known(device: Device, address: IpAddress): boolean {
    const neighbour = device.neighbours.get(address) ?? this.create(device, address);
    if (neighbour.mac !== undefined) return true;
    if (neighbour.timer !== undefined && neighbour.state === 'INCOMPLETE') return false;
    neighbour.state = 'INCOMPLETE';
    this.#solicit(device, neighbour);
    return false;
  }

  /** What `ip neigh` shows; REACHABLE ends by time alone. */
  refresh(neighbour: Neighbour): void {
    if (neighbour.state === 'REACHABLE' && this.#stack.clock.now() > neighbour.freshUntil) neighbour.state = 'STALE';
  }

  /** An entry by hand (neigh_add). Throws EEXIST, ENOENT, and EINVAL where the state needs a MAC address. */
  set(device: Device, address: IpAddress, spec: NeighbourSpec, mode: 'add' | 'change' | 'replace'): void {
    const there = device.neighbours.get(address);
    if (there !== undefined && mode === 'add') throw new NetlinkError('EEXIST');
    if (there === undefined && mode === 'change') throw new NetlinkError('ENOENT');
    const { state } = spec;
    const mac = spec.mac ?? there?.mac;
    const neighbour = there ?? this.create(device, address);
    if (VALID.has(state) && mac === undefined) throw new NetlinkError('EINVAL', 'No link layer address given.');
    neighbour.timer?.cancel();
    neighbour.timer = undefined;
    const { clock } = this.#stack;
    const other = neighbour.mac !== mac;
    if (neighbour.state !== state || other) neighbour.updated = clock.now();
    neighbour.state = state;
    if (!VALID.has(state)) {
      neighbour.mac = undefined;
      if (state === 'INCOMPLETE') this.#solicit(device, neighbour);
      else this.#drop(neighbour, `the neighbour entry for ${formatIp(address)} was set to ${state.toLowerCase()}`);
      return;
    }
    neighbour.mac = mac;
    if (state === 'REACHABLE') this.#reachable(device, neighbour);
    else if (FIXED.has(state)) neighbour.confirmed = clock.now();
    else if (other) this.#unconfirmed(device, neighbour);
    if (state === 'DELAY') this.#delay(device, neighbour);
    else if (state === 'PROBE') this.#probeAgain(device, neighbour);
    this.#sendWaiting(device, neighbour);
  }

  forget(device: Device, neighbour: Neighbour): void {
    neighbour.timer?.cancel();
    device.neighbours.delete(neighbour.address);
    this.#drop(neighbour, `the neighbour entry for ${formatIp(neighbour.address)} was removed`);
  }

  /** neigh_update, for what was heard; packets that waited go out. */
  learn(device: Device, neighbour: Neighbour, { mac, state, override }: News): void {
    this.refresh(neighbour);
    if (FIXED.has(neighbour.state)) return;
    const now = this.#stack.clock.now();
    if (state === 'REACHABLE') neighbour.confirmed = now;
    const valid = VALID.has(neighbour.state);
    const other = neighbour.mac !== mac;
    if (valid && other && !override) return;
    // An old entry that is heard of again stays what it was.
    if (valid && !other && state === 'STALE') return;
    if (neighbour.state !== state || other) neighbour.updated = now;
    neighbour.timer?.cancel();
    neighbour.timer = undefined;
    neighbour.mac = mac;
    if (state === 'REACHABLE') this.#reachable(device, neighbour);
    else {
      neighbour.state = 'STALE';
      if (other) this.#unconfirmed(device, neighbour);
    }
    this.#sendWaiting(device, neighbour);
  }

  create(device: Device, address: IpAddress): Neighbour {
    const neighbour = new Neighbour(address);
    neighbour.state = 'NONE';
    neighbour.updated = this.#stack.clock.now();
    neighbour.used = neighbour.updated;
    this.#unconfirmed(device, neighbour);
    device.neighbours.set(address, neighbour);
    return neighbour;
  }

  #sendWaiting(device: Device, neighbour: Neighbour): void {
    for (const { packet, skb } of neighbour.waiting.splice(0)) this.send(device, neighbour.address, packet, skb);
  }

  #unconfirmed(device: Device, neighbour: Neighbour): void {
    neighbour.confirmed = this.#stack.clock.now() - 2 * device.arp.base_reachable_time_ms;
  }

  #reachable(device: Device, neighbour: Neighbour): void {
    const { clock, random } = this.#stack;
    neighbour.state = 'REACHABLE';
    neighbour.confirmed = clock.now();
    // RFC 4861, 6.3.2: uniformly between half and one and a half of the base time.
    neighbour.freshUntil = clock.now() + device.arp.base_reachable_time_ms * (0.5 + random.fraction());
  }

  /** A known MAC address is used: an old one is tried first and asked for again later. */
  #use(device: Device, neighbour: Neighbour): void {
    neighbour.used = this.#stack.clock.now();
    if (neighbour.state === 'REACHABLE' && neighbour.used <= neighbour.freshUntil) return;
    this.refresh(neighbour);
    if (neighbour.state === 'STALE') this.#delay(device, neighbour);
  }

  #delay(device: Device, neighbour: Neighbour): void {
    const { clock } = this.#stack;
    const patience = device.arp.delay_first_probe_time * SECOND;
    neighbour.state = 'DELAY';
    neighbour.timer = clock.after(patience, () => {
      neighbour.timer = undefined;
      if (clock.now() - neighbour.confirmed <= patience) this.#reachable(device, neighbour);
      else this.#probeAgain(device, neighbour);
    });
  }

  #probeAgain(device: Device, neighbour: Neighbour): void {
    neighbour.state = 'PROBE';
    neighbour.probes = 0;
    this.#probe(device, neighbour);
  }

  #wait(device: Device, neighbour: Neighbour, packet: IpPacket, skb: Skb): void {
    if (this.#stack.tap.active) {
      const reason = `waits for the MAC address of ${formatIp(neighbour.address)}`;
      this.#stack.report('arp', packet, skb, { device, verdict: 'queue', reason });
    }
    neighbour.waiting.push({ packet, skb });
    if (neighbour.waiting.length > device.arp.unres_qlen) this.#dropOldest(neighbour, device.arp.unres_qlen);
    if (neighbour.timer !== undefined && neighbour.state === 'INCOMPLETE') return;
    neighbour.state = 'INCOMPLETE';
    this.#solicit(device, neighbour);
  }

  /** Nothing is known: as if the requests to a known address had been made already. */
  #solicit(device: Device, neighbour: Neighbour): void {
    neighbour.probes = device.arp.ucast_solicit;
    this.#probe(device, neighbour);
  }

  /** neigh_timer_handler and arp_solicit. */
  #probe(device: Device, neighbour: Neighbour): void {
    const { ucast_solicit, mcast_solicit, app_solicit, retrans_time_ms } = device.arp;
    const most = ucast_solicit + app_solicit + (neighbour.state === 'PROBE' ? 0 : mcast_solicit);
    if (neighbour.probes >= most) {
      this.#fail(device, neighbour);
      return;
    }
    const asked = neighbour.probes++;
    neighbour.timer = this.#stack.clock.after(retrans_time_ms, () => this.#probe(device, neighbour));
    if (asked < ucast_solicit) this.#solicitor.ask(device, neighbour, neighbour.mac ?? 'everybody');
    else if (asked >= ucast_solicit + app_solicit) this.#solicitor.ask(device, neighbour, 'everybody');
  }

  #fail(device: Device, neighbour: Neighbour): void {
    const { ucast_solicit } = device.arp;
    const tries = neighbour.state === 'PROBE' ? neighbour.probes : neighbour.probes - ucast_solicit;
    neighbour.state = 'FAILED';
    neighbour.mac = undefined;
    neighbour.timer = undefined;
    neighbour.updated = this.#stack.clock.now();
    for (const { packet, skb } of neighbour.waiting.splice(0)) {
      if (this.#stack.tap.active) {
        const reason = `nobody answered ARP for ${formatIp(neighbour.address)} (${tries} tries)`;
        this.#stack.report('arp', packet, skb, { verdict: 'drop', reason });
      }
      this.#solicitor.failed(packet, skb);
    }
  }

  #drop(neighbour: Neighbour, reason: string): void {
    const waiting = neighbour.waiting.splice(0);
    if (!this.#stack.tap.active) return;
    for (const { packet, skb } of waiting) this.#stack.report('arp', packet, skb, { verdict: 'drop', reason });
  }

  #dropOldest(neighbour: Neighbour, most: number): void {
    const oldest = neighbour.waiting.shift();
    if (oldest === undefined || !this.#stack.tap.active) return;
    const reason = `more than ${most} packets wait for the MAC address of ${formatIp(neighbour.address)}`;
    this.#stack.report('arp', oldest.packet, oldest.skb, { verdict: 'drop', reason });
  }

  #transmit(device: Device, mac: MacAddress, packet: IpPacket, skb: Skb): void {
    const frame: Frame = { source: device.mac, destination: mac, payload: packet };
    if (this.#stack.tap.active) this.#stack.report('send', frame, skb, { device });
    device.send(frame, skb);
  }
}
