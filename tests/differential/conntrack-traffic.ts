import { ip } from '../../src/linux/network.fixture.ts';
import { formatIp } from '../../src/linux/packet/address.ts';
import type { IcmpError, IpPacket, SctpChunk, Segment, TcpSegment } from '../../src/linux/packet/packet.ts';
import type { Random } from '../../src/simulation/random.ts';
import type { Effect, WireName } from './conntrack-router.ts';

export interface Injection {
  readonly wire: WireName;
  readonly packet: IpPacket;
}

/** One packet in a line, with what translation and tracking may change. Fragments and data are not among it. */
export function describePacket(packet: IpPacket, inside = false): string {
  const { payload, source, destination, ttl } = packet;
  const ends = (from: string, to: string) => `${formatIp(source)}${from} > ${formatIp(destination)}${to}`;
  const life = inside ? '' : ` ttl ${ttl}`;
  switch (payload.protocol) {
    case 'tcp': {
      const flags = (['syn', 'ack', 'fin', 'rst'] as const).filter((flag) => payload[flag]).join(',');
      const numbers = inside ? `seq ${payload.sequence}` : `seq ${payload.sequence} ack ${payload.acknowledgement}`;
      return `tcp ${ends(`:${payload.sourcePort}`, `:${payload.destinationPort}`)}${life} ${inside ? '' : flags} ${numbers}`;
    }
    case 'sctp':
    case 'udp': {
      const chunks = 'chunks' in payload && !inside ? ` ${payload.chunks[0]?.type} tag ${payload.verificationTag}` : '';
      return `${payload.protocol} ${ends(`:${payload.sourcePort}`, `:${payload.destinationPort}`)}${life}${chunks}`;
    }
    case 'icmp':
      if ('original' in payload) {
        return `icmp ${payload.code} ${ends('', '')}${life} [${describePacket(payload.original, true)}]`;
      }
      return `icmp ${payload.type} ${ends('', '')}${life} id ${payload.identifier} seq ${payload.sequence}`;
    case 'ipip':
      return `ipip ${ends('', '')}${life} [${describePacket(payload.packet, true)}]`;
  }
}

interface Flow {
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'sctp' | 'ipip';
  /** What the client sends to, before any translation. */
  readonly target: string;
  readonly client: string;
  readonly clientPort: number;
  readonly targetPort: number;
  /** What the server last saw of the client: its answers go there. */
  heard?: { wire: WireName; packet: IpPacket };
  /** The next sequence numbers of both. */
  clientNext: number;
  serverNext: number;
  readonly tags: readonly [number, number];
}

/** Traffic by chance, mostly as protocols have it, sometimes not; both sides see what came out for them. */
export class Traffic {
  readonly #random: Random;
  readonly #flows: Flow[] = [];
  readonly #targets: readonly string[];

  constructor(random: Random, targets: readonly string[]) {
    this.#random = random;
    this.#targets = targets;
  }

  next(): Injection & { readonly flow: Flow; readonly fromClient: boolean } {
    const random = this.#random;
    if (this.#flows.length === 0 || (this.#flows.length < 8 && random.below(6) === 0))
      this.#flows.push(this.#newFlow());
    const flow = this.#flows[random.below(this.#flows.length)] as Flow;
    const { heard } = flow;
    if (heard !== undefined && random.below(2) === 0) {
      const packet = random.below(10) === 0 ? this.#error(heard.packet) : this.#answer(flow, heard.packet);
      return { flow, fromClient: false, wire: heard.wire, packet };
    }
    const wire: WireName = flow.client.startsWith('10.0.1.') ? 'w1' : 'w2';
    const packet = this.#packet(flow.client, flow.target, this.#fromClient(flow));
    return { flow, fromClient: true, wire, packet };
  }

  /** What the injected packet led to. */
  learn(flow: Flow, fromClient: boolean, { seen }: Effect): void {
    const last = seen.at(-1);
    if (!fromClient || last === undefined || formatIp(last.packet.source).endsWith('.1.99')) return;
    const { packet } = last;
    if (packet.payload.protocol === flow.protocol && !('original' in packet.payload)) flow.heard = last;
  }

  #pick<T>(...all: readonly T[]): T {
    return all[this.#random.below(all.length)] as T;
  }

  #newFlow(): Flow {
    const protocol = this.#pick('tcp', 'tcp', 'tcp', 'udp', 'udp', 'icmp', 'sctp', 'ipip');
    return {
      protocol,
      target: this.#pick(...this.#targets),
      client: this.#pick('10.0.1.2', '10.0.1.2', '10.0.1.3', '10.0.2.4'),
      clientPort: this.#pick(4000, 4000, 4001, 500, 800),
      targetPort: this.#pick(80, 80, 53),
      clientNext: this.#pick(1000, 0xfffffff0, 5_000_000),
      serverNext: this.#pick(70_000, 0xffffffff, 0),
      tags: [this.#random.uint32(), this.#random.uint32()],
    };
  }

  #packet(source: string, destination: string, payload: Segment): IpPacket {
    const dontFragment = payload.protocol === 'tcp';
    return {
      kind: 'ip',
      source: ip(source),
      destination: ip(destination),
      ttl: 64,
      tos: 0,
      id: 7,
      dontFragment,
      payload,
    };
  }

  #fromClient(flow: Flow): Segment {
    const { protocol, clientPort: sourcePort, targetPort: destinationPort } = flow;
    switch (protocol) {
      case 'tcp':
        return this.#tcp(flow, true, sourcePort, destinationPort);
      case 'udp':
        return { protocol, sourcePort, destinationPort, data: new Uint8Array(4) };
      case 'icmp':
        return { protocol, type: 'echo-request', identifier: sourcePort, sequence: 1, data: new Uint8Array(4) };
      case 'sctp':
        return this.#sctp(flow, true, sourcePort, destinationPort);
      case 'ipip': {
        const inner = { protocol: 'udp' as const, sourcePort, destinationPort, data: new Uint8Array(4) };
        return { protocol, packet: this.#packet('10.7.0.1', '10.7.0.2', inner) };
      }
    }
  }

  #answer(flow: Flow, { source, destination, payload }: IpPacket): IpPacket {
    const ends = [formatIp(destination), formatIp(source)] as const;
    switch (payload.protocol) {
      case 'tcp':
        return this.#packet(...ends, this.#tcp(flow, false, payload.destinationPort, payload.sourcePort));
      case 'udp': {
        const { sourcePort, destinationPort, data } = payload;
        return this.#packet(...ends, {
          protocol: 'udp',
          sourcePort: destinationPort,
          destinationPort: sourcePort,
          data,
        });
      }
      case 'icmp': {
        const echo = { identifier: 1, sequence: 1, data: new Uint8Array(), ...payload };
        return this.#packet(...ends, { ...echo, protocol: 'icmp', type: 'echo-reply' } as Segment);
      }
      case 'sctp':
        return this.#packet(...ends, this.#sctp(flow, false, payload.destinationPort, payload.sourcePort));
      case 'ipip':
        return this.#packet(...ends, payload);
    }
  }

  /** From whom the packet was for, or from a router on the way. */
  #error(original: IpPacket): IpPacket {
    const from = this.#pick(formatIp(original.destination), '10.0.2.9');
    const code: IcmpError['code'] = this.#pick('port', 'host', 'ttl', 'fragmentation-needed');
    const type = code === 'ttl' ? 'time-exceeded' : 'destination-unreachable';
    const mtu = code === 'fragmentation-needed' ? { mtu: 1400 } : {};
    return this.#packet(from, formatIp(original.source), { protocol: 'icmp', type, code, ...mtu, original });
  }

  /** Flags as they usually come, at sequence numbers that are usually right. */
  #tcp(flow: Flow, fromClient: boolean, sourcePort: number, destinationPort: number): TcpSegment {
    const random = this.#random;
    const [own, other] = fromClient ? (['clientNext', 'serverNext'] as const) : (['serverNext', 'clientNext'] as const);
    const kind = this.#pick('syn', 'syn', 'ack', 'ack', 'data', 'fin', 'rst', 'odd');
    const odd = kind === 'odd';
    const flag = (usual: boolean) => (odd ? random.below(3) === 0 : usual);
    const syn = flag(kind === 'syn');
    const fin = flag(kind === 'fin');
    const data = new Uint8Array(kind === 'data' ? this.#pick(1, 10, 400) : 0);
    const far = random.below(8) === 0 ? this.#pick(1, -1, 70_000, -70_000, 1 << 30) : 0;
    const sequence = (flow[own] + far) >>> 0;
    const ack = flag(kind !== 'syn' || !fromClient);
    const wrong = random.below(12) === 0 ? this.#pick(1, -1, 100_000) : 0;
    if (far === 0) flow[own] = (flow[own] + data.length + (syn ? 1 : 0) + (fin ? 1 : 0)) >>> 0;
    const options =
      syn && random.below(2) === 0 ? { mss: 1460, windowScale: this.#pick(0, 7), sackPermitted: true as const } : {};
    return {
      protocol: 'tcp',
      sourcePort,
      destinationPort,
      sequence,
      acknowledgement: ack ? (flow[other] + wrong) >>> 0 : 0,
      syn,
      ack,
      fin,
      rst: flag(kind === 'rst'),
      psh: data.length > 0,
      window: this.#pick(65_535, 65_535, 1000, 0),
      ...options,
      data,
    };
  }

  #sctp(flow: Flow, fromClient: boolean, sourcePort: number, destinationPort: number): Segment {
    const [own, other] = fromClient ? flow.tags : [flow.tags[1], flow.tags[0]];
    const usual: readonly SctpChunk['type'][] = fromClient
      ? ['init', 'init', 'cookie-echo', 'cookie-echo', 'data', 'heartbeat', 'shutdown', 'shutdown-complete', 'abort']
      : ['init-ack', 'init-ack', 'cookie-ack', 'cookie-ack', 'sack', 'heartbeat-ack', 'shutdown-ack', 'abort', 'error'];
    const type = this.#pick(...usual);
    const init = type === 'init' || type === 'init-ack';
    const chunk: SctpChunk = {
      type,
      ...(init && { initiateTag: own, sequence: 1 }),
      ...((type === 'data' || type === 'sack') && { sequence: 1 }),
      ...(type === 'data' && { data: new Uint8Array(4) }),
    };
    const tag = type === 'init' ? 0 : this.#random.below(10) === 0 ? 5 : other;
    return { protocol: 'sctp', sourcePort, destinationPort, verificationTag: tag, chunks: [chunk] };
  }
}
