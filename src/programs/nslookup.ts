import { LinuxError } from '../linux/errno.ts';
import { formatIp, type IpAddress } from '../linux/packet/address.ts';
import type { Process, Program } from '../linux/process/process.ts';
import { exchangeTcp, exchangeUdp } from './dns/exchange.ts';
import { CLASS_IN, codeName, type DnsMessage, query, type ResourceRecord } from './dns/message.ts';
import { printData, reverseName, typeNumber } from './dns/record.ts';
import { readResolvConf } from './dns/resolv-conf.ts';
import { labelsOf } from './dns/wire.ts';
import { ResolveFailure, resolve } from './resolve.ts';

const [A, AAAA, PTR] = [1, 28, 12];
const SERVFAIL = 2;
const NXDOMAIN = 3;

interface Options {
  /** Absent: A, then AAAA; of an address PTR. */
  type: number | undefined;
  port: number;
  /** Seconds. */
  timeout: number;
  tries: number;
  recurse: boolean;
  search: boolean;
  tcp: boolean;
  host: string | undefined;
  server: string | undefined;
}

class Refused extends Error {}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENETUNREACH: 'network unreachable',
  EHOSTUNREACH: 'host unreachable',
};

/** nslookup(1) of BIND 9.18, as a command. Its interactive mode is not modelled. */
export const nslookup: Program = async (process) => {
  const { stdout, stderr } = process;
  const said: string[] = [];
  let options: Options;
  try {
    options = readOptions(process.argv.slice(1), said);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await stderr.write(`nslookup: ${error.message}\n`);
    return 1;
  }
  for (const line of said) await stdout.write(`${line}\n`);
  let servers = readResolvConf(process).servers;
  if (options.server !== undefined) {
    try {
      servers = (await resolve(process, options.server)).addresses;
    } catch (error) {
      if (!(error instanceof ResolveFailure)) throw error;
      const words = error.reason === 'noname' ? 'not found' : 'failure';
      await stderr.write(`nslookup: couldn't get address for '${options.server}': ${words}\n`);
      return 1;
    }
  }
  const run = new Nslookup(process, options, servers);
  const found = await run.look(options.host ?? '');
  await stdout.write('\n');
  return found ? 0 : 1;
};

class Nslookup {
  readonly #process: Process;
  readonly #options: Options;
  readonly #servers: readonly IpAddress[];

  constructor(process: Process, options: Options, servers: readonly IpAddress[]) {
    this.#process = process;
    this.#options = options;
    this.#servers = servers;
  }

  /** @returns whether an answer was printed. */
  async look(host: string): Promise<boolean> {
    const { type } = this.#options;
    const reverse = reverseName(host);
    if (type !== undefined) return this.#one(host, reverse ?? host, type, false);
    if (reverse !== undefined) return this.#one(host, reverse, PTR, false);
    return this.#one(host, host, A, false);
  }

  /** `silent`: an answer without a record of the type has been told of. */
  async #one(host: string, name: string, type: number, follow: boolean): Promise<boolean> {
    const { stdout } = this.#process;
    const byDefault = this.#options.type === undefined;
    const candidates = follow ? [name] : this.#names(name);
    for (const [i, candidate] of candidates.entries()) {
      const reply = await this.#ask(candidate, type);
      if (reply === undefined) {
        await stdout.write(';; no servers could be reached\n');
        return false;
      }
      const { message, server } = reply;
      const full = candidate.replace(/(.)\.$/, '$1');
      if (message.code === NXDOMAIN && i < candidates.length - 1) continue;
      if (!byDefault || type === A) {
        const ip = formatIp(server);
        await stdout.write(`Server:\t\t${this.#options.server ?? ip}\nAddress:\t${ip}#${this.#options.port}\n\n`);
      }
      if (message.code !== 0) {
        await stdout.write(`** server can't find ${full}: ${codeName(message.code)}\n`);
        return false;
      }
      await stdout.write(this.#answer(host, message, type, byDefault));
      // The same name once more, for its IPv6 addresses.
      if (byDefault && type === A) {
        const addresses = await this.#one(host, candidate, AAAA, true);
        if (message.answers.length === 0 && !addresses) await stdout.write(`*** Can't find ${host}: No answer\n`);
        return true;
      }
      return !follow || message.answers.length > 0;
    }
    return false;
  }

  #answer(host: string, message: DnsMessage, type: number, byDefault: boolean): string {
    const { answers, authoritative, authorities, additionals } = message;
    const shown = byDefault && type === AAAA ? answers.filter((record) => record.type === AAAA) : answers;
    let text = '';
    if (!authoritative && (!byDefault || type !== AAAA)) text += 'Non-authoritative answer:\n';
    if (shown.length === 0 && !byDefault) text += `*** Can't find ${host}: No answer\n`;
    text += shown.map(printAnswer).join('');
    if (!authoritative && type !== A && type !== AAAA) {
      text += '\nAuthoritative answers can be found from:\n';
      text += [...authorities, ...additionals].map(printAnswer).join('');
    }
    return text;
  }

  #names(name: string): readonly string[] {
    const { search, ndots } = readResolvConf(this.#process);
    if (name.endsWith('.') || !this.#options.search || reverseName(this.#options.host ?? '') !== undefined)
      return [name];
    const listed = search.map((domain) => `${name}.${domain}`);
    return name.split('.').length - 1 >= ndots ? [name, ...listed] : [...listed, name];
  }

  async #ask(name: string, type: number): Promise<{ message: DnsMessage; server: IpAddress } | undefined> {
    const { random, stdout, signals } = this.#process;
    const { port, timeout, tries, recurse, tcp, server: named } = this.#options;
    const full = name.endsWith('.') ? name : `${name}.`;
    if (labelsOf(full) === undefined) return undefined;
    for (const [i, address] of this.#servers.entries()) {
      const last = i === this.#servers.length - 1;
      for (let attempt = 0; attempt < tries; attempt++) {
        const asked = query(random.below(65536), { name: full, type, class: CLASS_IN }, { recursionDesired: recurse });
        const place = { address, port };
        const timing = { timeout: timeout * 1000 };
        try {
          let [answer] = tcp ? [] : await exchangeUdp(this.#process, place, [asked], timing);
          if (answer?.message.truncated === true) {
            await stdout.write(';; Truncated, retrying in TCP mode.\n');
            answer = undefined;
            answer = await exchangeTcp(this.#process, place, asked, timing);
          } else if (tcp) answer = await exchangeTcp(this.#process, place, asked, timing);
          if (answer === undefined) {
            await stdout.write(`;; communications error to ${formatIp(address)}#${port}: timed out\n`);
            continue;
          }
          const { message } = answer;
          // Of the servers of resolv.conf one is expected to ask others for its clients.
          const unhelpful =
            message.code === SERVFAIL
              ? 'SERVFAIL reply'
              : named === undefined && recurse && !message.recursionAvailable
                ? 'recursion not available'
                : undefined;
          if (unhelpful === undefined) return { message, server: address };
          await stdout.write(`;; Got ${unhelpful} from ${formatIp(address)}${last ? '' : ', trying next server'}\n`);
          if (last) return { message, server: address };
          break;
        } catch (error) {
          signals.ended.throwIfAborted();
          if (!(error instanceof LinuxError)) throw error;
          const words = WORDS[error.errno] ?? error.message.toLowerCase();
          await stdout.write(`;; communications error to ${formatIp(address)}#${port}: ${words}\n`);
        }
      }
    }
    return undefined;
  }
}

const RELATION: Readonly<Record<string, string>> = {
  NS: 'nameserver',
  CNAME: 'canonical name',
  PTR: 'name',
  MX: 'mail exchanger',
  TXT: 'text',
  SRV: 'service',
};

function printAnswer({ name, type, data }: ResourceRecord): string {
  const owner = name.replace(/(.)\.$/, '$1');
  const bare = (text: string) => text.replace(/(.)\.$/, '$1');
  switch (data.type) {
    case 'A':
    case 'AAAA':
      return `Name:\t${owner}\nAddress: ${printData(type, data)}\n`;
    case 'SOA':
      return (
        `${owner}\n\torigin = ${bare(data.server)}\n\tmail addr = ${bare(data.mailbox)}\n\tserial = ${data.serial}\n` +
        `\trefresh = ${data.refresh}\n\tretry = ${data.retry}\n\texpire = ${data.expire}\n\tminimum = ${data.minimum}\n`
      );
    default:
      return `${owner}\t${RELATION[data.type] ?? `rdata_${type}`} = ${printData(type, data)}\n`;
  }
}

function readOptions(words: readonly string[], said: string[]): Options {
  const options: Options = {
    type: undefined,
    port: 53,
    timeout: 5,
    tries: 3,
    recurse: true,
    search: true,
    tcp: false,
    host: undefined,
    server: undefined,
  };
  const number = (text: string) => {
    if (!/^\d{1,5}$/.test(text)) throw new Refused(`invalid number '${text}'`);
    return Number(text);
  };
  for (const word of words) {
    if (!word.startsWith('-') || word === '-') {
      if (options.host === undefined) options.host = word;
      else options.server ??= word;
      continue;
    }
    const [name = '', value = ''] = word.slice(1).split('=', 2);
    if (['type', 'querytype', 'query', 'qu', 'q', 'ty'].includes(name)) {
      const type = typeNumber(value);
      if (type === undefined) said.push(`unknown query type: ${value}`);
      else options.type = type;
    } else if (name === 'port' || name === 'po') options.port = number(value);
    else if (name === 'timeout' || name === 't') options.timeout = Math.max(1, number(value));
    else if (name === 'retry' || name === 'ret') options.tries = Math.max(1, number(value));
    else if (name === 'recurse' || name === 'norecurse') options.recurse = name === 'recurse';
    else if (name === 'search' || name === 'nosearch') options.search = name === 'search';
    else if (name === 'vc' || name === 'novc') options.tcp = name === 'vc';
    else if (/^(debug|d2|class|cl|domain|do|ndots|fail|nofail|version)$/.test(name)) {
      throw new Refused(`option ${word} is not modelled in this simulation`);
    } else said.push(`*** Invalid option: ${word.slice(1)}`);
  }
  if (options.host === undefined) throw new Refused('the interactive mode is not modelled in this simulation');
  return options;
}
