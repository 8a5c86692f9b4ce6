import type { SocketEntry, SocketTimer, TcpFigures } from '../../linux/socket/entry.ts';

/** `timer:(keepalive,1min58sec,0)`. */
export function timerText({ name, expires, retries }: SocketTimer): string {
  return ` timer:(${name},${duration(Math.floor(expires))},${retries})`;
}

/** print_ms_timer() of ss: minutes, or seconds, or milliseconds behind a point. */
function duration(milliseconds: number): string {
  let seconds = Math.floor(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  let rest = milliseconds % 1000;
  let text = '';
  if (minutes > 0) {
    rest = 0;
    text += `${minutes}min`;
    seconds = minutes > 9 ? 0 : seconds % 60;
  }
  if (seconds > 0) {
    if (seconds > 9) rest = 0;
    text += `${seconds}${rest > 0 ? '.' : 'sec'}`;
  }
  return rest > 0 || text === '' ? `${text}${String(rest).padStart(3, '0')}ms` : text;
}

/** `-e`. The control group, which every process here shares, is left out. */
export function extendedText(entry: SocketEntry, cookie: number): string {
  const { uid, inode, mark, protocol, state } = entry;
  const waits = state === 'TIME_WAIT';
  return [
    uid > 0 ? ` uid:${uid}` : '',
    ` ino:${inode} sk:${cookie.toString(16)}`,
    mark === undefined || mark === 0 ? '' : ` fwmark:0x${mark.toString(16)}`,
    protocol === 'tcp' && !waits ? shutdownText(state) : protocol === 'udp' ? ' <->' : '',
  ].join('');
}

/** Which ways are still open: `<->`. */
function shutdownText(state: SocketEntry['state']): string {
  const received = ['CLOSE_WAIT', 'LAST_ACK', 'CLOSING'].includes(state);
  const sent = ['FIN_WAIT1', 'FIN_WAIT2', 'LAST_ACK', 'CLOSING'].includes(state);
  return ` ${received ? '-' : '<'}-${sent ? '-' : '>'}`;
}

/** `-i`: what of tcp_info is modelled. `options`: with the options that both ends agreed on (`-o`, `-e`). */
export function infoText(figures: TcpFigures, options: boolean, numeric: boolean): string {
  const f = figures;
  const words: string[] = [];
  const add = (condition: boolean, text: string) => {
    if (condition) words.push(text);
  };
  add(options && f.timestamps, 'ts');
  add(options && f.sack, 'sack');
  words.push('reno');
  if (f.scales !== undefined) words.push(`wscale:${f.scales.send},${f.scales.receive}`);
  words.push(`rto:${number(Math.ceil(f.timeout))}`);
  add(f.backOff > 0, `backoff:${f.backOff}`);
  const rtt = f.roundTrip;
  if (rtt !== undefined) words.push(`rtt:${number(rtt.smoothed)}/${number(rtt.variation)}`);
  words.push(`mss:${f.segment}`, `pmtu:${f.pathMtu}`, `advmss:${f.advertisedSegment}`, `cwnd:${f.congestion}`);
  if (f.threshold !== undefined) words.push(`ssthresh:${f.threshold}`);
  for (const [name, value] of [
    ['bytes_sent', f.bytesSent],
    ['bytes_acked', f.bytesAcknowledged],
    ['bytes_received', f.bytesReceived],
    ['segs_out', f.segmentsOut],
    ['segs_in', f.segmentsIn],
    ['data_segs_out', f.dataSegmentsOut],
    ['data_segs_in', f.dataSegmentsIn],
  ] as const) {
    add(value > 0, `${name}:${value}`);
  }
  if (rtt !== undefined && rtt.smoothed > 0) {
    words.push(`send ${bandwidth((f.congestion * f.segment * 8000) / rtt.smoothed, numeric)}bps`);
  }
  add(f.sinceSent >= 1, `lastsnd:${Math.floor(f.sinceSent)}`);
  add(f.sinceReceived >= 1, `lastrcv:${Math.floor(f.sinceReceived)}`);
  add(f.sinceAcknowledged >= 1, `lastack:${Math.floor(f.sinceAcknowledged)}`);
  add(f.unacknowledged > 0, `unacked:${f.unacknowledged}`);
  add(f.repeated > 0, `retrans:0/${f.repeated}`);
  words.push(`snd_wnd:${f.sendWindow}`);
  return ` ${words.join(' ')}`;
}

/** `%g` of microseconds in milliseconds. */
function number(milliseconds: number): string {
  return String(Number((Math.round(milliseconds * 1000) / 1000).toPrecision(6)));
}

function bandwidth(bits: number, numeric: boolean): string {
  if (numeric) return bits.toFixed(0);
  if (bits > 1e6) return `${(bits / 1e6).toFixed(1)}M`;
  return bits > 1e3 ? `${(bits / 1e3).toFixed(1)}K` : number(bits);
}
