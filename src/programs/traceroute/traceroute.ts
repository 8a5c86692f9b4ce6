import { LinuxError } from '../../linux/errno.ts';
import { formatIp, type IpAddress, parseIp } from '../../linux/packet/address.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { Channel } from '../../simulation/channel.ts';
import type { Milliseconds } from '../../simulation/clock.ts';
import { ResolveFailure, resolve, resolveAddress } from '../resolve.ts';
import { icmpMethod, type Method, tcpMethod, udpMethod } from './methods.ts';
import { readOptions, TracerouteExit, type TracerouteOptions } from './options.ts';
import { newProbe, type Probe } from './probe.ts';

/** DEF_WAIT_PREC: added to a time before it is multiplied. */
const PRECISION: Milliseconds = 1;

/** IP and UDP or ICMP headers; IP and TCP with its options. */
const LEAST_LENGTH = 28;
const TCP_LENGTH = 60;

/** traceroute(8), Dmitry Butskoy's 2.1.2, which Debian has. */
export const traceroute: Program = async (process) => {
  const { stdout, stderr } = process;
  let run: Run;
  try {
    const options = readOptions(process.argv.slice(1));
    run = new Run(process, options, await addressOf(process, options.host, '"host"', options.argc));
  } catch (error) {
    if (!(error instanceof TracerouteExit)) throw error;
    await (error.out ? stdout : stderr).write(`${error.message}\n`);
    return error.status;
  }
  try {
    return await run.go();
  } catch (error) {
    // perror, behind the line that has been begun.
    if (!(error instanceof LinuxError)) throw error;
    await stderr.write(`\n${error.message}\n`);
    return 1;
  } finally {
    run.close();
  }
};

async function addressOf(process: Process, host: string, what: string, argc: number): Promise<IpAddress> {
  try {
    const [address = 0] = (await resolve(process, host)).addresses;
    return address;
  } catch (error) {
    if (!(error instanceof ResolveFailure)) throw error;
    throw new TracerouteExit(
      `${host}: ${error.message}\nCannot handle ${what} cmdline arg \`${host}' on position 1 (argc ${argc})`,
    );
  }
}

class Run {
  readonly #process: Process;
  readonly #options: TracerouteOptions;
  readonly #destination: IpAddress;
  readonly #probes: Probe[];
  readonly #news: Channel<null>;
  readonly #names = new Map<IpAddress, string>();
  #method: Method | undefined;

  constructor(process: Process, options: TracerouteOptions, destination: IpAddress) {
    this.#process = process;
    this.#options = options;
    this.#destination = destination;
    this.#probes = Array.from({ length: options.most * options.queries }, newProbe);
    this.#news = new Channel<null>(process.clock, 1);
  }

  async go(): Promise<number> {
    const { stdout } = this.#process;
    const { host, most, length, method } = this.#options;
    const shown = method === 'tcp' ? TCP_LENGTH : Math.max(length, LEAST_LENGTH);
    await stdout.write(
      `traceroute to ${host} (${formatIp(this.#destination)}), ${most} hops max, ${shown} byte packets`,
    );
    this.#method = this.#open();
    await this.#trace();
    await stdout.write('\n');
    return 0;
  }

  close(): void {
    this.#method?.close();
    for (const probe of this.#probes) probe.close();
  }

  #open(): Method {
    const { options, process } = { options: this.#options, process: this.#process };
    const source = options.source === undefined ? undefined : parseIp(options.source);
    const told = () => void this.#news.offer(null);
    const target = { process, options, destination: this.#destination, source, told };
    try {
      if (options.method === 'icmp') return icmpMethod(target);
      return options.method === 'tcp' ? tcpMethod(target) : udpMethod(target);
    } catch (error) {
      throw worded(error);
    }
  }

  /** do_it of traceroute.c: up to 16 probes are under way, and what is printed is always in order. */
  async #trace(): Promise<void> {
    const { clock, signals } = this.#process;
    const { first, queries, simultaneous } = this.#options;
    const probes = this.#probes;
    let start = (first - 1) * queries;
    let end = probes.length;
    while (start < end) {
      signals.ended.throwIfAborted();
      let next: Milliseconds | undefined;
      let underWay = 0;
      for (let n = start; n < end; n++) {
        const probe = probes[n] as Probe;
        if (n === start && !probe.done && probe.sent !== undefined) {
          const expires = probe.sent + this.#patience(n);
          if (expires > clock.now()) next = expires;
          else {
            probe.done = true;
            probe.close();
            this.#expired(n);
          }
        }
        if (probe.done) {
          if (n === start) {
            await this.#print(n);
            start++;
          }
          if (probe.final) end = (Math.floor(n / queries) + 1) * queries;
          continue;
        }
        if (probe.sent === undefined) this.#send(probe, Math.floor(n / queries) + 1);
        if (++underWay >= simultaneous) break;
      }
      if (next !== undefined) await this.#waitUntil(next);
    }
  }

  #send(probe: Probe, ttl: number): void {
    probe.sent = this.#process.clock.now();
    try {
      this.#method?.send(probe, ttl);
    } catch (error) {
      throw worded(error);
    }
  }

  /** get_timeout: no longer than a multiple of what another answer took. */
  #patience(index: number): Milliseconds {
    const { queries, wait } = this.#options;
    const most = wait.most * 1000;
    const probes = this.#probes;
    const took = (probe: Probe | undefined) =>
      probe?.done === true && probe.received !== undefined && probe.sent !== undefined
        ? probe.received - probe.sent
        : undefined;
    const first = index - (index % queries);
    if (wait.here > 0) {
      for (let i = first; i < first + queries; i++) {
        const time = took(probes[i]);
        if (time !== undefined) return Math.min((time + PRECISION) * wait.here, most);
      }
    }
    if (wait.near > 0) {
      for (let i = index + 1; probes[i]?.sent !== undefined; i++) {
        const time = took(probes[i]);
        if (time !== undefined) return Math.min((time + PRECISION) * wait.near, most);
      }
    }
    return most;
  }

  /** check_expired: a silent probe whose neighbours of the same hop came to the end has come there, too. */
  #expired(index: number): void {
    const { queries } = this.#options;
    const probes = this.#probes;
    const probe = probes[index] as Probe;
    const first = index - (index % queries);
    let before = false;
    for (let i = first; i < index; i++) {
      if (probes[i]?.final !== true) return;
      before = true;
    }
    let after: number | undefined;
    for (let i = index + 1; probes[i]?.sent !== undefined; i++) {
      if (probes[i]?.done !== true) continue;
      if (probes[i]?.final !== true) return;
      after = i;
      break;
    }
    if (before || (after !== undefined && after < first + queries)) probe.final = true;
  }

  async #waitUntil(time: Milliseconds): Promise<void> {
    const { clock, signals } = this.#process;
    const controller = new AbortController();
    const stop = () => controller.abort();
    const timer = clock.after(Math.max(0, time - clock.now()), stop);
    signals.ended.addEventListener('abort', stop, { once: true });
    try {
      await this.#news.receive(controller.signal);
    } catch (error) {
      signals.ended.throwIfAborted();
      if (!controller.signal.aborted) throw error;
    } finally {
      timer.cancel();
      signals.ended.removeEventListener('abort', stop);
    }
  }

  async #print(index: number): Promise<void> {
    const { queries } = this.#options;
    const probe = this.#probes[index] as Probe;
    let text = index % queries === 0 ? `\n${String(Math.floor(index / queries) + 1).padStart(2)} ` : '';
    if (probe.from === undefined) text += ' *';
    else {
      const before = this.#probes.slice(index - (index % queries), index).findLast(({ from }) => from !== undefined);
      if (before?.from !== probe.from) text += ` ${await this.#name(probe.from)}`;
    }
    if (probe.received !== undefined && probe.sent !== undefined) {
      text += `  ${(probe.received - probe.sent).toFixed(3)} ms`;
    }
    if (probe.remark !== '') text += ` ${probe.remark}`;
    await this.#process.stdout.write(text);
  }

  async #name(address: IpAddress): Promise<string> {
    const text = formatIp(address);
    if (this.#options.numeric) return text;
    let name = this.#names.get(address);
    if (name === undefined) {
      name = text;
      try {
        name = (await resolveAddress(this.#process, text))?.[0] ?? text;
      } catch (error) {
        if (!(error instanceof ResolveFailure)) throw error;
      }
      this.#names.set(address, name);
    }
    return `${name} (${text})`;
  }
}

/** Names the call that failed, as perror does there. */
function worded(error: unknown): unknown {
  if (!(error instanceof LinuxError)) return error;
  const call = { EADDRNOTAVAIL: 'bind', ENODEV: 'setsockopt SO_BINDTODEVICE', ENETUNREACH: 'connect' } as const;
  const known = error.errno in call ? call[error.errno as keyof typeof call] : 'send';
  return new LinuxError(error.errno, known);
}
