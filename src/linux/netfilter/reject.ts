import type { Stack } from '../ip/stack.ts';
import { BROADCAST_ADDRESS, isMulticast } from '../packet/address.ts';
import type { IcmpError, IpPacket } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';
import { resetFor } from '../packet/tcp-reset.ts';
import { trackingOf } from './conntrack/conntrack.ts';
import type { Passage } from './passage.ts';

/** How a rule refuses a packet: with an ICMP error of this code, or by resetting the TCP connection. */
export type RejectWith = Exclude<IcmpError['code'], 'fragmentation-needed' | 'ttl' | 'reassembly'> | 'tcp-reset';

/**
 * Answers a packet that a rule has refused (net/ipv4/netfilter/nf_reject_ipv4.c). Who calls has told the tap, so that the
 * answer has that event as its parent, and returns `drop`.
 */
export function reject(stack: Stack, passage: Passage, answer: RejectWith): void {
  const { packet, skb } = passage;
  if (packet.fragment !== undefined && packet.fragment.offset > 0) return;
  if (answer === 'tcp-reset') sendReset(stack, packet, skb);
  else stack.ip.sendError(answer, packet, skb);
}

/** nf_send_reset: from the address that was asked for, whether it is this namespace's own or not. */
function sendReset(stack: Stack, packet: IpPacket, skb: Skb): void {
  const { payload, source, destination } = packet;
  if (payload.protocol !== 'tcp' || payload.rst) return;
  if (destination === BROADCAST_ADDRESS || isMulticast(destination)) return;
  const reset = { source: destination, destination: source, payload: resetFor(payload), dontFragment: true };
  // Where there is no way back, the connection stays what it was.
  if (stack.ip.sourceFor(reset) !== undefined) trackingOf(stack)?.setClosing(skb);
  stack.ip.send(reset, skb.forkError());
}
