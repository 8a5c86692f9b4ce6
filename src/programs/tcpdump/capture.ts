import type { FilterPacket } from '../../linux/capture/filter/view.ts';
import { linkType } from '../../linux/capture/link-type.ts';
import type { Device } from '../../linux/device/device.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import type { Process } from '../../linux/process/process.ts';
import { type Captured, linkTypeOf, PacketSocket } from '../../linux/socket/packet.ts';
import { ownerOf } from '../socket-owner.ts';
import { links } from './dissect.ts';
import type { FileNames } from './names.ts';
import type { TcpdumpOptions } from './options.ts';
import { Output } from './output.ts';

const plural = (count: number, what: string) => `${count} packet${count === 1 ? '' : 's'} ${what}\n`;

/** A live capture, until -c, Ctrl-C or the end of who reads. Lab checks' own packets are not shown. */
export async function capture(
  process: Process,
  options: TcpdumpOptions,
  netns: NetworkNamespace,
  device: Device | undefined,
  names: FileNames,
  filterOf: (linkType: number) => (packet: FilterPacket) => boolean,
): Promise<number> {
  const { stdout, stderr, signals } = process;
  const { snapLength, direction, write, print } = options;
  const type = device === undefined ? linkType.cooked : linkTypeOf(device);
  const link = links.get(type);
  if (device === undefined) await stderr.write(`tcpdump: data link type ${link?.name}\n`);
  const matches = filterOf(type);
  const filter = (packet: Captured) => matches(packet) && (direction === undefined || packet.direction === direction);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  for (const signal of ['INT', 'TERM', 'HUP'] as const) signals.on(signal, interrupt);
  const socket = PacketSocket.open(netns, ownerOf(process), {
    device,
    filter,
    snapLength,
    promiscuous: options.promiscuous,
  });
  let gone = false;
  try {
    const output = await Output.open(process, options, names, { linkType: type, snapLength });
    const quiet = print.verbose === 0 && write === undefined;
    const hint = quiet ? 'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n' : 'tcpdump: ';
    await stderr.write(
      `${hint}listening on ${device?.name ?? 'any'}, link-type ${link?.name} (${link?.description}), ` +
        `snapshot length ${snapLength} bytes\n`,
    );
    while (!interrupted.signal.aborted) {
      const packet = await next(socket, interrupted.signal);
      if (packet === undefined) {
        gone = !interrupted.signal.aborted;
        break;
      }
      const { bytes, length, time } = packet;
      if (!(await output.take({ bytes, length, microseconds: Math.floor(time * 1000) }))) break;
    }
    // What was being printed may not have been finished.
    if (interrupted.signal.aborted && write === undefined) await stdout.write('\n');
    if (gone) await stderr.write('tcpdump: pcap_loop: The interface disappeared\n');
    await stderr.write(
      plural(output.packets, 'captured') +
        plural(socket.received, 'received by filter') +
        plural(socket.dropped, 'dropped by kernel'),
    );
    return gone ? 1 : 0;
  } finally {
    socket.close();
  }
}

async function next(socket: PacketSocket, signal: AbortSignal): Promise<Captured | undefined> {
  try {
    return await socket.receive(signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
