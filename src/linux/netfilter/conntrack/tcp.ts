import type { TcpSegment } from '../../packet/packet.ts';
import { CHANGED, type Connection } from './connection.ts';
import type { Settings } from './settings.ts';
import { before, type SegmentKind, TcpState, type TcpStateName } from './tcp-state.ts';
import { checkWindow, endOf } from './tcp-window.ts';
import type { Tracker, Tracking } from './tracker.ts';

const none = 'NONE';
const syn = 'SYN_SENT';
const rcv = 'SYN_RECV';
const est = 'ESTABLISHED';
const fin = 'FIN_WAIT';
const cls = 'CLOSE_WAIT';
const lst = 'LAST_ACK';
const tim = 'TIME_WAIT';
const end = 'CLOSE';
const sy2 = 'SYN_SENT2';
/** No segment of a connection in this state. */
const bad = 'invalid';
/** Perhaps one, perhaps not: it passes, and the answer will tell. */
const ign = 'ignore';

type Next = TcpStateName | 'invalid' | 'ignore';
type Row = Readonly<Record<TcpStateName, Next>>;

function row(...next: readonly [Next, Next, Next, Next, Next, Next, Next, Next, Next, Next]): Row {
  const [a, b, c, d, e, f, g, h, i, j] = next;
  return {
    NONE: a,
    SYN_SENT: b,
    SYN_RECV: c,
    ESTABLISHED: d,
    FIN_WAIT: e,
    CLOSE_WAIT: f,
    LAST_ACK: g,
    TIME_WAIT: h,
    CLOSE: i,
    SYN_SENT2: j,
  };
}

/** tcp_conntracks: what a segment makes of each state; the columns are in the order of `row`. */
const ORIGINAL: Readonly<Record<SegmentKind, Row>> = {
  syn: row(syn, syn, ign, ign, ign, ign, ign, syn, syn, sy2),
  synack: row(bad, bad, rcv, bad, bad, bad, bad, bad, bad, rcv),
  fin: row(bad, bad, fin, fin, lst, lst, lst, tim, end, bad),
  ack: row(est, bad, est, est, cls, cls, tim, tim, end, bad),
  rst: row(bad, end, end, end, end, end, end, end, end, end),
  none: row(bad, bad, bad, bad, bad, bad, bad, bad, bad, bad),
};
const REPLY: Readonly<Record<SegmentKind, Row>> = {
  syn: row(bad, sy2, bad, bad, bad, bad, bad, syn, bad, sy2),
  synack: row(bad, rcv, ign, ign, ign, ign, ign, ign, ign, rcv),
  fin: row(bad, bad, fin, fin, lst, lst, lst, tim, end, bad),
  ack: row(bad, ign, rcv, est, cls, cls, tim, tim, end, ign),
  rst: row(bad, end, end, end, end, end, end, end, end, end),
  none: row(bad, bad, bad, bad, bad, bad, bad, bad, bad, bad),
};

const TIMEOUTS: Readonly<Record<TcpStateName, keyof Settings>> = {
  [none]: 'tcp_timeout_close',
  [syn]: 'tcp_timeout_syn_sent',
  [rcv]: 'tcp_timeout_syn_recv',
  [est]: 'tcp_timeout_established',
  [fin]: 'tcp_timeout_fin_wait',
  [cls]: 'tcp_timeout_close_wait',
  [lst]: 'tcp_timeout_last_ack',
  [tim]: 'tcp_timeout_time_wait',
  [end]: 'tcp_timeout_close',
  [sy2]: 'tcp_timeout_syn_sent',
};

const BAD_FLAGS = { invalid: 'a combination of TCP flags that no segment has' };
const NOT_NEW = { invalid: 'a TCP segment that begins no connection' };
const BAD_RST = { invalid: 'invalid rst: its sequence number was acknowledged long ago' };

/** get_conntrack_index */
function kindOf(segment: TcpSegment): SegmentKind {
  if (segment.rst) return 'rst';
  if (segment.syn) return segment.ack ? 'synack' : 'syn';
  if (segment.fin) return 'fin';
  return segment.ack ? 'ack' : 'none';
}

/** tcp_error: flags that are never together (tcp_valid_flags). */
function impossible({ syn: s, ack, fin: f, rst }: TcpSegment): boolean {
  if (s) return f || rst;
  if (f) return !ack || rst;
  return !ack && !rst;
}

/** tcp_new. @returns undefined for what begins no connection. */
function begin(segment: TcpSegment, settings: Readonly<Settings>): TcpState | undefined {
  const first = ORIGINAL[kindOf(segment)].NONE;
  if (first === bad || first === ign) return undefined;
  if (first !== syn && settings.tcp_loose === 0) return undefined;
  const state = new TcpState();
  const { original } = state;
  original.end = endOf(segment);
  original.maxWindow = segment.window === 0 ? 1 : segment.window;
  original.maxEnd = original.end;
  if (first === syn) original.readOptions(segment);
  else {
    original.maxEnd = (original.end + original.maxWindow) >>> 0;
    original.liberal = true;
    original.sacks = true;
    state.reply.sacks = true;
    state.reply.liberal = true;
  }
  return state;
}

/** These may go even though they are assured (tcp_can_early_drop). */
function isClosing(state: TcpStateName): boolean {
  return state === fin || state === lst || state === tim || state === end || state === cls;
}

/** What follows where the table alone doesn't decide it. */
interface Step {
  readonly become: TcpStateName;
  /** Taken for the state before, where ours was out of step. */
  readonly old?: TcpStateName;
  /** The windows say nothing here. */
  readonly unchecked?: boolean;
}

/** One segment of one connection, while it is looked at. */
interface Look {
  readonly connection: Connection;
  readonly state: TcpState;
  readonly reply: boolean;
  readonly kind: SegmentKind;
  readonly segment: TcpSegment;
  readonly tracking: Tracking;
}

/** A SYN where there is a connection: its end was seen, or it may be that this one is out of step. */
function reopen(look: Look): 'repeat' | undefined {
  const { state, reply, connection, tracking } = look;
  const over = state.original.closes || state.reply.closes || (state.lastReply === reply && state.lastKind === 'rst');
  if (!over) return undefined;
  tracking.kill(connection);
  return 'repeat';
}

/** It passes and changes nothing, but is remembered: the answer may show that it was right. */
function ignore({ state, reply, kind, segment }: Look): Step | 'ignore' {
  const sender = state.lastReply ? state.reply : state.original;
  if (kind === 'synack' && state.lastKind === 'syn' && state.lastReply !== reply) {
    if (segment.acknowledgement === state.lastEnd) {
      sender.reset();
      sender.liberal = false;
      sender.end = state.lastEnd;
      sender.maxEnd = state.lastEnd;
      sender.maxWindow = state.lastWindow === 0 ? 1 : state.lastWindow;
      sender.scale = state.lastScale;
      sender.scales = state.lastScales;
      sender.sacks = state.lastSacks;
      state.challenge = false;
      (reply ? state.reply : state.original).reset();
      return { become: rcv, old: syn };
    }
  }
  state.lastKind = kind;
  state.lastReply = reply;
  state.lastSequence = segment.sequence;
  state.lastEnd = endOf(segment);
  state.lastWindow = segment.window;
  if (kind === 'syn' && !reply) {
    state.lastScale = Math.min(segment.windowScale ?? 0, 14);
    state.lastScales = segment.windowScale !== undefined;
    state.lastSacks = segment.sackPermitted === true;
    state.challenge = state.state === lst;
  }
  if (state.state === syn && kind === 'ack' && reply) state.lastAck = segment.acknowledgement;
  return 'ignore';
}

/** A reset ends the connection when its sequence number is the one that is expected (RFC 5961, 3.2). */
function reset({ connection, state, reply, segment, tracking }: Look): Step | { invalid: string } {
  const { sequence, acknowledgement } = segment;
  if (isClosing(state.state)) return { become: end, unchecked: true };
  const { maxAck } = reply ? state.original : state.reply;
  const established = state.state === est && connection.assured;
  let become: TcpStateName = end;
  if (maxAck !== undefined && state.lastKind !== 'syn') {
    if (sequence === 0 && !established) return { become };
    if (before(sequence, maxAck) && tracking.settings.tcp_ignore_invalid_rst === 0) return BAD_RST;
    if (!established || sequence === maxAck) return { become };
    if (state.lastKind === 'ack' && state.lastReply === reply && sequence === state.lastEnd) return { become };
    become = state.state;
  }
  // It answers a SYN, or an ACK, that was let through without being understood.
  const toSyn = connection.seenReply && state.lastKind === 'syn' && state.lastReply !== reply;
  const answers = toSyn || (!connection.assured && state.lastKind === 'ack');
  if (answers && acknowledgement === state.lastEnd) return { become, unchecked: true };
  const challenged = state.state === syn && state.lastKind === 'ack' && state.lastReply;
  return challenged && sequence === state.lastAck ? { become, unchecked: true } : { become };
}

/** What to make of it where the table needs a second look; `undefined`: as the table says. */
function lookAgain(next: Next, look: Look): Step | 'ignore' | 'repeat' | { invalid: string } | undefined {
  const { state, reply, kind } = look;
  switch (next) {
    case syn:
      if (state.state !== tim && state.state !== end) return undefined;
      return reopen(look) ?? ignore(look);
    case ign:
      return ignore(look);
    case bad:
      return { invalid: `a ${kind} from the ${reply ? 'reply' : 'original'} side in state ${state.state}` };
    case tim:
      if (state.state !== lst || kind !== 'ack' || state.lastReply === reply) return undefined;
      if (state.lastKind !== 'syn' || !state.challenge) return undefined;
      state.challenge = false;
      return 'ignore';
    case sy2:
      state.simultaneous = true;
      return undefined;
    case rcv:
      return reply && kind === 'ack' && state.simultaneous ? { become: est } : undefined;
    case end:
      return kind === 'rst' ? reset(look) : undefined;
    default:
      return undefined;
  }
}

/** nf_tcp_handle_invalid: both sides want to end it, whatever is known of their windows. */
function shorten({ connection, state, reply, kind, tracking }: Look): void {
  if (!connection.assured || connection.clashed || (kind !== 'rst' && kind !== 'fin')) return;
  if (state.lastReply === reply || (state.lastKind !== 'fin' && state.lastKind !== 'rst')) {
    state.lastKind = kind;
    state.lastReply = reply;
    return;
  }
  const now = tracking.now();
  const left = connection.timeout(now);
  const { tcp_timeout_unacknowledged: shorter } = tracking.settings;
  if (left >= 120 && left > shorter) connection.refresh(now, shorter);
}

function timeoutOf(state: TcpState, become: TcpStateName, kind: SegmentKind, settings: Readonly<Settings>): number {
  const usual = settings[TIMEOUTS[become]];
  const { tcp_timeout_max_retrans: retransmitted, tcp_timeout_unacknowledged: unacknowledged } = settings;
  if (state.retransmissions >= settings.tcp_max_retrans && usual > retransmitted) return retransmitted;
  if (kind === 'rst') return settings.tcp_timeout_close;
  if ((state.original.unacknowledged || state.reply.unacknowledged) && usual > unacknowledged) return unacknowledged;
  return state.lastWindow === 0 && usual > retransmitted ? retransmitted : usual;
}

function settle(look: Look, old: TcpStateName, become: TcpStateName): void {
  const { connection, state, reply, kind, segment, tracking } = look;
  const { settings } = tracking;
  state.lastKind = kind;
  state.lastReply = reply;
  state.state = become;
  if (old !== become && become === fin) (reply ? state.reply : state.original).closes = true;
  let timeout = timeoutOf(state, become, kind, settings);
  if (old !== become) connection.changed |= CHANGED.protocol;
  // The bit is set behind this: a first answer still finds it unset.
  if (!connection.seenReply) {
    if (segment.rst) {
      tracking.kill(connection);
      return;
    }
    // A SYN that is sent again doesn't keep the connection alive.
    if (kind === 'syn' && old === syn) return;
    if (become === est) timeout = Math.min(timeout, settings.tcp_timeout_unacknowledged);
  } else if (!connection.assured && (old === rcv || old === est) && become === est) {
    connection.assured = true;
    connection.changed |= CHANGED.assured;
  }
  connection.refresh(tracking.now(), timeout);
}

/** net/netfilter/nf_conntrack_proto_tcp.c */
export const tcp: Tracker<TcpSegment> = {
  protocol: 'tcp',
  summary: 'TCP: the states of both sides with their timeouts, and whether segments fit the windows',
  leavesOut: 'the log of invalid segments (nf_conntrack_log_invalid)',
  allowsClash: false,
  state: ({ tcp: state }) => state?.state ?? none,
  mayDropEarly: ({ tcp: state }) => state !== undefined && isClosing(state.state),
  /** nf_conntrack_tcp_set_closing */
  close(connection, tracking) {
    const { tcp: state, confirmed } = connection;
    if (state === undefined || !confirmed || state.state === end) return;
    state.state = end;
    if (connection.clashed) return;
    connection.refresh(tracking.now(), tracking.settings.tcp_timeout_close);
    connection.changed |= CHANGED.protocol;
  },
  packet(connection, reply, segment, tracking) {
    if (impossible(segment)) return BAD_FLAGS;
    if (!connection.confirmed) connection.tcp = begin(segment, tracking.settings);
    const state = connection.tcp;
    if (state === undefined) return NOT_NEW;
    const kind = kindOf(segment);
    const next = (reply ? REPLY : ORIGINAL)[kind][state.state];
    const look: Look = { connection, state, reply, kind, segment, tracking };
    const again = lookAgain(next, look);
    if (again === 'ignore') return undefined;
    if (again === 'repeat' || (again !== undefined && 'invalid' in again)) return again;
    if (again?.unchecked !== true) {
      const window = checkWindow(state, reply, kind, segment, tracking);
      if (window === 'ignored') return undefined;
      if (window !== undefined) {
        shorten(look);
        return window;
      }
    }
    settle(look, again?.old ?? state.state, again?.become ?? (next as TcpStateName));
    return undefined;
  },
};
