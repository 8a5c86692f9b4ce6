import type { IpAddress } from '../../packet/address.ts';
import type { Passage } from '../passage.ts';

const LOOPBACK: IpAddress = 0x7f000001;

/** nf_nat_redirect_ipv4: what comes in goes to the first address of its device, the namespace's own to loopback. */
export function redirectAddress({ hook, in: device }: Passage): IpAddress | undefined {
  return hook === 'output' ? LOOPBACK : device?.addresses[0]?.local;
}
