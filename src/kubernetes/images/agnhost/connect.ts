import { LinuxError } from '../../../linux/errno.ts';
import { formatIp } from '../../../linux/packet/address.ts';
import type { Process } from '../../../linux/process/process.ts';
import { resolveHost } from '../../../programs/resolve.ts';
import { ownerOf } from '../../../programs/socket-owner.ts';
import { parseFlags, UsageError } from './flags.ts';

/** Says by one word how a connection fails: TIMEOUT, REFUSED, DNS, OTHER. Source: agnhost's README, "connect". */
export async function connect(process: Process, words: readonly string[]): Promise<number> {
  const { flags, rest } = parseFlags(words, { timeout: '0s', protocol: 'tcp' });
  const to = rest[0];
  if (to === undefined || rest.length > 1) throw new UsageError(`accepts 1 arg(s), received ${rest.length}`);
  if (flags.protocol !== 'tcp')
    throw new UsageError(`--protocol ${flags.protocol}: only tcp is modelled in this image`);
  const fail = async (message: string) => {
    await process.stderr.write(`${message}\n`);
    return 1;
  };
  const colon = to.lastIndexOf(':');
  const port = Number(to.slice(colon + 1));
  if (colon < 0) return fail(`UNKNOWN: address ${to}: missing port in address`);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    return fail(`DNS: address ${to.slice(colon + 1)}: invalid port`);
  const address = resolveHost(process, to.slice(0, colon));
  if (address === undefined) return fail(`DNS: lookup ${to.slice(0, colon)}: no such host`);
  const limit = new AbortController();
  const timeout = milliseconds(flags.timeout);
  const timer = timeout > 0 ? process.clock.after(timeout, () => limit.abort(new Error('timeout'))) : undefined;
  const abort = () => limit.abort(process.signals.ended.reason);
  process.signals.ended.addEventListener('abort', abort, { once: true });
  try {
    const connection = await process.netns.sockets.connectTcp({ address, port }, ownerOf(process), {
      signal: limit.signal,
    });
    connection.close();
    return 0;
  } catch (failure) {
    process.signals.ended.throwIfAborted();
    if (limit.signal.aborted) return fail('TIMEOUT');
    if (!(failure instanceof LinuxError)) throw failure;
    if (failure.errno === 'ECONNREFUSED') return fail('REFUSED');
    if (failure.errno === 'ETIMEDOUT') return fail('TIMEOUT');
    return fail(`OTHER: dial tcp ${formatIp(address)}:${port}: connect: ${failure.message.toLowerCase()}`);
  } finally {
    timer?.cancel();
    process.signals.ended.removeEventListener('abort', abort);
  }
}

/** Go durations of one unit: `500ms`, `2s`, `1m`. */
function milliseconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (match === null && text !== '0')
    throw new UsageError(`invalid argument "${text}" for "--timeout" flag: expected a duration like 500ms or 2s`);
  return Number(match?.[1] ?? 0) * ({ ms: 1, s: 1000, m: 60_000 }[match?.[2] ?? 'ms'] ?? 1);
}
