import type { Milliseconds } from '../../../simulation/clock.ts';
import type { Descriptor } from '../descriptor.ts';
import type { SocketEntry, SocketTimer, TcpState } from '../entry.ts';
import type { Endpoint, SocketOptions, SocketOwner } from '../socket.ts';
import type { ControlBlock } from './control-block.ts';

/** The connection itself, as far as its entry is concerned. */
interface Subject {
  readonly state: TcpState;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly options: SocketOptions;
  readonly descriptor: Descriptor | undefined;
  readonly owner: SocketOwner | undefined;
}

/** Our FIN, or SYN, is not acknowledged yet: it counts as a byte. */
const UNACKNOWLEDGED_FLAG = new Set(['SYN_SENT', 'FIN_WAIT1', 'CLOSING', 'LAST_ACK']);

/** A connection as sock_diag(7) tells of it. */
export function connectionEntry(connection: Subject, block: ControlBlock, now: Milliseconds): SocketEntry {
  const { state, local, remote, options, descriptor, owner } = connection;
  const { orphan, sender, receiver, segments, largestSegment } = block;
  // The kernel keeps no more of these than their addresses (inet_timewait_sock).
  const waits = state === 'TIME_WAIT' || (state === 'FIN_WAIT2' && orphan);
  const flag = UNACKNOWLEDGED_FLAG.has(state) ? 1 : 0;
  return {
    protocol: 'tcp',
    state,
    local,
    remote,
    device: options.device,
    receiveQueue: waits ? 0 : (receiver?.queued ?? 0) + (receiver?.finished === true ? 1 : 0),
    sendQueue: waits ? 0 : (sender?.queued ?? 0) + flag,
    owner: orphan || descriptor === undefined ? undefined : owner,
    fd: descriptor?.fd ?? 0,
    inode: orphan ? 0 : (descriptor?.inode ?? 0),
    uid: waits ? 0 : (owner?.uid ?? 0),
    mark: options.mark,
    timer: timerOf(block, waits, now),
    tcp: waits ? undefined : segments.counters.figures(segments.agreed, sender, receiver, largestSegment),
  };
}

function timerOf(block: ControlBlock, waits: boolean, now: Milliseconds): SocketTimer | undefined {
  const {
    timer: { expires },
    handshake: { tries },
    sender,
    keepAlive,
  } = block;
  const timer = (name: SocketTimer['name'], at: number, retries: number) => ({
    name,
    expires: Math.max(0, at - now),
    retries,
  });
  if (expires !== undefined) return timer(waits ? 'timewait' : 'on', expires, waits ? 0 : tries);
  const running = sender?.timer;
  if (sender !== undefined && running !== undefined) {
    return timer(running === 'persist' ? 'persist' : 'on', sender.expires, sender.tries);
  }
  return keepAlive === undefined ? undefined : timer('keepalive', keepAlive.expires, keepAlive.unanswered);
}
