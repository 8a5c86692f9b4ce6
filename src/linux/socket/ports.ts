import type { Random } from '../../simulation/random.ts';
import { LinuxError } from '../errno.ts';
import type { Sysctl } from '../ip/sysctl.ts';
import type { SocketOwner } from './socket.ts';

/** A free ephemeral port: a random start in the range, then one by one. Throws EADDRNOTAVAIL when none is free. */
export function pickPort(range: readonly [number, number], random: Random, inUse: (port: number) => boolean): number {
  const [low, high] = range;
  const size = high - low + 1;
  const start = random.below(size);
  for (let i = 0; i < size; i++) {
    const port = low + ((start + i) % size);
    if (!inUse(port)) return port;
  }
  throw new LinuxError('EADDRNOTAVAIL');
}

/** Throws EACCES where only root may bind to the port (net.ipv4.ip_unprivileged_port_start). */
export function assertPortAllowed(port: number, { uid = 0 }: SocketOwner, sysctl: Sysctl): void {
  if (port > 0 && uid !== 0 && port < sysctl.number('net.ipv4.ip_unprivileged_port_start')) {
    throw new LinuxError('EACCES');
  }
}
