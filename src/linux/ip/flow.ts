import type { Device } from '../device/device.ts';
import type { IpAddress } from '../packet/address.ts';
import type { IpPacket, Segment } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';

/** What decides a packet's way (the kernel's flowi4). A packet is a flow itself, where no more is known of it. */
export interface Flow {
  readonly destination: IpAddress;
  /** Absent or 0: not chosen yet. */
  readonly source?: IpAddress | undefined;
  readonly tos?: number | undefined;
  /** Its protocol and ports. */
  readonly payload?: FlowPayload | undefined;
  readonly mark?: number | undefined;
  /** Where it came in; absent: it is the namespace's own (the kernel's iif is then lo). */
  readonly in?: Device | undefined;
  /** Only routes out of this device count (SO_BINDTODEVICE, `ip route get ... oif`). */
  readonly out?: Device | undefined;
  /** Only routes of at least this scope count (`scopeNumber`): what a gateway is reached by. */
  readonly leastScope?: number | undefined;
}

export interface FlowPayload {
  readonly protocol: Segment['protocol'] | number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}

/** A packet with its mark and the device that it came in by. */
export function flowOf(packet: IpPacket, skb: Skb, input: Device | undefined): Flow {
  const { destination, source, tos, payload, fragment } = packet;
  // __skb_flow_dissect finds no ports in a fragment, not even in the first one.
  const seen = fragment === undefined ? payload : { protocol: payload.protocol };
  return { destination, source, tos, payload: seen, mark: skb.mark, in: input };
}

/** What a socket sends: its device, where it is bound to one, is the way out. */
export function ownFlow({ destination, source, tos, payload, mark, device: out, raw }: OwnFlow): Flow {
  const seen = raw === true && payload !== undefined ? { protocol: payload.protocol } : payload;
  return { destination, source, tos, payload: seen, mark, out };
}

/** What a socket is about to send; `device`: it is bound to it; `raw`: it knows of no ports. */
export interface OwnFlow extends Omit<Flow, 'in' | 'out'> {
  readonly raw?: boolean | undefined;
  readonly device?: Device | undefined;
}
