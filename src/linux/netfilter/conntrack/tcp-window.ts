import type { TcpSegment } from '../../packet/packet.ts';
import { after, before, type SegmentKind, type TcpSide, type TcpState } from './tcp-state.ts';
import type { Tracking } from './tracker.ts';

/** MAXACKWINCONST: how old an acknowledgement may be. */
const MAX_ACK_WINDOW = 66_000;

/** Behind the segment's last byte; SYN and FIN count as one each. */
export function endOf(segment: TcpSegment): number {
  const { sequence, data, syn, fin } = segment;
  return (sequence + data.length + (syn ? 1 : 0) + (fin ? 1 : 0)) >>> 0;
}

/** What a segment is against both sides' windows; `ignored` ones pass, but change nothing. */
export type WindowOutcome = undefined | 'ignored' | { readonly invalid: string };

/** tcp_init_sender: the first that is seen of a side. */
function startSide(sender: TcpSide, receiver: TcpSide, segment: TcpSegment, end: number, reply: boolean): void {
  sender.end = end;
  sender.maxEnd = end;
  sender.maxWindow = segment.window === 0 ? 1 : segment.window;
  sender.readOptions(segment);
  // RFC 7323: windows are scaled when both sides say so.
  if (reply && !(sender.scales && receiver.scales)) {
    sender.scale = 0;
    receiver.scale = 0;
  }
}

/** tcp_in_window: does the segment fit what both sides have said before? (G. van Rooij, Real Stateful TCP Packet Filtering) */
export function checkWindow(
  state: TcpState,
  reply: boolean,
  kind: SegmentKind,
  segment: TcpSegment,
  { settings }: Tracking,
): WindowOutcome {
  const sender = reply ? state.reply : state.original;
  const receiver = reply ? state.original : state.reply;
  let { sequence } = segment;
  let ack = segment.acknowledgement;
  // The highest that is acknowledged, be it behind a gap.
  let sack = receiver.sacks ? highestSack(segment) : ack;
  let end = endOf(segment);
  let window = segment.window;
  const liberal = sender.liberal || settings.tcp_be_liberal === 1;
  const wrong = (outcome: 'ignored' | { invalid: string }): WindowOutcome => (liberal ? undefined : outcome);

  if (sender.maxWindow === 0) {
    if (segment.syn) {
      startSide(sender, receiver, segment, end, reply);
      if (!segment.ack) return undefined;
    } else {
      pickUp(sender, receiver, sack, end, window);
    }
  } else if (segment.syn && after(end, sender.end) && (state.state === 'SYN_SENT' || state.state === 'SYN_RECV')) {
    startSide(sender, receiver, segment, end, reply);
    if (reply && !segment.ack) return undefined;
  }

  if (!segment.ack || (segment.rst && ack === 0)) {
    ack = receiver.end;
    sack = ack;
  }
  if (segment.rst && sequence === 0 && state.state === 'SYN_SENT') {
    sequence = sender.end;
    end = sender.end;
  }

  const ackWindow = Math.max(sender.maxWindow, MAX_ACK_WINDOW);
  const ackOk = after(sack, (receiver.end - ackWindow - 1) | 0);
  if (!before(sequence, (sender.maxEnd + 1) | 0)) {
    const over = (end - sender.maxEnd + 1) >>> 0;
    const inWindow = receiver.maxWindow > 0 && after(end, (sender.end - receiver.maxWindow - 1) | 0);
    if (inWindow && ackOk && over <= receiver.maxWindow && before(sack, (receiver.end + 1) | 0)) {
      sender.end = end;
      sender.unacknowledged = true;
      return wrong('ignored');
    }
    return wrong({ invalid: `SEQ is over upper bound ${(sender.maxEnd + 1) >>> 0} (over the window of the receiver)` });
  }
  if (!before(sack, (receiver.end + 1) | 0)) {
    return wrong({ invalid: `ACK is over upper bound ${(receiver.end + 1) >>> 0} (ACKed data not seen yet)` });
  }
  if (receiver.maxWindow !== 0 && !after(end, (sender.end - receiver.maxWindow - 1) | 0)) return wrong('ignored');
  if (!ackOk) return wrong('ignored');

  if (!segment.syn) window *= 2 ** sender.scale;
  updateSides(sender, receiver, segment, ack, sack, end, window);
  if (kind === 'ack') countRetransmissions(state, reply, segment, ack, end);
  return undefined;
}

/** tcp_sack */
function highestSack({ acknowledgement, sack }: TcpSegment): number {
  let highest = acknowledgement;
  if (sack !== undefined) for (const [, right] of sack) if (after(right, highest)) highest = right;
  return highest;
}

/** In the middle of a connection whose beginning wasn't seen. */
function pickUp(sender: TcpSide, receiver: TcpSide, ack: number, end: number, window: number): void {
  sender.end = end;
  const scaled = window * 2 ** sender.scale;
  sender.maxWindow = scaled === 0 ? 1 : scaled;
  sender.maxEnd = (end + sender.maxWindow) >>> 0;
  if (receiver.maxWindow === 0) {
    receiver.end = ack;
    receiver.maxEnd = ack;
  } else if (ack === (receiver.end + 1) >>> 0) {
    // An answer to a keepalive.
    receiver.end = ack;
  }
}

function updateSides(
  sender: TcpSide,
  receiver: TcpSide,
  segment: TcpSegment,
  ack: number,
  sack: number,
  end: number,
  window: number,
): void {
  const offered = window + ((sack - ack) >>> 0);
  if (sender.maxWindow < offered) sender.maxWindow = offered;
  if (after(end, sender.end)) {
    sender.end = end;
    sender.unacknowledged = true;
  }
  if (segment.ack && (sender.maxAck === undefined || after(ack, sender.maxAck))) sender.maxAck = ack;
  if (receiver.maxWindow !== 0 && after(end, sender.maxEnd)) receiver.maxWindow += (end - sender.maxEnd) >>> 0;
  const allowed = (sack + window) >>> 0;
  if (after(allowed, (receiver.maxEnd - 1) | 0)) receiver.maxEnd = window === 0 ? (allowed + 1) >>> 0 : allowed;
  if (ack === receiver.end) receiver.unacknowledged = false;
}

function countRetransmissions(state: TcpState, reply: boolean, segment: TcpSegment, ack: number, end: number): void {
  const { sequence, window } = segment;
  const again =
    state.lastReply === reply &&
    state.lastSequence === sequence &&
    state.lastAck === ack &&
    state.lastEnd === end &&
    state.lastWindow === window;
  if (again) {
    state.retransmissions++;
    return;
  }
  state.lastReply = reply;
  state.lastSequence = sequence;
  state.lastAck = ack;
  state.lastEnd = end;
  state.lastWindow = window;
  state.retransmissions = 0;
}
