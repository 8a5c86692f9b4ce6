import { LinuxError } from '../../linux/errno.ts';
import { formatIp, type IpAddress, parseIp } from '../../linux/packet/address.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { type Exchanged, exchangeTcp, exchangeUdp } from '../dns/exchange.ts';
import { COOKIE, type DnsMessage, query } from '../dns/message.ts';
import { printData } from '../dns/record.ts';
import { readResolvConf } from '../dns/resolv-conf.ts';
import { ResolveFailure, resolve } from '../resolve.ts';
import { type DigCall, DigUsage, type Lookup, readArguments } from './options.ts';
import { printMessage } from './print.ts';

const VERSION = '9.18.49-1~deb12u3-Debian';
const USAGE = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]
`;
const MORE = '\nUse "dig -h" (or "dig -h | more") for complete list of options\n';
const NO_REPLY = 9;
const ANY = 255;
const NXDOMAIN = 3;

/** BIND's words for what the kernel says (isc_result_totext). */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENETUNREACH: 'network unreachable',
  EHOSTUNREACH: 'host unreachable',
  EADDRNOTAVAIL: 'address not available',
  EADDRINUSE: 'address in use',
  ECONNRESET: 'connection reset',
  ETIMEDOUT: 'timed out',
  EACCES: 'permission denied',
};

/** dig(1) of BIND 9.18. */
export const dig: Program = async (process) => {
  const { argv, stdout, stderr } = process;
  const words = argv.slice(1);
  if (words[0] === '-v') {
    await stderr.write(`DiG ${VERSION}\n`);
    return 0;
  }
  if (words.includes('-h')) {
    await stdout.write(USAGE);
    return 0;
  }
  let call: DigCall;
  try {
    call = readArguments(words);
  } catch (error) {
    if (!(error instanceof DigUsage)) throw error;
    await stdout.write(error.said);
    await stderr.write(`${error.message}\n${error.usage ? `${USAGE}${MORE}` : ''}`);
    return error.status;
  }
  for (const warning of call.warnings) await stderr.write(`${warning}\n`);
  const found = call.servers > 0 ? '; (1 server found)\n' : '';
  const greeting = `\n; <<>> DiG ${VERSION} <<>> ${words.join(' ')}\n${found};; global options: +cmd\n`;
  const run = new Dig(process, call, call.showCommand && !call.short ? greeting : '');
  let status = 0;
  for (const lookup of call.lookups) status = Math.max(status, await run.look(lookup));
  return status;
};

class Dig {
  readonly #process: Process;
  readonly #call: DigCall;
  /** Printed above the first thing that has a place for it. */
  #greeting: string;

  constructor(process: Process, call: DigCall, greeting: string) {
    this.#process = process;
    this.#call = call;
    this.#greeting = greeting;
  }

  /** @returns the exit status. */
  async look(lookup: Lookup): Promise<number> {
    const configuration = readResolvConf(this.#process);
    let servers: readonly IpAddress[] = configuration.servers;
    if (lookup.server !== undefined) {
      try {
        const { addresses } = await resolve(this.#process, lookup.server, { family: 'any' });
        servers = addresses;
      } catch (error) {
        if (!(error instanceof ResolveFailure)) throw error;
        const words = error.reason === 'noname' ? 'not found' : 'failure';
        await this.#process.stderr.write(`dig: couldn't get address for '${lookup.server}': ${words}\n`);
        return 1;
      }
    }
    const names = lookup.search ? searchNames(lookup.name, configuration) : [lookup.name];
    for (const [i, name] of names.entries()) {
      const answer = await this.#askAll(lookup, servers, name);
      if (answer === undefined) return NO_REPLY;
      const last = i === names.length - 1;
      if (!last && answer.message.code === NXDOMAIN) continue;
      await this.#print(lookup, answer);
      return 0;
    }
    return 0;
  }

  /** The servers in turn, each as often as `+tries` says. */
  async #askAll(lookup: Lookup, servers: readonly IpAddress[], name: string): Promise<Answer | undefined> {
    for (const [i, server] of servers.entries()) {
      for (let attempt = 0; attempt < lookup.tries; attempt++) {
        const last = i === servers.length - 1 && attempt === lookup.tries - 1;
        const answer = await this.#ask(lookup, server, name, last);
        if (answer !== undefined) return answer;
      }
    }
    return undefined;
  }

  async #ask(lookup: Lookup, address: IpAddress, name: string, last: boolean): Promise<Answer | undefined> {
    const { clock, random, stdout, signals } = this.#process;
    const { port, source } = this.#call;
    const server = { address, port };
    const cookie = Uint8Array.from({ length: 8 }, () => random.below(256));
    const options = lookup.cookie ? [{ code: COOKIE, data: cookie }] : [];
    const message = query(
      random.below(65536),
      { name: name.endsWith('.') ? name : `${name}.`, type: lookup.type, class: lookup.class },
      {
        recursionDesired: lookup.recurse,
        authenticData: lookup.authenticData,
        checkingDisabled: lookup.checkingDisabled,
        ...(lookup.edns && { edns: { version: 0, dnssec: lookup.dnssec, size: lookup.size, options } }),
      },
    );
    const timing = { timeout: lookup.time * 1000, source };
    let tcp = lookup.tcp ?? lookup.type === ANY;
    const began = clock.now();
    let sent = false;
    const place = `${formatIp(address)}#${port}`;
    try {
      let answer: Exchanged | undefined;
      if (!tcp) {
        // A socket that can't be had is told of in other words than one that nobody answers.
        this.#process.netns.sockets.sourceFor(address);
        sent = true;
        [answer] = await exchangeUdp(this.#process, server, [message], timing);
        if (answer?.message.truncated === true && !lookup.ignore) {
          if (lookup.comments) await stdout.write(';; Truncated, retrying in TCP mode.\n');
          tcp = true;
        }
      }
      if (tcp) answer = await exchangeTcp(this.#process, server, message, timing);
      if (answer !== undefined) {
        return {
          ...answer,
          server: address,
          tcp,
          took: clock.now() - began,
          cookie: lookup.cookie ? cookie : undefined,
        };
      }
      await this.#failed(lookup, place, address, tcp, sent, 'timed out', last);
    } catch (error) {
      signals.ended.throwIfAborted();
      if (!(error instanceof LinuxError)) throw error;
      const words = WORDS[error.errno] ?? error.message.toLowerCase();
      const setUp = !tcp && ['ENETUNREACH', 'EADDRNOTAVAIL', 'EADDRINUSE', 'EACCES'].includes(error.errno);
      await this.#failed(lookup, place, address, tcp, sent && !setUp, words, last);
    }
    return undefined;
  }

  async #failed(
    lookup: Lookup,
    place: string,
    address: IpAddress,
    tcp: boolean,
    sent: boolean,
    words: string,
    last: boolean,
  ): Promise<void> {
    const { stdout } = this.#process;
    const server = lookup.server ?? formatIp(address);
    if (tcp || !sent) {
      const what = tcp ? 'Connection to' : 'UDP setup with';
      await stdout.write(`;; ${what} ${place}(${server}) for ${lookup.name} failed: ${words}.\n`);
      await stdout.write(';; no servers could be reached\n');
      return;
    }
    await stdout.write(`;; communications error to ${place}: ${words}\n`);
    if (!last) return;
    await stdout.write(`${this.#takeGreeting()};; no servers could be reached\n`);
  }

  async #print(lookup: Lookup, answer: Answer): Promise<void> {
    const { stdout, clock } = this.#process;
    const { message } = answer;
    if (this.#call.short) {
      const lines = message.answers.map(({ type, data }) => `${printData(type, data)}\n`);
      await stdout.write(lines.join(''));
      return;
    }
    let text = this.#takeGreeting() + printMessage(message, lookup, answer.cookie);
    if (lookup.stats) {
      const ip = formatIp(answer.server);
      text +=
        `;; Query time: ${Math.floor(answer.took)} msec\n` +
        `;; SERVER: ${ip}#${this.#call.port}(${lookup.server ?? ip}) (${answer.tcp ? 'TCP' : 'UDP'})\n` +
        `;; WHEN: ${when(clock.wall())}\n;; MSG SIZE  rcvd: ${answer.size}\n\n`;
    }
    await stdout.write(text);
  }

  #takeGreeting(): string {
    const greeting = this.#greeting;
    this.#greeting = '';
    return greeting;
  }
}

interface Answer {
  readonly message: DnsMessage;
  readonly size: number;
  readonly server: IpAddress;
  readonly tcp: boolean;
  readonly took: number;
  readonly cookie: Uint8Array | undefined;
}

function searchNames(name: string, { search, ndots }: { search: readonly string[]; ndots: number }): readonly string[] {
  if (name.endsWith('.') || parseIp(name) !== undefined) return [name];
  const listed = search.map((domain) => `${name}.${domain}`);
  return name.split('.').length - 1 >= ndots ? [name, ...listed] : [...listed, name];
}

/** `Wed Nov 25 01:55:27 UTC 2026`: `wall` in milliseconds since 1970. */
function when(wall: number): string {
  const [day = '', date = '', month = '', year = '', time = ''] = new Date(wall)
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return `${day} ${month} ${date} ${time} UTC ${year}`;
}
