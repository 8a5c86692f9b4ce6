import { formatIp } from '../../../linux/packet/address.ts';
import type { Process } from '../../../linux/process/process.ts';
import type { UdpSocket } from '../../../linux/socket/socket.ts';
import { klog } from './log.ts';

/** Answers `hostname`, `echo TEXT`, `clientip`, `serverport` and `envvar NAME`. */
export async function serveUdp(process: Process, socket: UdpSocket): Promise<void> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  for (;;) {
    const { from, data } = await socket.receive(process.signals.ended);
    const raw = decoder.decode(data).trim();
    const [word = '', rest = ''] = raw.split(/ (.*)/s, 2);
    const client = `${formatIp(from.address)}:${from.port}`;
    const replies: Readonly<Record<string, () => string>> = {
      hostname: () => process.hostname,
      echo: () => rest.toLowerCase(),
      clientip: () => client,
      serverport: () => String(socket.local.port),
      envvar: () => process.env.get(rest.trim()) ?? '',
    };
    const reply = replies[word.toLowerCase()];
    if (reply === undefined) {
      if (raw !== '') await klog(process, `Unknown UDP command received from ${client}: ${raw.toLowerCase()}`);
      continue;
    }
    await klog(process, `Sending udp ${word.toLowerCase()} response to UDP client ${client}`);
    socket.send(from, encoder.encode(reply()));
  }
}
