import type { IpPacket, Segment } from '../../src/linux/packet/packet.ts';
import type { Effect } from './conntrack-router.ts';

/** Ports and identifiers that NAT has drawn: the kernel's are others than ours, and stand for the same. */
export class Drawn {
  readonly #ours = new Map<number, number>();

  /** Where the same packet has left both routers with different ports, they were drawn. */
  learn(sent: IpPacket, real: Effect, ours: Effect): void {
    const before = portOf(sent.payload);
    for (const [i, { packet }] of real.seen.entries()) {
      const same = ours.seen[i]?.packet;
      if (same?.destination !== packet.destination || same.payload.protocol !== packet.payload.protocol) continue;
      const [drawn, other] = [portOf(packet.payload), portOf(same.payload)];
      if (drawn === undefined || other === undefined || drawn === other || drawn === before) continue;
      if (!this.#ours.has(drawn)) this.#ours.set(drawn, other);
    }
  }

  /** A packet that answers the kernel's, as an answer to ours. */
  translate(packet: IpPacket): IpPacket {
    const { payload } = packet;
    if ('destinationPort' in payload) {
      const destinationPort = this.#ours.get(payload.destinationPort);
      return destinationPort === undefined ? packet : { ...packet, payload: { ...payload, destinationPort } };
    }
    if (payload.protocol !== 'icmp') return packet;
    if ('identifier' in payload) {
      const identifier = this.#ours.get(payload.identifier);
      return identifier === undefined ? packet : { ...packet, payload: { ...payload, identifier } };
    }
    const { original } = payload;
    const port = this.#ours.get(portOf(original.payload) ?? -1);
    if (port === undefined) return packet;
    const changed = 'sourcePort' in original.payload ? { sourcePort: port } : { identifier: port };
    const inner = { ...original.payload, ...changed } as Segment;
    return { ...packet, payload: { ...payload, original: { ...original, payload: inner } } };
  }

  /** A line of the kernel's, or of ours, with names for what was drawn. */
  name(line: string, whose: 'kernel' | 'ours'): string {
    const names = new Map([...this.#ours].map(([real, ours], i) => [whose === 'kernel' ? real : ours, `drawn-${i}`]));
    return line.replace(/(:|[sd]port=|\bid[ =])(\d+)/g, (all, before: string, port: string) => {
      const name = names.get(Number(port));
      return name === undefined ? all : `${before}${name}`;
    });
  }
}

/** What source NAT may change beside the address. */
function portOf(payload: Segment | undefined): number | undefined {
  if (payload === undefined) return undefined;
  if ('sourcePort' in payload) return payload.sourcePort;
  return 'identifier' in payload ? payload.identifier : undefined;
}
