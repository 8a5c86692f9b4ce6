import type { IpAddress } from '../packet/address.ts';

/** How far an address or route is valid (include/uapi/linux/rtnetlink.h). */
export type Scope = 'global' | 'site' | 'link' | 'host' | 'nowhere';
export const scopeNumber = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;

/** An address of a device. */
export interface InterfaceAddress {
  readonly local: IpAddress;
  /** The other end's address on a point-to-point link; else the same as `local`. */
  readonly peer: IpAddress;
  readonly length: number;
  readonly scope: Scope;
  /** Only where it was set: the kernel adds the subnet's broadcast route in any case. */
  readonly broadcast?: IpAddress;
  readonly label: string;
  /** Another address of the same subnet was there first. */
  readonly secondary: boolean;
  /** `noprefixroute`: no route to its subnet is made. */
  readonly noPrefixRoute: boolean;
  /** Of the route to its subnet; absent: 0. */
  readonly metric?: number;
}
