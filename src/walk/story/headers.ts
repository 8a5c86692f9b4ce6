import { formatIp, formatMac } from '../../linux/packet/address.ts';
import type { ArpPacket, Frame, IpPacket, Segment, TcpSegment } from '../../linux/packet/packet.ts';
import type { Header, HeaderField } from './story.ts';

/** A packet's headers, outermost first, with the names that Wireshark's users know. */
export function headersOf(packet: Frame | IpPacket): readonly Header[] {
  if ('kind' in packet) return ipHeaders(packet);
  const ethernet: Header = {
    layer: 'Ethernet',
    fields: [field('source', formatMac(packet.source)), field('destination', formatMac(packet.destination))],
  };
  return [ethernet, ...(packet.payload.kind === 'arp' ? [arpHeader(packet.payload)] : ipHeaders(packet.payload))];
}

/** The same headers, with `was` on each field whose value differs from the step before. */
export function markChanges(headers: readonly Header[], before: readonly Header[]): readonly Header[] {
  return headers.map((header) => {
    const old = before.find((other) => other.layer === header.layer);
    if (old === undefined) return header;
    return {
      layer: header.layer,
      fields: header.fields.map(({ name, value }) => {
        const was = old.fields.find((other) => other.name === name)?.value;
        return was === undefined || was === value ? { name, value } : { name, value, was };
      }),
    };
  });
}

function field(name: string, value: string): HeaderField {
  return { name, value };
}

function ipHeaders(packet: IpPacket): readonly Header[] {
  return [
    {
      layer: 'IPv4',
      fields: [
        field('source', formatIp(packet.source)),
        field('destination', formatIp(packet.destination)),
        field('TTL', String(packet.ttl)),
      ],
    },
    segmentHeader(packet.payload),
  ];
}

function arpHeader(arp: ArpPacket): Header {
  return {
    layer: 'ARP',
    fields: [
      field('operation', arp.operation),
      field('sender', `${formatIp(arp.senderIp)} is at ${formatMac(arp.senderMac)}`),
      field('target', formatIp(arp.targetIp)),
    ],
  };
}

function segmentHeader(segment: Segment): Header {
  switch (segment.protocol) {
    case 'tcp':
      return {
        layer: 'TCP',
        fields: [...ports(segment), field('flags', flags(segment)), field('data', bytes(segment.data))],
      };
    case 'sctp':
      return {
        layer: 'SCTP',
        fields: [...ports(segment), field('chunks', segment.chunks.map(({ type }) => type).join(', '))],
      };
    case 'ipip':
      return { layer: 'IP in IP', fields: [] };
    case 'udp':
      return { layer: 'UDP', fields: [...ports(segment), field('data', bytes(segment.data))] };
    case 'icmp':
      if ('original' in segment) {
        return {
          layer: 'ICMP',
          fields: [
            field('type', segment.type.replace('-', ' ')),
            field('code', segment.code),
            field('about', `${formatIp(segment.original.source)} to ${formatIp(segment.original.destination)}`),
          ],
        };
      }
      return {
        layer: 'ICMP',
        fields: [field('type', segment.type.replace('-', ' ')), field('sequence', String(segment.sequence))],
      };
  }
}

function ports(segment: { readonly sourcePort: number; readonly destinationPort: number }): readonly HeaderField[] {
  return [field('source port', String(segment.sourcePort)), field('destination port', String(segment.destinationPort))];
}

function bytes(data: Uint8Array): string {
  return data.length === 1 ? '1 byte' : `${data.length} bytes`;
}

/** The flags that are set, as RFC 9293 names them. */
function flags(segment: TcpSegment): string {
  const set = (['syn', 'fin', 'rst', 'psh', 'ack'] as const).filter((name) => segment[name]);
  return set.length === 0 ? 'none' : set.join(' ').toUpperCase();
}
