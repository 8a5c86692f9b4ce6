import type { Files } from '../../../linux/files/files.ts';
import { type IpAddress, parseIp } from '../../../linux/packet/address.ts';

/** The address of a name in a place: by itself or by its /etc/hosts. */
export function addressOf(host: string, files: Files): IpAddress | undefined {
  const address = parseIp(host);
  if (address !== undefined || !files.exists('/etc/hosts')) return address;
  for (const line of files.readText('/etc/hosts').split('\n')) {
    const [ip = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (names.includes(host)) return parseIp(ip);
  }
  return undefined;
}
