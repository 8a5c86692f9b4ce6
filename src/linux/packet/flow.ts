import { formatIp, type IpAddress } from './address.ts';
import type { ArpPacket, IpPacket, Segment } from './packet.ts';

/** A packet keeps its payload on its whole way (rewritten addresses come with a new one), so the name is made once. */
const known = new WeakMap<Segment, string>();

/** One name for a conversation, the same both ways; an ICMP error belongs to the conversation of its cause. */
export function flowOf(packet: IpPacket | ArpPacket): string {
  if (packet.kind === 'arp') return name('arp', formatIp(packet.senderIp), formatIp(packet.targetIp));
  let flow = known.get(packet.payload);
  if (flow === undefined) known.set(packet.payload, (flow = flowOfIp(packet)));
  return flow;
}

function flowOfIp(packet: IpPacket): string {
  const { payload } = packet;
  if (payload.protocol === 'ipip') return flowOf(payload.packet);
  if (payload.protocol !== 'icmp') {
    const inner = payload.protocol === 'udp' ? payload.tunnel : undefined;
    if (inner !== undefined) return flowOf(inner.kind === 'vxlan' ? inner.frame.payload : inner.packet);
    const from = endpoint(packet.source, payload.sourcePort);
    return name(payload.protocol, from, endpoint(packet.destination, payload.destinationPort));
  }
  if ('original' in payload) return flowOf(payload.original);
  return `${name('icmp', formatIp(packet.source), formatIp(packet.destination))} id ${payload.identifier}`;
}

function name(protocol: string, a: string, b: string): string {
  return a < b ? `${protocol} ${a} ${b}` : `${protocol} ${b} ${a}`;
}

function endpoint(address: IpAddress, port: number): string {
  return `${formatIp(address)}:${port}`;
}
