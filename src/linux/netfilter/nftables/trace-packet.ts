import { formatMac } from '../../packet/address.ts';
import type { IpPacket, Segment } from '../../packet/packet.ts';
import type { Passage } from '../passage.ts';
import { headers } from './expression/payload.ts';
import type { HeaderProtocol } from './expression/selector.ts';
import type { Style } from './type/datatype.ts';

/** Fields in the order in which they are told (the order that src/payload.c gives a header), and not all of them. */
const TOLD: Readonly<Record<'ip' | Segment['protocol'], readonly string[]>> = {
  ip: ['saddr', 'daddr', 'dscp', 'ecn', 'ttl', 'id', 'protocol', 'length'],
  tcp: ['sport', 'dport', 'flags', 'window'],
  udp: ['sport', 'dport', 'length'],
  sctp: ['sport', 'dport', 'vtag'],
  icmp: ['type', 'code', 'id', 'sequence'],
  ipip: [],
};

/** NFT_TRACETYPE_TRANSPORT_HSIZE: so much of what follows the IP header is told; of it these bytes behind a short header. */
const DATA_LIMIT = 12;

/** The packet as it is now, as `nft monitor trace` tells of it; only what is printed costs. */
export function describePacket(passage: Passage, family: 'ip' | 'inet'): (style: Style) => string {
  const { packet, skb, in: input, out } = passage;
  const { link } = skb;
  return (style) => {
    let text = '';
    if (input !== undefined) text += `iif "${input.name}" `;
    if (out !== undefined) text += `oif "${out.name}" `;
    if (input !== undefined && link !== undefined) {
      text += `ether saddr ${formatMac(link.source)} ether daddr ${formatMac(link.destination)} `;
    }
    const { protocol } = packet.payload;
    // In a table of IPv4 alone the header behind it says the protocol.
    const own = TOLD.ip.filter((name) => name !== 'protocol' || family === 'inet' || protocol === 'ipip');
    text += fields('ip', own, packet, style);
    if (protocol !== 'ipip') text += fields(protocol, TOLD[protocol], packet, style);
    return text + data(packet.payload);
  };
}

function fields(protocol: HeaderProtocol, names: readonly string[], packet: IpPacket, style: Style): string {
  let text = '';
  for (const name of names) {
    const field = headers[protocol][name];
    const value = field?.read?.(packet);
    if (field === undefined || value === undefined) continue;
    text += `${protocol} ${name} ${name === 'flags' ? flagsText(value as number, style) : field.type.format(value, style)} `;
  }
  return text;
}

function flagsText(value: number, style: Style): string {
  const single = (value & (value - 1)) === 0;
  return `== ${single ? (headers.tcp.flags?.type.format(value, style) ?? '') : `0x${value.toString(16)}`}`;
}

/** What a datagram or an echo carries, as far as it is told. */
function data(segment: Segment): string {
  if ((segment.protocol !== 'udp' && segment.protocol !== 'icmp') || !('data' in segment)) return '';
  const shown = segment.data.subarray(0, DATA_LIMIT);
  if (shown.length === 0) return '';
  const digits = [...shown].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `@th,64,${shown.length * 8} 0x${digits.replace(/^0+(?=.)/, '')} `;
}
