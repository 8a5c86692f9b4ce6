import type { Random } from '../../simulation/random.ts';
import { LinuxError } from '../errno.ts';

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
