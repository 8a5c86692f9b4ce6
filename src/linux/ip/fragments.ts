import type { IpPacket } from '../packet/packet.ts';
import { IP_HEADER, segmentLength } from '../packet/size.ts';
import type { Skb } from '../packet/skb.ts';

/** Cuts a packet, or a fragment, into pieces that fit the MTU (RFC 791, 3.2): all but the last a multiple of 8 bytes. */
export function fragment(packet: IpPacket, mtu: number): IpPacket[] {
  const whole = packet.fragment?.length ?? segmentLength(packet.payload);
  return pieces(packet, lengths(whole, mtu), false);
}

/** How many bytes of so many each piece carries. */
export function lengths(whole: number, mtu: number): readonly number[] {
  const room = mtu - IP_HEADER;
  const found: number[] = [];
  for (let left = whole; left > 0; ) {
    const length = left > room ? room & ~7 : left;
    found.push(length);
    left -= length;
  }
  return found;
}

/**
 * ip_do_fragment: a packet that is in pieces already keeps them, where each fits; else they are cut anew, none larger
 * than the largest that came, and with DF where that one had it.
 */
export function refragment(packet: IpPacket, skb: Skb, mtu: number): IpPacket[] {
  const { fragments } = skb;
  if (fragments === undefined || packet.fragment !== undefined) return fragment(packet, mtu);
  const { largest, path } = fragments;
  const least = largest === 0 ? mtu : Math.min(mtu, largest);
  const fit = fragments.lengths.every(
    (length, i, all) => length + IP_HEADER <= least && (length % 8 === 0 || i === all.length - 1),
  );
  if (fit) return pieces(packet, fragments.lengths, false);
  return pieces(packet, lengths(segmentLength(packet.payload), least), path);
}

function pieces(packet: IpPacket, all: readonly number[], dontFragment: boolean): IpPacket[] {
  const whole = packet.fragment ?? { offset: 0, length: segmentLength(packet.payload), more: false };
  let at = 0;
  return all.map((length) => {
    const offset = whole.offset + at;
    at += length;
    return { ...packet, dontFragment, fragment: { offset, length, more: whole.more || at < whole.length } };
  });
}
