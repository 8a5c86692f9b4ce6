import type { IpAddress } from '../packet/address.ts';

/** An address and a port; the address 0 is any (`0.0.0.0`). */
export interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
}

/** Whose socket it is: shown by `ss -p`, closed with the process; `probe` marks a lab check's packets. */
export interface SocketOwner {
  readonly pid: number;
  /** The user's; absent: 0. */
  readonly uid?: number | undefined;
  readonly name: string;
  readonly probe?: string | undefined;
  /** The sockets are closed when it aborts, as the kernel does for a process that ends. */
  readonly ended?: AbortSignal | undefined;
}
