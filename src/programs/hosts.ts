import { LinuxError } from '../linux/errno.ts';
import { type IpAddress, parseIp } from '../linux/packet/address.ts';
import type { Process } from '../linux/process/process.ts';

export interface HostsLine {
  readonly address: IpAddress;
  /** The canonical name, then its aliases. */
  readonly names: readonly string[];
}

/** The IPv4 lines of /etc/hosts (hosts(5)); none where there is no such file. */
export function readHosts({ files }: Pick<Process, 'files'>): readonly HostsLine[] {
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

/** The lines that have `name`, compared without regard to case and a last dot. */
export function hostsNamed(process: Pick<Process, 'files'>, name: string): readonly HostsLine[] {
  const wanted = name.toLowerCase().replace(/\.$/, '');
  return readHosts(process).filter(({ names }) => names.some((other) => other.toLowerCase() === wanted));
}
