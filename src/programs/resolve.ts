import { LinuxError } from '../linux/errno.ts';
import { type IpAddress, parseIp } from '../linux/packet/address.ts';
import type { Process } from '../linux/process/process.ts';

type HostsReader = Pick<Process, 'files'>;

/** The address of an IPv4 address in text or a name in /etc/hosts (hosts(5)); names that only DNS knows have none yet. */
export function resolveHost(process: HostsReader, name: string): IpAddress | undefined {
  const literal = parseIp(name);
  if (literal !== undefined) return literal;
  const wanted = name.toLowerCase().replace(/\.$/, '');
  return hosts(process).find(({ names }) => names.some((other) => other.toLowerCase() === wanted))?.address;
}

/** The first name that /etc/hosts has for an address. */
export function nameOfHost(process: HostsReader, address: IpAddress): string | undefined {
  return hosts(process).find((entry) => entry.address === address)?.names[0];
}

interface HostsLine {
  readonly address: IpAddress;
  readonly names: readonly string[];
}

function hosts({ files }: HostsReader): readonly HostsLine[] {
  let text: string;
  try {
    text = files.readText('/etc/hosts');
  } catch (error) {
    if (error instanceof LinuxError) return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    const [first = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const address = parseIp(first);
    return address === undefined || names.length === 0 ? [] : [{ address, names }];
  });
}
