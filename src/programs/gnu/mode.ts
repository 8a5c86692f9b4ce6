import type { FileStat } from '../../linux/files/files.ts';

/** `-rw-r--r--`, as ls and stat print it. */
export function modeText({ type, mode }: Pick<FileStat, 'type' | 'mode'>): string {
  const kind = { file: '-', directory: 'd', symlink: 'l', device: 'c' }[type];
  const bits = [6, 3, 0].map((shift) => {
    const three = (mode >> shift) & 7;
    return `${three & 4 ? 'r' : '-'}${three & 2 ? 'w' : '-'}${three & 1 ? 'x' : '-'}`;
  });
  return `${kind}${bits.join('')}`;
}
