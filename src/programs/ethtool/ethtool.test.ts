import { expect, test } from 'vitest';
import { linkTypeOf, PacketSocket } from '../../linux/socket/packet.ts';
import { Bench } from '../network.fixture.ts';

async function setup() {
  const bench = new Bench();
  const { lab } = bench;
  const node = lab.node('a', 2);
  const pod = lab.pod(node, '10.244.2.5');
  /** The data of each TCP segment that comes to the node from the pod, and whether its checksum is right. */
  const transfer = async () => {
    lab.events.length = 0;
    const device = node.link('veth5');
    if (device === undefined) throw new Error('no device');
    const socket = PacketSocket.open(node, { pid: 1, name: 'test' }, { device });
    const server = node.sockets.listenTcp({ address: 0, port: 80 }, { pid: 1, name: 'server' });
    const client = await lab.settle(
      pod.sockets.connectTcp({ address: 0x0af40201, port: 80 }, { pid: 1, name: 'client' }),
    );
    const accepted = await lab.settle(server.accept());
    await client?.write(new Uint8Array(14_480));
    client?.close();
    await lab.settle(
      (async () => {
        while ((await accepted?.read()) !== undefined);
      })(),
    );
    const frames: { data: number; checksum: number }[] = [];
    expect(linkTypeOf(device)).toBe(1);
    for (;;) {
      const captured = await lab.settle(socket.receive(), 10);
      if (captured === undefined) break;
      if (captured.direction === 'out' || captured.bytes[23] !== 6) continue;
      const header = 34 + ((captured.bytes[46] ?? 0) >> 4) * 4;
      const checksum = (captured.bytes[50] ?? 0) * 256 + (captured.bytes[51] ?? 0);
      if (captured.length > header) frames.push({ data: captured.length - header, checksum });
    }
    socket.close();
    server.close();
    return frames;
  };
  return { bench, pod, transfer };
}

test('with tso a capture shows one long packet, without it the segments; without tx the checksums are finished', async () => {
  const { bench, pod, transfer } = await setup();
  const [whole, ...rest] = await transfer();
  expect(whole?.data).toBe(14_480);
  expect(rest).toEqual([]);
  expect(await bench.run(pod, 'ethtool -K eth0 tso off')).toEqual({ code: 0, stdout: '', stderr: '' });
  const pieces = await transfer();
  expect(pieces.map(({ data }) => data)).toEqual(Array.from({ length: 10 }, () => 1448));
  // The sum of the pseudo header alone is the same for all segments of one length.
  expect(new Set(pieces.map(({ checksum }) => checksum)).size).toBe(1);
  await bench.run(pod, 'ethtool -K eth0 tx off');
  const finished = await transfer();
  expect(finished).toHaveLength(10);
  expect(new Set(finished.map(({ checksum }) => checksum)).size).toBe(10);
});
