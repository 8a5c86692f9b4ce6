import type { IcmpMessage } from '../../packet/packet.ts';
import type { Tracker } from './tracker.ts';
import { ICMP_TYPES } from './tuple.ts';

const NO_REQUEST = { invalid: 'an ICMP message that answers nothing' };

/** net/netfilter/nf_conntrack_proto_icmp.c; errors belong to others' connections: `related.ts`. */
export const icmp: Tracker<IcmpMessage> = {
  protocol: 'icmp',
  summary: 'ICMP echo, by its identifier: 30 seconds from the last packet on',
  leavesOut: 'timestamp, information and address mask requests',
  allowsClash: false,
  packet(connection, _reply, _payload, tracking) {
    // Only requests begin a connection.
    if (connection.original.destinationPort >> 8 !== ICMP_TYPES['echo-request']) return NO_REQUEST;
    connection.refresh(tracking.now(), tracking.settings.icmp_timeout);
    return undefined;
  },
};
