import type { SctpChunk, SctpPacket } from '../../packet/packet.ts';
import { CHANGED, type Connection } from './connection.ts';
import { SCTP_STATES, type SctpState, type SctpStateName } from './sctp-state.ts';
import type { Settings } from './settings.ts';
import type { Outcome, Tracker, Tracking } from './tracker.ts';

type Next = SctpStateName | 'invalid';
const cl = 'CLOSED';
const cw = 'COOKIE_WAIT';
const ce = 'COOKIE_ECHOED';
const es = 'ESTABLISHED';
const ss = 'SHUTDOWN_SENT';
const sr = 'SHUTDOWN_RECD';
const sa = 'SHUTDOWN_ACK_SENT';
const hs = 'HEARTBEAT_SENT';
const iv = 'invalid';

type ChunkType = Exclude<SctpChunk['type'], 'data' | 'sack'>;
type Row = readonly [Next, Next, Next, Next, Next, Next, Next, Next, Next];

/** sctp_conntracks; the columns are in the order of `SCTP_STATES`. */
const ORIGINAL: Readonly<Record<ChunkType, Row>> = {
  init: [cl, cl, cw, ce, es, cl, cl, sa, cw],
  'init-ack': [cl, cl, cw, ce, es, ss, sr, sa, cl],
  abort: [cl, cl, cl, cl, cl, cl, cl, cl, cl],
  shutdown: [cl, cl, cw, ce, ss, ss, sr, sa, cl],
  'shutdown-ack': [sa, cl, cw, ce, es, sa, sa, sa, sa],
  error: [cl, cl, cw, ce, es, ss, sr, sa, cl],
  'cookie-echo': [cl, cl, ce, ce, es, ss, sr, sa, cl],
  'cookie-ack': [cl, cl, cw, es, es, ss, sr, sa, cl],
  'shutdown-complete': [cl, cl, cw, ce, es, ss, sr, cl, cl],
  heartbeat: [hs, cl, cw, ce, es, ss, sr, sa, hs],
  'heartbeat-ack': [cl, cl, cw, ce, es, ss, sr, sa, hs],
};
const REPLY: Readonly<Record<ChunkType, Row>> = {
  init: [iv, cl, cw, ce, es, ss, sr, sa, iv],
  'init-ack': [iv, cw, cw, ce, es, ss, sr, sa, iv],
  abort: [iv, cl, cl, cl, cl, cl, cl, cl, iv],
  shutdown: [iv, cl, cw, ce, sr, ss, sr, sa, iv],
  'shutdown-ack': [iv, cl, cw, ce, es, sa, sa, sa, iv],
  error: [iv, cl, cw, cl, es, ss, sr, sa, iv],
  'cookie-echo': [iv, cl, ce, ce, es, ss, sr, sa, iv],
  'cookie-ack': [iv, cl, cw, es, es, ss, sr, sa, iv],
  'shutdown-complete': [iv, cl, cw, ce, es, ss, sr, cl, iv],
  heartbeat: [iv, cl, cw, ce, es, ss, sr, sa, hs],
  'heartbeat-ack': [iv, cl, cw, ce, es, ss, sr, sa, es],
};

const TIMEOUTS: Readonly<Record<SctpStateName, keyof Settings>> = {
  NONE: 'sctp_timeout_closed',
  [cl]: 'sctp_timeout_closed',
  [cw]: 'sctp_timeout_cookie_wait',
  [ce]: 'sctp_timeout_cookie_echoed',
  [es]: 'sctp_timeout_established',
  [ss]: 'sctp_timeout_shutdown_sent',
  [sr]: 'sctp_timeout_shutdown_recd',
  [sa]: 'sctp_timeout_shutdown_ack_sent',
  [hs]: 'sctp_timeout_heartbeat_sent',
};

const BAD_CHUNKS = { invalid: 'SCTP chunks that are never together' };
const BAD_TAG = { invalid: 'not the verification tag of its association' };
const NOT_NEW = { invalid: 'an SCTP packet that begins no association' };

/** DATA and SACK leave the state as it is. */
function nextOf(reply: boolean, state: SctpStateName, { type }: SctpChunk): Next {
  if (type === 'data' || type === 'sack') return state;
  return (reply ? REPLY : ORIGINAL)[type][SCTP_STATES.indexOf(state)] as Next;
}

/** do_basic_checks: some chunks come first, some alone. */
function misplaced(chunks: readonly SctpChunk[]): boolean {
  let alone = false;
  for (const [at, { type }] of chunks.entries()) {
    alone ||= type === 'init' || type === 'init-ack' || type === 'shutdown-complete';
    if (at > 0 && (alone || type === 'cookie-ack' || type === 'cookie-echo')) return true;
  }
  return chunks.length === 0;
}

/** sctp_new: out of the blue there may be less than in an association (RFC 9260, 8.4). */
function begin({ chunks, verificationTag }: SctpPacket): SctpState | undefined {
  const state: SctpState = { state: 'NONE', tags: [0, 0], init: [false, false], heartbeat: undefined };
  for (const chunk of chunks) {
    const { type } = chunk;
    if (type === 'abort' || type === 'shutdown-complete' || type === 'cookie-ack') return undefined;
    if (nextOf(false, 'NONE', chunk) === 'NONE') return undefined;
    if (type === 'init') {
      if (verificationTag !== 0) return undefined;
      state.tags[1] = chunk.initiateTag ?? 0;
    } else if (type === 'heartbeat') state.tags[0] = verificationTag;
    else state.tags[1] = verificationTag;
  }
  return state;
}

/** These have rules of their own about the tag (RFC 9260, 8.5.1). */
const OWN_TAG_RULE = new Set<SctpChunk['type']>([
  'init',
  'shutdown-complete',
  'cookie-echo',
  'abort',
  'shutdown-ack',
  'heartbeat',
  'heartbeat-ack',
]);

/** Does this chunk's packet carry a tag that it may? Notes those that are learnt. `later`: it passes, and tells nothing. */
function tagFits(
  state: SctpState,
  side: 0 | 1,
  type: SctpChunk['type'],
  tag: number,
  data: boolean,
): boolean | 'later' {
  const own = state.tags[side];
  switch (type) {
    case 'init':
      return tag === 0;
    case 'abort':
    case 'shutdown-complete':
      // With the T bit it is the other side's; the bit is not in the packets here.
      return tag === own || tag === state.tags[1 - side];
    case 'cookie-echo':
      return tag === own;
    case 'heartbeat':
    case 'heartbeat-ack':
      return heartbeatFits(state, side, type, tag, data);
    default:
      return true;
  }
}

/** A path that is new for the association may have been taken over from another connection (RFC 9260, 8.3). */
function heartbeatFits(
  state: SctpState,
  side: 0 | 1,
  type: 'heartbeat' | 'heartbeat-ack',
  tag: number,
  data: boolean,
): boolean | 'later' {
  if (state.tags[side] === 0) {
    state.tags[side] = tag;
    return true;
  }
  if (tag === state.tags[side]) {
    state.heartbeat = undefined;
    return true;
  }
  if (data) return false;
  if (type === 'heartbeat') {
    state.heartbeat = side;
    return 'later';
  }
  if (state.heartbeat === undefined || state.heartbeat === side) return false;
  state.heartbeat = undefined;
  state.tags[side] = tag;
  state.tags[side === 0 ? 1 : 0] = 0;
  return true;
}

/** INIT and INIT ACK say which tag the other side's packets have. */
function learnTag(state: SctpState, side: 0 | 1, { type, initiateTag = 0 }: SctpChunk): boolean {
  const other = side === 0 ? 1 : 0;
  if (type === 'init') {
    if (state.init[side] && state.init[other]) state.init[other] = false;
    state.init[side] = true;
    state.tags[other] = initiateTag;
  } else if (type === 'init-ack') {
    const known = state.tags[other];
    if (!state.init[other] && known !== 0 && known !== initiateTag) return false;
    if (state.init[side] && state.init[other] && known !== initiateTag) return false;
    state.tags[other] = initiateTag;
  } else if (type === 'cookie-ack') {
    state.init[0] = false;
    state.init[1] = false;
  }
  return true;
}

function follow(connection: Connection, state: SctpState, reply: boolean, packet: SctpPacket, tracking: Tracking) {
  const side = reply ? 1 : 0;
  const { chunks, verificationTag } = packet;
  const data = chunks.some(({ type }) => type === 'data');
  let again = false;
  for (const chunk of chunks) {
    const fits = tagFits(state, side, chunk.type, verificationTag, data || again);
    if (fits === false) return BAD_TAG;
    if (fits === 'later') {
      again = true;
      continue;
    }
    const old = state.state;
    const next = nextOf(reply, old, chunk);
    if (next === iv) return { invalid: `an SCTP ${chunk.type} from the replying side in state ${old}` };
    if (!learnTag(state, side, chunk)) return BAD_TAG;
    // An INIT that is sent again doesn't keep the connection alive.
    if (chunk.type === 'init' && old === cl && next === cl && connection.confirmed) again = true;
    state.state = next;
    if (next === old) continue;
    connection.changed |= CHANGED.protocol;
    if (next === es && !connection.assured) {
      connection.assured = true;
      connection.changed |= CHANGED.assured;
    }
  }
  if (!again) connection.refresh(tracking.now(), tracking.settings[TIMEOUTS[state.state]]);
  return undefined;
}

/** net/netfilter/nf_conntrack_proto_sctp.c */
export const sctp: Tracker<SctpPacket> = {
  protocol: 'sctp',
  summary: 'SCTP: the states of an association, with their timeouts, and its verification tags',
  leavesOut: 'the T bit of ABORT and SHUTDOWN COMPLETE: without it the tag may be either side’s',
  allowsClash: false,
  state: ({ sctp: state }) => state?.state ?? 'NONE',
  mayDropEarly: ({ sctp: state }) => state?.state === ss || state?.state === sr || state?.state === sa,
  packet(connection, reply, payload, tracking): Outcome {
    const { chunks, verificationTag } = payload;
    if (misplaced(chunks)) return BAD_CHUNKS;
    if (!connection.confirmed) connection.sctp = begin(payload);
    const state = connection.sctp;
    if (state === undefined) return NOT_NEW;
    const free = chunks.some(({ type }) => OWN_TAG_RULE.has(type));
    if (!free && verificationTag !== state.tags[reply ? 1 : 0]) return BAD_TAG;
    return follow(connection, state, reply, payload, tracking);
  },
};
