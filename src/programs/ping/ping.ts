import { LinuxError, strerror } from '../../linux/errno.ts';
import { formatIp, type IpAddress, parseIp } from '../../linux/packet/address.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import type { IcmpReply, IcmpSocket, WayOptions } from '../../linux/socket/socket.ts';
import { nameOfHost, numericAddress, ResolveFailure, resolve } from '../resolve.ts';
import { ownerOf } from '../socket-owner.ts';
import { type PingOptions, PingUsage, readOptions } from './options.ts';
import { formatRoundTrip, PingStatistics } from './statistics.ts';

const IP_AND_ICMP_HEADERS = 28;
const ICMP_HEADER = 8;
/** Below it a request has no room for the time that it was sent. */
const TIMESTAMP = 16;
/** How much later than asked a sleeping ping is woken, at most. */
const WAKE_JITTER = 25;
/** iputils' MININTERVAL: a flood waits so long for an answer. Milliseconds. */
const LEAST_PAUSE = 10;

/** ping(8) of iputils. */
export const ping: Program = async (process) => {
  let options: PingOptions;
  try {
    options = readOptions(process.argv.slice(1));
  } catch (error) {
    if (!(error instanceof PingUsage)) throw error;
    await (error.status === 0 ? process.stdout : process.stderr).write(`${error.message}\n`);
    return error.status;
  }
  const fail = async (message: string) => {
    await process.stderr.write(`ping: ${message}\n`);
    return 2;
  };
  if (options.ttl === 0) return fail('cannot set unicast time-to-live: Invalid argument');
  let target: IpAddress;
  try {
    target = (await resolve(process, options.host)).addresses[0] ?? 0;
  } catch (error) {
    if (error instanceof ResolveFailure) return fail(`${options.host}: ${error.message}`);
    throw error;
  }
  const literal = options.from === undefined ? undefined : parseIp(options.from);
  const device = literal === undefined ? options.from : undefined;
  let socket: IcmpSocket;
  let source: IpAddress;
  try {
    socket = process.netns.sockets.openIcmp(ownerOf(process), {
      ...(literal !== undefined && { source: literal }),
      ...(device !== undefined && { device }),
    });
    source = literal ?? process.netns.sockets.sourceFor(target, { device });
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    if (error.errno === 'ENODEV') return fail(`SO_BINDTODEVICE ${options.from}: ${error.message}`);
    if (error.errno === 'EADDRNOTAVAIL') return fail(`bind: ${error.message}`);
    return fail(`connect: ${error.message}`);
  }
  if (process.netns.sockets.isBroadcast(target)) {
    if (!options.broadcast) {
      socket.close();
      return fail('Do you want to ping broadcast? Then -b. If not, check your local firewall rules');
    }
    await process.stderr.write('WARNING: pinging broadcast address\n');
  }
  if (options.pattern !== undefined) {
    const digits = [...options.pattern].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    await process.stdout.write(`PATTERN: 0x${digits}\n`);
  }
  const run = new Run(process, options, target, socket, { source: literal, device });
  try {
    return await run.go(
      device === undefined && literal === undefined ? '' : ` from ${formatIp(source)} ${device ?? ''}:`,
    );
  } finally {
    socket.close();
  }
};

class Run {
  readonly #process: Process;
  readonly #options: PingOptions;
  readonly #target: IpAddress;
  readonly #socket: IcmpSocket;
  readonly #way: WayOptions;
  readonly #statistics = new PingStatistics();
  /** Sending times of requests that have no answer yet, by sequence number. */
  readonly #pending = new Map<number, number>();
  readonly #interrupted = new AbortController();
  #lastSent = 0;

  constructor(process: Process, options: PingOptions, target: IpAddress, socket: IcmpSocket, way: WayOptions) {
    this.#process = process;
    this.#options = options;
    this.#target = target;
    this.#socket = socket;
    this.#way = way;
  }

  async go(from: string): Promise<number> {
    const { clock, stdout, signals } = this.#process;
    const { host, size, count, deadline, linger, flood, adaptive, quiet } = this.#options;
    let { preload } = this.#options;
    const statistics = this.#statistics;
    signals.on('INT', () => this.#interrupted.abort());
    await stdout.write(
      `PING ${host} (${formatIp(this.#target)})${from} ${size}(${size + IP_AND_ICMP_HEADERS}) bytes of data.\n`,
    );
    const start = clock.now();
    const end = deadline === undefined ? Number.POSITIVE_INFINITY : start + deadline;
    let nextSend = start;
    let giveUp = Number.POSITIVE_INFINITY;
    while (!this.#interrupted.signal.aborted) {
      const now = clock.now();
      if (count !== undefined && statistics.received + statistics.errors >= count) break;
      if (deadline !== undefined && statistics.errors > 0) break;
      if (now >= end || now >= giveUp) break;
      // With a deadline it is answers that are counted, not requests.
      const sendMore = count === undefined || statistics.transmitted < count || deadline !== undefined;
      if (sendMore && now >= nextSend) {
        if (statistics.transmitted > 0) await this.#outstanding();
        await this.#send();
        nextSend = --preload > 0 ? now : now + this.#pause();
        if (flood && !quiet) await stdout.write('.');
        if (count !== undefined && deadline === undefined && statistics.transmitted >= count) {
          giveUp = now + (statistics.received > 0 ? Math.max((2 * statistics.longest) / 1000, this.#pause()) : linger);
        }
        continue;
      }
      const reply = await this.#receiveUntil(Math.min(sendMore ? nextSend : giveUp, end, giveUp));
      if (reply === undefined) continue;
      await this.#report(reply);
      if (this.#pause() <= LEAST_PAUSE) nextSend = Math.min(nextSend, clock.now());
    }
    await stdout.write(statistics.summary(host, this.#lastSent - start, flood || adaptive));
    const complete = deadline === undefined || count === undefined || statistics.received >= count;
    return statistics.received > 0 && complete ? 0 : 1;
  }

  /** Milliseconds until the next request: the interval, or about a round trip, or as soon as there is an answer. */
  #pause(): number {
    const { interval, flood, adaptive } = this.#options;
    if (flood) return LEAST_PAUSE;
    if (adaptive) return Math.max(LEAST_PAUSE, Math.round(this.#statistics.moving / 1000));
    return interval + this.#process.random.below(WAKE_JITTER);
  }

  async #outstanding(): Promise<void> {
    const { transmitted } = this.#statistics;
    if (!this.#options.outstanding || !this.#pending.has(transmitted & 0xffff)) return;
    await this.#process.stdout.write(`${this.#stamp()}no answer yet for icmp_seq=${transmitted}\n`);
  }

  #stamp(): string {
    if (!this.#options.stamped) return '';
    const microseconds = Math.floor(this.#process.clock.wall() * 1000);
    const seconds = Math.floor(microseconds / 1e6);
    return `[${seconds}.${String(microseconds - seconds * 1e6).padStart(6, '0')}] `;
  }

  async #send(): Promise<void> {
    const { clock, stderr } = this.#process;
    const { size, ttl, discovery, pattern, tos, mark, identifier } = this.#options;
    const statistics = this.#statistics;
    const sequence = ++statistics.transmitted;
    this.#lastSent = clock.now();
    this.#pending.set(sequence & 0xffff, this.#lastSent);
    try {
      this.#socket.send(this.#target, {
        sequence: sequence & 0xffff,
        data: pattern === undefined ? new Uint8Array(size) : filled(size, pattern),
        ...(tos !== undefined && { tos }),
        ...(mark !== undefined && { mark }),
        ...(identifier !== undefined && { identifier }),
        ...(ttl !== undefined && { ttl }),
        ...(discovery !== 'want' && { dontFragment: discovery === 'do' }),
      });
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      // What raw_sendmsg itself refuses leaves no error in the queue, which is where iputils looks.
      if (error.errno === 'EMSGSIZE' && size + ICMP_HEADER > 0xffff) return;
      if (error.errno === 'EMSGSIZE') {
        statistics.errors++;
        const mtu = this.#process.netns.sockets.mtuTo(this.#target, this.#way);
        await stderr.write(`ping: local error: message too long, mtu=${mtu}\n`);
      } else await stderr.write(`ping: sendmsg: ${strerror[error.errno]}\n`);
    }
  }

  /** @returns undefined when the time has come, or Ctrl-C. */
  async #receiveUntil(time: number): Promise<IcmpReply | undefined> {
    const { clock, signals } = this.#process;
    const controller = new AbortController();
    const stop = () => controller.abort();
    const timer = Number.isFinite(time) ? clock.after(Math.max(0, time - clock.now()), stop) : undefined;
    const sources = [signals.ended, this.#interrupted.signal];
    for (const source of sources) source.addEventListener('abort', stop, { once: true });
    try {
      return await this.#socket.receive(controller.signal);
    } catch (error) {
      signals.ended.throwIfAborted();
      if (!controller.signal.aborted) throw error;
      return undefined;
    } finally {
      timer?.cancel();
      for (const source of sources) source.removeEventListener('abort', stop);
    }
  }

  async #report(reply: IcmpReply): Promise<void> {
    const { clock, stdout } = this.#process;
    const { size, quiet, flood, audible } = this.#options;
    const statistics = this.#statistics;
    if (reply.type === 'redirect') {
      const hop = `${errorText(reply)}(New nexthop: ${this.#name(reply.gateway ?? 0)})`;
      if (!quiet) await stdout.write(`From ${this.#name(reply.from)}: icmp_seq=${reply.sequence} ${hop}\n`);
      return;
    }
    const sent = this.#pending.get(reply.sequence);
    this.#pending.delete(reply.sequence);
    statistics.answered(reply.sequence);
    if (reply.type !== 'echo-reply') {
      statistics.errors++;
      if (quiet) return;
      if (flood) await stdout.write('\bE');
      else {
        const from = `From ${this.#name(reply.from)} icmp_seq=${reply.sequence}`;
        await stdout.write(`${this.#stamp()}${from} ${errorText(reply)}\n`);
      }
      return;
    }
    statistics.received++;
    let line = `${reply.size} bytes from ${this.#name(reply.from)}: icmp_seq=${reply.sequence} ttl=${reply.ttl}`;
    if (size >= TIMESTAMP && sent !== undefined) {
      const microseconds = Math.floor((clock.now() - sent) * 1000);
      statistics.time(microseconds);
      line += ` time=${formatRoundTrip(microseconds)} ms`;
    }
    if (quiet) return;
    if (flood) await stdout.write('\b \b');
    else await stdout.write(`${this.#stamp()}${line}${audible ? '\x07' : ''}\n`);
  }

  /** Names are looked up only where the target was given by name. */
  #name(address: IpAddress): string {
    const text = formatIp(address);
    if (this.#options.numeric || numericAddress(this.#options.host) !== undefined) return text;
    const name = nameOfHost(this.#process, address);
    return name === undefined ? text : `${name} (${text})`;
  }
}

/** Data of this size, of a pattern over and over; before it stands the time of sending. */
function filled(size: number, pattern: Uint8Array): Uint8Array {
  const data = new Uint8Array(size);
  for (let i = TIMESTAMP; i < size; i++) data[i] = pattern[(i - TIMESTAMP) % pattern.length] ?? 0;
  return data;
}

/** iputils' words for ICMP errors. */
function errorText({ code, mtu }: IcmpReply): string {
  switch (code) {
    case 'ttl':
      return 'Time to live exceeded';
    case 'net':
      return 'Destination Net Unreachable';
    case 'host':
      return 'Destination Host Unreachable';
    case 'protocol':
      return 'Destination Protocol Unreachable';
    case 'port':
      return 'Destination Port Unreachable';
    case 'fragmentation-needed':
      return `Frag needed and DF set (mtu = ${mtu ?? 0})`;
    case 'admin-prohibited':
      return 'Packet filtered';
    case 'redirect-net':
      return 'Redirect Network';
    case 'redirect-host':
      return 'Redirect Host';
    case 'redirect-tos-net':
      return 'Redirect Type of Service and Network';
    case 'redirect-tos-host':
      return 'Redirect Type of Service and Host';
    default:
      return `Bad ICMP code: ${code ?? ''}`;
  }
}
