import { type Errno, LinuxError } from './errno.ts';

/**
 * A refused netlink request. With the kernel's extended acknowledgement `ip` prints `Error: EXTACK`, without it
 * `RTNETLINK answers: STRERROR`.
 */
export class NetlinkError extends LinuxError {
  readonly extack: string | undefined;

  constructor(errno: Errno, extack?: string) {
    super(errno, extack);
    this.name = 'NetlinkError';
    this.extack = extack;
  }
}
