import type { TcpSegment } from '../../packet/packet.ts';
import type { ControlBlock } from './control-block.ts';
import type { Receiver } from './receiver.ts';
import { add } from './sequence.ts';

/** What a segment that comes in does to its connection (RFC 9293, 3.10.7; the kernel's net/ipv4/tcp_input.c). */
export function receiveSegment(block: ControlBlock, segment: TcpSegment): void {
  block.segments.counters.came(segment);
  if (block.state === 'SYN_SENT') {
    receiveInSynSent(block, segment);
    return;
  }
  const { receiver } = block;
  if (receiver === undefined) return;
  const length = segment.data.length + (segment.fin ? 1 : 0);
  if (block.segments.isOld(segment) || !receiver.acceptable(segment.sequence, length)) {
    receiveOutsideWindow(block, segment);
    return;
  }
  if (segment.rst) {
    // RFC 5961: only the very next sequence number is believed.
    if (segment.sequence !== receiver.next) block.sendAck();
    else block.finish(block.state === 'CLOSE_WAIT' ? 'EPIPE' : 'ECONNRESET');
    return;
  }
  if (segment.syn) block.sendAck();
  if (segment.syn || !segment.ack) return;
  block.segments.remember(segment);
  if (block.state === 'SYN_RECV' && !completeHandshake(block, segment)) return;
  if (!receiveAck(block, segment, length === 0)) {
    block.sendAck();
    return;
  }
  if (length > 0) receiveData(block, receiver, segment);
}

/** RFC 9293, 3.10.7.3. */
function receiveInSynSent(block: ControlBlock, segment: TcpSegment): void {
  if (segment.ack && segment.acknowledgement !== add(block.initial, 1)) {
    if (!segment.rst) refuseAck(block, segment);
    return;
  }
  if (segment.rst) {
    if (segment.ack) block.finish('ECONNREFUSED');
    return;
  }
  if (!segment.syn) return;
  block.begin(segment);
  if (!segment.ack) {
    block.state = 'SYN_RECV';
    block.sendSyn(true);
    return;
  }
  block.establish();
  block.sendAck();
  block.ready.resolve();
}

/** RFC 9293, 3.10.7.4, first check: what lies outside of the window, or is from earlier, is answered and not taken. */
function receiveOutsideWindow(block: ControlBlock, segment: TcpSegment): void {
  if (block.state === 'SYN_RECV' && segment.syn) {
    // The other side of a simultaneous open has our SYN, too (RFC 9293, 3.5).
    if (!(segment.ack && block.active && completeHandshake(block, segment))) block.sendSyn(true);
  } else if (!segment.rst) {
    if (block.state === 'TIME_WAIT' && segment.fin) block.timeWait();
    block.sendAck();
  }
}

/** @returns false when the segment ends here: it is no answer to our SYN, or nobody has room for the connection. */
function completeHandshake(block: ControlBlock, segment: TcpSegment): boolean {
  if (segment.acknowledgement !== add(block.initial, 1)) {
    refuseAck(block, segment);
    return false;
  }
  if (!block.establish()) return false;
  block.ready.resolve();
  return true;
}

/** It acknowledges what was never sent. */
function refuseAck({ segments }: ControlBlock, { acknowledgement }: TcpSegment): void {
  segments.send({ sequence: acknowledgement, rst: true, ack: false });
}

/** Fifth check (tcp_ack). `bare`: it carries nothing else. @returns false when it is for something never sent */
function receiveAck(block: ControlBlock, segment: TcpSegment, bare: boolean): boolean {
  const { segments, sender } = block;
  const { agreed } = segments;
  const accepted = sender?.acknowledge({
    number: segment.acknowledgement,
    window: segment.window * 2 ** agreed.sendScale,
    bare,
    sack: agreed.sack ? segment.sack : undefined,
    roundTrip: segments.roundTrip(segment),
  });
  if (accepted !== true) return false;
  if (sender?.finished === true) block.step('fin acknowledged');
  return true;
}

/** Seventh and eighth check (tcp_data_queue, tcp_fin). */
function receiveData(block: ControlBlock, receiver: Receiver, segment: TcpSegment): void {
  if (block.orphan && segment.data.length > 0) {
    block.abort();
    return;
  }
  const ended = receiver.finished;
  const news = receiver.accept(segment.sequence, segment.data, segment.fin);
  if (receiver.finished && !ended) block.step('fin');
  // tcp_fin() turns to delayed acknowledgements: a FIN that answers soon carries it.
  if (block.state === 'CLOSE_WAIT' && !ended) block.segments.delayAck(() => block.sendAck());
  else block.sendAck();
  if (news) block.changed.wake();
}
