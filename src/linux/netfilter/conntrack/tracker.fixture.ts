import { ip, Lab } from '../../network.fixture.ts';
import type { IpPacket, SctpChunk, Segment, TcpSegment } from '../../packet/packet.ts';
import { Skb } from '../../packet/skb.ts';
import { Passage } from '../passage.ts';
import { conntrackOf } from './conntrack.ts';

/** One connection between 10.0.0.1:1000 and 10.0.0.2:80, packet by packet, without any network around it. */
export class Between {
  readonly #lab = new Lab({ traced: false });
  readonly #namespace = this.#lab.namespace('between');
  readonly conntrack = conntrackOf(this.#namespace.stack);

  /** Lets it pass. @returns what it is (`-` is INVALID), and the connection as it is then. */
  pass(fromClient: boolean, payload: Segment): string {
    const [source, destination] = fromClient ? [ip('10.0.0.1'), ip('10.0.0.2')] : [ip('10.0.0.2'), ip('10.0.0.1')];
    const packet: IpPacket = { kind: 'ip', source, destination, ttl: 64, tos: 0, id: 1, dontFragment: true, payload };
    const skb = new Skb(undefined, 0);
    const { hooks } = this.#namespace.stack;
    const done = () => undefined;
    hooks.pass(new Passage('prerouting', packet, skb, undefined, undefined, done));
    const state = skb.connection?.state ?? '-';
    hooks.pass(new Passage('postrouting', packet, skb, undefined, undefined, done));
    const [line = ''] = this.conntrack.connections().map((one) => this.conntrack.text(one));
    const [, , timeout, name] = line.split(/ +/);
    return `${state} ${name ?? 'NONE'} ${timeout ?? 0}${line.includes('ASSURED') ? ' assured' : ''}`;
  }

  /** A segment with flags such as `SA`. */
  tcp(
    fromClient: boolean,
    flags: string,
    sequence: number,
    acknowledgement = 0,
    more: Partial<TcpSegment> = {},
  ): string {
    const [sourcePort, destinationPort] = fromClient ? [1000, 80] : [80, 1000];
    return this.pass(fromClient, {
      protocol: 'tcp',
      sourcePort,
      destinationPort,
      sequence,
      acknowledgement,
      syn: flags.includes('S'),
      ack: flags.includes('A'),
      fin: flags.includes('F'),
      rst: flags.includes('R'),
      psh: false,
      window: 1000,
      data: new Uint8Array(),
      ...more,
    });
  }

  sctp(fromClient: boolean, verificationTag: number, ...chunks: readonly SctpChunk[]): string {
    const [sourcePort, destinationPort] = fromClient ? [1000, 80] : [80, 1000];
    return this.pass(fromClient, { protocol: 'sctp', sourcePort, destinationPort, verificationTag, chunks });
  }
}
