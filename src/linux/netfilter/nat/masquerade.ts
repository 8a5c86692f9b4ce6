import { selectSource } from '../../ip/configuration.ts';
import type { Stack } from '../../ip/stack.ts';
import type { IpAddress } from '../../packet/address.ts';
import type { Passage } from '../passage.ts';

/** nf_nat_masquerade_ipv4: the address that the device which the packet leaves by has towards its next hop. */
export function masqueradeAddress(stack: Stack, { out, path, packet }: Passage): IpAddress | undefined {
  if (out === undefined) return undefined;
  return selectSource(out, path?.nextHop ?? packet.destination, 'global', stack.devices.values());
}
