import type { UdpDatagram } from '../../packet/packet.ts';
import { CHANGED } from './connection.ts';
import type { Tracker } from './tracker.ts';

/** It is a stream when it lives on after this. */
const STREAM_AFTER = 2000;

/** net/netfilter/nf_conntrack_proto_udp.c */
export const udp: Tracker<UdpDatagram> = {
  protocol: 'udp',
  summary: 'UDP: 30 seconds, 120 once it was answered and goes on for two seconds (assured)',
  allowsClash: true,
  packet(connection, _reply, _payload, tracking) {
    const { settings } = tracking;
    const now = tracking.now();
    if (!connection.confirmed) connection.streamFrom = now + STREAM_AFTER;
    if (!connection.seenReply) {
      connection.refresh(now, settings.udp_timeout);
      return undefined;
    }
    const stream = now > connection.streamFrom;
    connection.refresh(now, stream ? settings.udp_timeout_stream : settings.udp_timeout);
    if (stream && !connection.assured && !connection.clashed) {
      connection.assured = true;
      connection.changed |= CHANGED.assured;
    }
    return undefined;
  },
};
