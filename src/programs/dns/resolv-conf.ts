import { LinuxError } from '../../linux/errno.ts';
import { type IpAddress, parseIp } from '../../linux/packet/address.ts';
import type { Process } from '../../linux/process/process.ts';
import type { Milliseconds } from '../../simulation/clock.ts';

/** resolv.conf(5), as far as it is modelled; what else stands in it has no effect, as with glibc. */
export interface ResolverConfiguration {
  readonly servers: readonly IpAddress[];
  readonly search: readonly string[];
  /** A name with fewer dots is tried with the search list first. */
  readonly ndots: number;
  readonly timeout: Milliseconds;
  readonly attempts: number;
  readonly useTcp: boolean;
}

/** MAXNS and the limits of resolv.conf(5). */
const SERVERS = 3;
const MOST = { ndots: 15, timeout: 30, attempts: 5 } as const;
const LOOPBACK = 0x7f000001;

/** Reads /etc/resolv.conf; without one, or without a server in it, the server is 127.0.0.1. */
export function readResolvConf({ files, hostname }: Pick<Process, 'files' | 'hostname'>): ResolverConfiguration {
  let text = '';
  try {
    text = files.readText('/etc/resolv.conf');
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
  }
  const servers: IpAddress[] = [];
  let search: readonly string[] | undefined;
  const numbers = { ndots: 1, timeout: 5, attempts: 2 };
  let useTcp = false;
  for (const line of text.split('\n')) {
    if (/^[#;]/.test(line)) continue;
    const [keyword = '', ...words] = line.trim().split(/\s+/);
    if (keyword === 'nameserver') {
      const address = parseIp(words[0] ?? '');
      if (address !== undefined && servers.length < SERVERS) servers.push(address);
    } else if (keyword === 'search') search = words;
    else if (keyword === 'domain') search = words.slice(0, 1);
    else if (keyword === 'options') {
      for (const word of words) {
        if (word === 'use-vc') useTcp = true;
        const option = /^(ndots|timeout|attempts):(\d+)$/.exec(word);
        const name = option?.[1] as keyof typeof numbers | undefined;
        if (name !== undefined) numbers[name] = Math.min(Number(option?.[2]), MOST[name]);
      }
    }
  }
  // Without either the domain is what follows the first dot of the machine's name.
  const dot = hostname.indexOf('.');
  search ??= dot < 0 ? [] : [hostname.slice(dot + 1)];
  return {
    servers: servers.length === 0 ? [LOOPBACK] : servers,
    search: search.filter((domain) => domain !== '').map((domain) => domain.replace(/\.$/, '')),
    ndots: numbers.ndots,
    timeout: Math.max(1, numbers.timeout) * 1000,
    attempts: Math.max(1, numbers.attempts),
    useTcp,
  };
}
