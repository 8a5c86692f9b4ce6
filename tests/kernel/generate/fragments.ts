import { encodeFrame, encodePacket } from '../../../src/linux/packet/encode.ts';
import type { IpPacket, Segment } from '../../../src/linux/packet/packet.ts';
import { segmentLength } from '../../../src/linux/packet/size.ts';
import type { Piece } from '../plan.ts';
import { Chance, type Draft, step } from './draft.ts';
import { address, destination, hex, mac } from './packets.ts';
import { CLIENT_PORTS, UDP_PORTS } from './ports.ts';

/** Percent of the networks that have large packets and fragments, and of those, that wait for what never comes. */
const WITH_FRAGMENTS = 35;
const WAITING = 15;
const SIZES = [100, 600, 1100, 1480, 1600, 3000, 8000];

/** Packets that are larger than the MTUs on their way, whole and in fragments, and rules that look at fragments. */
export function fragments(whole: Draft, seed: string): void {
  const chance = new Chance(`${seed} fragments`);
  if (!chance.percent(WITH_FRAGMENTS)) return;
  const to: Draft = { ...whole, chance };
  for (const node of to.nodes) if (chance.percent(30)) rules(to, node);
  for (const node of to.nodes) if (chance.percent(15)) narrow(to, node);
  const waiting = chance.percent(WAITING);
  if (waiting) for (const node of to.nodes) step(to, node, 'sysctl -w net.ipv4.ipfrag_time=1');
  for (let n = 8; n > 0; n--) chance.percent(45) ? large(to) : inPieces(to);
  if (waiting) to.probes.push({ kind: 'wait', in: chance.of(to.nodes), milliseconds: 1500 });
}

function rules(to: Draft, node: string): void {
  const { chance, questions } = to;
  const nft = questions.some(({ in: at, run }) => at === node && run.startsWith('nft '));
  if (nft) {
    const after = chance.of(['counter', 'counter drop', 'counter accept']);
    const field = chance.of(['& 0x1fff != 0', '& 0x2000 != 0', '!= 0x0', '& 0x4000 != 0']);
    const hook = chance.of(['prerouting', 'input', 'forward', 'output', 'postrouting']);
    const chain = ` chain c {\n  type filter hook ${hook} priority -450; ip frag-off ${field} ${after}\n }\n`;
    step(to, node, 'nft -f -', `table ip fragments {\n${chain}}\n`);
  } else {
    const [table, chains] = chance.of([
      ['raw', ['PREROUTING', 'OUTPUT']],
      ['mangle', ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']],
      ['filter', ['INPUT', 'FORWARD', 'OUTPUT']],
    ] as const);
    const not = chance.percent(30) ? '! ' : '';
    const to2 = chance.of(['-j ACCEPT', '-j ACCEPT', '-j DROP', '']);
    step(to, node, `iptables -t ${table} -A ${chance.of(chains)} ${not}-f ${to2}`.trim());
    questions.push({ in: node, run: `iptables -t ${table} -L -n -v` });
  }
}

/** A route that takes less than its device. */
function narrow(to: Draft, node: string): void {
  const { chance } = to;
  const own = to.ports.filter((port) => port.node === node);
  if (own.length === 0) return;
  const { device, peer } = chance.of(own);
  const mtu = `mtu ${chance.percent(30) ? 'lock ' : ''}${chance.of([552, 700, 1200])}`;
  step(to, node, `ip route replace ${destination({ ...to, extra: [] })}/32 via ${peer().address} dev ${device} ${mtu}`);
}

/** A packet of a namespace's own; twice, so that the second knows what the first has learnt of the path. */
function large(to: Draft): void {
  const { chance } = to;
  const { node, address: source } = chance.of(to.ports);
  const cut = chance.below(3);
  const made = packet(to, source, destination(to), chance.of(SIZES) + chance.below(64), cut === 1);
  const bytes = hex(encodePacket(made));
  for (let n = chance.between(1, 2); n > 0; n--) {
    to.probes.push({ kind: 'send', in: node, bytes, ...(cut === 2 && { discover: true }) });
  }
}

/** Fragments that arrive as they were sent, or not quite. */
function inPieces(to: Draft): void {
  const { chance } = to;
  const from = chance.of(to.ports);
  const target = chance.percent(70) ? destination(to) : from.peer().address;
  const made = packet(to, from.address, target, chance.of(SIZES.slice(0, 6)) + chance.below(64), chance.percent(20));
  const frame = { source: mac(from.mac), destination: mac(from.peer().mac), payload: made };
  const pieces = disturbed(chance, cut(chance, segmentLength(made.payload)));
  to.probes.push({ kind: 'frame', in: from.node, device: from.device, bytes: hex(encodeFrame(frame)), pieces });
}

/** Mostly of one size, as hosts cut packets. */
function cut(chance: Chance, total: number): Piece[] {
  const even = chance.percent(60);
  const size = () => 8 * chance.of([3, 16, 65, 70, 120]);
  const usual = size();
  const pieces: Piece[] = [];
  for (let offset = 0; offset < total; ) {
    const length = Math.min(even ? usual : size(), total - offset);
    pieces.push({ offset, length, more: offset + length < total });
    offset += length;
  }
  // Not more than a burst that every queue takes.
  return pieces.length > 40 ? cut(chance, total) : pieces;
}

function disturbed(chance: Chance, pieces: readonly Piece[]): readonly Piece[] {
  const at = chance.below(pieces.length);
  const one = pieces[at] as Piece;
  const [before, after] = [pieces.slice(0, at), pieces.slice(at + 1)];
  switch (chance.below(12)) {
    case 0:
      return [...before, ...after];
    case 1:
      return [...pieces].reverse();
    case 2:
      return [...after, ...before, one];
    case 3:
      return [...before, one, one, ...after];
    case 4:
      return [...before, ...overlapping(one), ...after];
    case 5:
      return [one, ...before, ...after, ...pieces];
    case 6:
      // What is not the last has whole eights of bytes (RFC 791, 3.2): the kernel cuts off what is more. Not the first:
      // an error about it has a header that speaks of more bytes than there are. Not the last: that packet is no
      // datagram (a fault of length or checksum), which ours can't be.
      if (at === 0 || !one.more) return pieces;
      return [...before, { ...one, length: Math.max(1, one.length - 3) }, ...after];
    case 7:
      // Nothing ends it. (One that ends it too soon makes a datagram that is cut off, which ours can't be.)
      return [...pieces.slice(0, -1), { ...(pieces.at(-1) as Piece), more: true }];
    case 8:
      return [...before.slice(-1), ...after];
    default:
      return pieces;
  }
}

/** A part of it before it, or it reaches into what comes before. */
function overlapping(one: Piece): readonly Piece[] {
  if (one.offset >= 8) return [{ ...one, offset: one.offset - 8, length: one.length + 8 }];
  return one.length > 16 ? [{ ...one, length: 8, more: true }, one] : [one, one];
}

function packet(to: Draft, source: string, target: string, size: number, dontFragment: boolean): IpPacket {
  const { chance } = to;
  const data = new Uint8Array(size).fill(0x2e);
  const payload: Segment = chance.percent(60)
    ? { protocol: 'udp', sourcePort: chance.of(CLIENT_PORTS), destinationPort: chance.of(UDP_PORTS), data }
    : { protocol: 'icmp', type: 'echo-request', identifier: chance.between(1001, 1009), sequence: 7, data };
  return {
    kind: 'ip',
    source: address(source),
    destination: address(target),
    ttl: chance.percent(80) ? 64 : chance.of([1, 2]),
    tos: chance.percent(20) ? 0x10 : 0,
    id: 1 + chance.below(65535),
    dontFragment,
    payload,
  };
}
