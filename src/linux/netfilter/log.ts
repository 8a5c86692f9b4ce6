import type { Milliseconds } from '../../simulation/clock.ts';
import type { Stack } from '../ip/stack.ts';
import { formatIp } from '../packet/address.ts';
import { icmpErrorNumber } from '../packet/numbers.ts';
import type { IcmpMessage, IpPacket, Segment, TcpSegment } from '../packet/packet.ts';
import { packetLength, segmentLength } from '../packet/size.ts';
import type { Passage } from './passage.ts';

/** What a LOG rule or nft's `log` asks for. */
export interface LogRequest {
  readonly prefix: string;
  /** 0 (emerg) to 7 (debug). */
  readonly level: number;
  readonly tcpSequence?: boolean;
  readonly tcpOptions?: boolean;
  readonly uid?: boolean;
  /** nft's `flags ether`, `--log-macdecode`. */
  readonly macDecode?: boolean;
}

/** A line of the kernel's log. */
export interface LogLine {
  readonly time: Milliseconds;
  readonly level: number;
  readonly text: string;
}

/** A packet that NFLOG has handed to a group's listeners, as it was then. */
export interface LoggedPacket {
  readonly group: number;
  readonly prefix: string;
  readonly passage: Passage;
}

/** The kernel keeps the last lines alone (log_buf). */
const KEPT = 1000;

/** What rules have logged in one namespace. */
export class PacketLog {
  readonly #stack: Stack;
  readonly #lines: LogLine[] = [];
  readonly #listeners = new Map<number, Set<(packet: LoggedPacket) => void>>();

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** The last lines, the oldest first. */
  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** Forgets all lines. */
  clear(): void {
    this.#lines.length = 0;
  }

  /** Writes a line about the packet. */
  write(passage: Passage, request: LogRequest): void {
    if (this.#lines.length >= KEPT) this.#lines.shift();
    const text = logText(passage, request);
    this.#lines.push({ time: this.#stack.clock.now(), level: request.level, text });
  }

  /** Hands the packet to who listens to the group (nfnetlink_log). */
  toGroup(group: number, prefix: string, passage: Passage): void {
    const listeners = this.#listeners.get(group);
    if (listeners !== undefined) for (const listener of listeners) listener({ group, prefix, passage });
  }

  /** @returns what ends the listening. */
  listen(group: number, listener: (packet: LoggedPacket) => void): () => void {
    const listeners = this.#listeners.get(group) ?? new Set();
    this.#listeners.set(group, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }
}

const logs = new WeakMap<Stack, PacketLog>();

/** The namespace's log of packets. */
export function logOf(stack: Stack): PacketLog {
  let log = logs.get(stack);
  if (log === undefined) logs.set(stack, (log = new PacketLog(stack)));
  return log;
}

/** A packet as net/netfilter/nf_log_syslog.c puts it into words, with the blank that it leaves at the end. */
export function logText(passage: Passage, request: LogRequest): string {
  const { packet, skb, bridge, owner } = passage;
  let text = `${request.prefix}IN=${passage.in?.name ?? ''} OUT=${passage.out?.name ?? ''} `;
  if (bridge !== undefined) {
    if (bridge.in !== passage.in) text += `PHYSIN=${bridge.in.name} `;
    if (bridge.out !== undefined && bridge.out !== passage.out) text += `PHYSOUT=${bridge.out.name} `;
  }
  if (passage.in !== undefined) text += macText(passage, request.macDecode === true);
  text += packetText(packet, request, true);
  if (request.uid === true && owner !== undefined) text += `UID=${owner.uid ?? 0} GID=${owner.uid ?? 0} `;
  if (skb.mark !== 0) text += `MARK=0x${skb.mark.toString(16)} `;
  return text;
}

function macText({ in: device, skb }: Passage, decode: boolean): string {
  if (device?.kind !== 'loopback' && device?.ethernet !== true) return 'MAC= ';
  const to = bytes(skb.link?.destination ?? 0);
  const from = bytes(skb.link?.source ?? 0);
  return decode ? `MACSRC=${from} MACDST=${to} MACPROTO=0800 ` : `MAC=${to}:${from}:08:00 `;
}

function bytes(mac: number): string {
  return mac
    .toString(16)
    .padStart(12, '0')
    .replace(/(..)(?=.)/g, '$1:');
}

function packetText(packet: IpPacket, request: LogRequest, outer: boolean): string {
  const { source, destination, tos, ttl, id, dontFragment, fragment, payload } = packet;
  let text = `SRC=${formatIp(source)} DST=${formatIp(destination)} LEN=${packetLength(packet)} `;
  text += `TOS=0x${hex(tos & 0x1e)} PREC=0x${hex(tos & 0xe0)} TTL=${ttl} ID=${id} `;
  if (dontFragment) text += 'DF ';
  if (fragment?.more === true) text += 'MF ';
  const later = fragment !== undefined && fragment.offset > 0;
  if (later) text += `FRAG:${fragment.offset / 8} `;
  return text + segmentText(payload, request, outer, later);
}

function segmentText(segment: Segment, request: LogRequest, outer: boolean, later: boolean): string {
  switch (segment.protocol) {
    case 'tcp':
      return `PROTO=TCP ${later ? '' : tcpText(segment, request)}`;
    case 'udp': {
      const { sourcePort, destinationPort } = segment;
      return `PROTO=UDP ${later ? '' : `SPT=${sourcePort} DPT=${destinationPort} LEN=${segmentLength(segment)} `}`;
    }
    case 'icmp':
      return `PROTO=ICMP ${later ? '' : icmpText(segment, request, outer)}`;
    case 'sctp':
      return 'PROTO=132 ';
    case 'ipip':
      return 'PROTO=4 ';
  }
}

function tcpText(segment: TcpSegment, request: LogRequest): string {
  let text = `SPT=${segment.sourcePort} DPT=${segment.destinationPort} `;
  if (request.tcpSequence === true) text += `SEQ=${segment.sequence} ACK=${segment.acknowledgement} `;
  text += `WINDOW=${segment.window} RES=0x00 `;
  for (const flag of ['ack', 'psh', 'rst', 'syn', 'fin'] as const) if (segment[flag]) text += `${flag.toUpperCase()} `;
  text += 'URGP=0 ';
  if (request.tcpOptions === true && segment.mss !== undefined) {
    text += `OPT (0204${segment.mss.toString(16).padStart(4, '0').toUpperCase()}) `;
  }
  return text;
}

/** ICMP's type and code numbers (RFC 792, RFC 1122, RFC 1812), as rules and logs have them. */
export function icmpNumbers(message: IcmpMessage): readonly [type: number, code: number] {
  if ('data' in message) return message.type === 'echo-request' ? [8, 0] : [0, 0];
  return icmpErrorNumber[message.code];
}

function icmpText(message: IcmpMessage, request: LogRequest, outer: boolean): string {
  const [type, code] = icmpNumbers(message);
  const text = `TYPE=${type} CODE=${code} `;
  if ('data' in message) return `${text}ID=${message.identifier} SEQ=${message.sequence} `;
  const inner = outer ? `[${packetText(message.original, request, false)}] ` : '';
  const gateway = message.gateway === undefined ? '' : `GATEWAY=${formatIp(message.gateway)} `;
  return `${text}${gateway}${inner}${code === 4 && type === 3 ? `MTU=${message.mtu ?? 0} ` : ''}`;
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
