import type { Milliseconds } from '../../../simulation/clock.ts';
import type { Frame } from '../../packet/packet.ts';
import type { Skb } from '../../packet/skb.ts';
import type { Device, DevicePort } from '../device.ts';

/** BR_STATE_* in the kernel's order; without the spanning tree protocol a port that runs forwards at once. */
export const portStates = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'] as const;
export type PortState = (typeof portStates)[number];

/** The bridge, as its ports see it. */
export interface PortMaster extends Device {
  handle(port: BridgePort, frame: Frame, skb: Skb): void;
  portChanged(port: BridgePort): void;
  release(port: BridgePort): void;
  setPortState(port: BridgePort, state: PortState): void;
  readonly forwardDelay: Milliseconds;
  /** What is left of a time that began at `since`. */
  left(since: Milliseconds | undefined, length: Milliseconds): Milliseconds;
}

/** A device as the port of a bridge (net_bridge_port). */
export class BridgePort implements DevicePort {
  readonly master: PortMaster;
  readonly device: Device;
  /** From 1. */
  readonly number: number;
  state: PortState = 'disabled';
  /** Link, device and bridge are up. */
  running = false;
  /** When it last began to forward. */
  since: Milliseconds | undefined;
  /** What `bridge link set` changes. */
  hairpin = false;
  learning = true;
  flood = true;
  broadcastFlood = true;
  isolated = false;
  cost: number;
  priority = 32;
  /** Its own entry in the forwarding table. */
  mac: number;

  constructor(master: PortMaster, device: Device, number: number) {
    this.master = master;
    this.device = device;
    this.number = number;
    this.mac = device.mac;
    this.cost = device.linkCost;
  }

  receive(frame: Frame, skb: Skb): void {
    this.master.handle(this, frame, skb);
  }

  changed(): void {
    this.master.portChanged(this);
  }

  leave(): void {
    this.master.release(this);
  }

  /** br_port_id's text. */
  get id(): number {
    return (this.priority << 10) | this.number;
  }
}
