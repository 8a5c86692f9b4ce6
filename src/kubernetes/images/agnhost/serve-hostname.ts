import { formatIp } from '../../../linux/packet/address.ts';
import type { Process } from '../../../linux/process/process.ts';
import { serveHttp } from '../../../programs/http/server.ts';
import { ownerOf } from '../../../programs/socket-owner.ts';
import { Deferred } from '../../../simulation/deferred.ts';
import { parseFlags, UsageError } from './flags.ts';
import { klog } from './log.ts';

/** Says its pod's name to whoever asks. Source: agnhost's README, "serve-hostname". */
export async function serveHostname(process: Process, words: readonly string[]): Promise<number> {
  const { flags } = parseFlags(words, { tcp: false, udp: false, http: true, close: false, port: 9376 });
  if (flags.tcp || flags.udp)
    throw new UsageError('serve-hostname: only HTTP is modelled in this image (--tcp, --udp)');
  const done = new Deferred<number>(process.clock);
  process.signals.on('TERM', () => done.resolve(0));
  process.signals.ended.addEventListener('abort', () => done.reject(process.signals.ended.reason), { once: true });
  const listener = process.netns.sockets.listenTcp({ address: 0, port: flags.port }, ownerOf(process));
  await klog(process, `Serving on port ${flags.port}`);
  void serveHttp(
    listener,
    async ({ remote }) => {
      await klog(process, `HTTP request from ${formatIp(remote.address)}:${remote.port}`);
      return { status: 200, body: process.hostname };
    },
    process.signals.ended,
    { wall: () => process.clock.wall() },
  ).catch(() => {});
  return done.promise;
}
