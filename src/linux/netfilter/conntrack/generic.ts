import type { IpInIp } from '../../packet/packet.ts';
import type { Tracker } from './tracker.ts';

/** net/netfilter/nf_conntrack_proto_generic.c: protocols without ports, by their addresses alone. */
export const generic: Tracker<IpInIp> = {
  protocol: 'ipip',
  summary: 'IP in IP, by its addresses: 600 seconds',
  allowsClash: true,
  packet(connection, _reply, _payload, tracking) {
    connection.refresh(tracking.now(), tracking.settings.generic_timeout);
    return undefined;
  },
};
