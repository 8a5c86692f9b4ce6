import type { SocketOwner } from './socket.ts';

/** The lowest number that a process has beside its standard streams. */
const FIRST = 3;

const used = new WeakMap<AbortSignal, Set<number>>();
let inodes = 0;

/** What `ss -p` and `ss -e` show of a socket beside its addresses. */
export interface Descriptor {
  /** The number of the socket in its process: the lowest free one (open(2)). */
  readonly fd: number;
  /** Its inode in sockfs. */
  readonly inode: number;
  /** The process lets go of the number. */
  free(): void;
}

/** Gives a new socket its number in the owner's process and its inode. */
export function describeSocket(owner: SocketOwner): Descriptor {
  const inode = ++inodes;
  const { ended } = owner;
  if (ended === undefined) return { fd: FIRST, inode, free: () => {} };
  let numbers = used.get(ended);
  if (numbers === undefined) used.set(ended, (numbers = new Set()));
  const taken = numbers;
  let fd = FIRST;
  while (taken.has(fd)) fd++;
  taken.add(fd);
  return { fd, inode, free: () => void taken.delete(fd) };
}
