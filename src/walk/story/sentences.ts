import { formatIp } from '../../linux/packet/address.ts';
import type { IpPacket, Segment } from '../../linux/packet/packet.ts';
import type { Step, StoryLink, StoryNamespace } from './story.ts';

/** The sentences of a walk, in one place, so that they read as one voice. */

export function departure(place: StoryNamespace, packet: IpPacket): string {
  return `${capital(place)} sends ${a(what(packet.payload))} for ${formatIp(packet.destination)}. This route says where to.`;
}

export function arrival(
  link: StoryLink['kind'],
  from: { readonly label: string; readonly device: string },
  to: StoryNamespace,
  device: string,
): string {
  if (link === 'wire')
    return `The frame crosses the wire between the machines and comes in at ${device} of ${name(to)}.`;
  return to.kind === 'pod'
    ? `Through the veth pair: what ${from.label} sends into ${from.device} comes out of ${device} in ${name(to)}.`
    : `Through the veth pair: what goes into ${from.device} of ${from.label} comes out of ${device} on ${name(to)}.`;
}

export function forwarding(place: StoryNamespace, packet: IpPacket): string {
  const destination = formatIp(packet.destination);
  return `${capital(place)} is a router here: it looks up ${destination}, takes one from the TTL and passes the packet on.`;
}

export function delivery(place: StoryNamespace, packet: IpPacket, reason: string | undefined): string {
  const { payload } = packet;
  const why = reason === undefined ? '' : ` (${reason})`;
  if (payload.protocol === 'icmp') {
    if (payload.type === 'echo-request')
      return `${capital(place)} has that address: the packet has arrived, and the kernel answers it.`;
    if (payload.type === 'echo-reply') return `The answer is back at ${name(place)}.`;
  }
  return `${capital(place)} has that address: ${a(what(payload))} has arrived${why}.`;
}

export function loss(place: StoryNamespace, reason: string | undefined): string {
  return `The packet ends at ${name(place)}: ${reason ?? 'the reason is unknown'}.`;
}

const REFUSED = 'It was refused: the answer is a reset, sent by the machine that has the address.';

function refused(step: Step): boolean {
  const flags = step.headers.find(({ layer }) => layer === 'TCP')?.fields.find(({ name }) => name === 'flags');
  return flags?.value.includes('RST') === true;
}

/** How the walk ended: by its last step. */
export function ending(steps: readonly Step[]): string {
  const last = steps.at(-1);
  if (last === undefined) return 'Nothing was sent.';
  if (last.verdict === 'drop') return last.sentence;
  if (last.leg === 'reply' && last.verdict === 'deliver') return refused(last) ? REFUSED : 'It was answered.';
  return 'No answer was seen.';
}

function name(place: StoryNamespace): string {
  return place.kind === 'pod' ? `the pod ${place.label}` : `the node ${place.label}`;
}

function capital(place: StoryNamespace): string {
  const words = name(place);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function a(words: string): string {
  return `${/^[aeiou]/i.test(words) ? 'an' : 'a'} ${words}`;
}

function what(payload: Segment): string {
  if (payload.protocol === 'udp') return 'UDP datagram';
  if (payload.protocol === 'tcp')
    return payload.syn ? 'TCP SYN' : payload.rst ? 'TCP RST' : payload.fin ? 'TCP FIN' : 'TCP segment';
  if (payload.protocol === 'icmp') return `ICMP ${payload.type.replace('-', ' ')}`;
  return payload.protocol === 'sctp' ? 'SCTP packet' : 'IP packet in an IP packet';
}
