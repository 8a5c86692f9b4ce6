import { formatIp, parseIp } from './address.ts';
import type { Frame, IcmpError, IpPacket, TcpSegment } from './packet.ts';

/**
 * Checkers that compose: `is(packet, from('10.0.0.1'), icmp('echo-request'), ttl(64))`. Each returns what is wrong,
 * or nothing.
 */
export type Check = (packet: IpPacket) => string | undefined;

/** Throws with everything that is wrong, and the packet. */
export function is(packet: Frame | IpPacket | undefined, ...checks: readonly Check[]): void {
  const ip = packet !== undefined && !('kind' in packet) ? packet.payload : packet;
  if (ip === undefined || ip.kind !== 'ip') throw new Error(`not an IP packet: ${JSON.stringify(packet)}`);
  const wrong = checks.map((check) => check(ip)).filter((problem) => problem !== undefined);
  if (wrong.length > 0) throw new Error(`${wrong.join('; ')} in ${JSON.stringify(ip)}`);
}

const expect = (what: string, found: unknown, wanted: unknown): string | undefined =>
  found === wanted ? undefined : `${what} is ${String(found)}, not ${String(wanted)}`;

export const from =
  (address: string): Check =>
  ({ source }) =>
    expect('source', formatIp(source), formatIp(parseIp(address) ?? 0));

export const to =
  (address: string): Check =>
  ({ destination }) =>
    expect('destination', formatIp(destination), formatIp(parseIp(address) ?? 0));

export const ttl =
  (value: number): Check =>
  (packet) =>
    expect('ttl', packet.ttl, value);

export const icmp =
  (type: string, code?: IcmpError['code']): Check =>
  ({ payload }) => {
    if (payload.protocol !== 'icmp') return `protocol is ${payload.protocol}, not icmp`;
    return expect('type', payload.type, type) ?? ('code' in payload ? expect('code', payload.code, code) : undefined);
  };

/** The packet inside an ICMP error. */
export const about =
  (...checks: readonly Check[]): Check =>
  ({ payload }) => {
    if (!('original' in payload)) return 'there is no packet inside';
    const wrong = checks.map((check) => check(payload.original)).find((problem) => problem !== undefined);
    return wrong === undefined ? undefined : `inside: ${wrong}`;
  };

export const tcp =
  (flags: readonly ('syn' | 'ack' | 'fin' | 'rst' | 'psh')[], fields: Partial<TcpSegment> = {}): Check =>
  ({ payload }) => {
    if (payload.protocol !== 'tcp') return `protocol is ${payload.protocol}, not tcp`;
    const set = (['syn', 'ack', 'fin', 'rst', 'psh'] as const).filter((flag) => payload[flag]);
    const wrong = expect('flags', set.join(','), flags.join(','));
    if (wrong !== undefined) return wrong;
    for (const [name, wanted] of Object.entries(fields)) {
      const problem = expect(name, payload[name as keyof TcpSegment], wanted);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
