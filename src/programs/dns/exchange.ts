import { LinuxError } from '../../linux/errno.ts';
import type { Process } from '../../linux/process/process.ts';
import type { Endpoint, TcpConnection } from '../../linux/socket/socket.ts';
import type { Milliseconds } from '../../simulation/clock.ts';
import { Limit } from '../limit.ts';
import { ownerOf } from '../socket-owner.ts';
import { type DnsMessage, decodeMessage, encodeMessage } from './message.ts';

export interface Exchanged {
  readonly message: DnsMessage;
  /** Bytes that came. */
  readonly size: number;
}

export interface ExchangeOptions {
  readonly timeout: Milliseconds;
  /** The address and port to ask from. */
  readonly source?: Endpoint | undefined;
}

const ANY: Endpoint = { address: 0, port: 0 };

/**
 * Asks a server all of `queries` at once over one UDP socket, as glibc asks for A and AAAA, and waits for all answers.
 * @returns them in the order of `queries`; `undefined` for one that did not come in time. Throws `LinuxError`
 * (ECONNREFUSED, ENETUNREACH, ...).
 */
export async function exchangeUdp(
  process: Process,
  server: Endpoint,
  queries: readonly DnsMessage[],
  { timeout, source = ANY }: ExchangeOptions,
): Promise<readonly (Exchanged | undefined)[]> {
  const socket = process.netns.sockets.openUdp(source, ownerOf(process), server);
  const limit = new Limit(process.clock, timeout, process.signals.ended);
  const answers: (Exchanged | undefined)[] = queries.map(() => undefined);
  try {
    for (const query of queries) socket.send(server, encodeMessage(query));
    while (answers.includes(undefined)) {
      const { data } = await socket.receive(limit.signal);
      const message = decodeMessage(data);
      if (typeof message === 'string') continue;
      const which = queries.findIndex((query, i) => answers[i] === undefined && answersTo(message, query));
      if (which >= 0) answers[which] = { message, size: data.length };
    }
  } catch (error) {
    if (!limit.over) throw error;
  } finally {
    limit.stop();
    socket.close();
  }
  return answers;
}

/** Asks over TCP, the message behind its length (RFC 7766). @returns undefined when time is over. Throws `LinuxError`. */
export async function exchangeTcp(
  process: Process,
  server: Endpoint,
  query: DnsMessage,
  { timeout, source = ANY }: ExchangeOptions,
): Promise<Exchanged | undefined> {
  const limit = new Limit(process.clock, timeout, process.signals.ended);
  let connection: TcpConnection | undefined;
  try {
    connection = await process.netns.sockets.connectTcp(server, ownerOf(process), {
      signal: limit.signal,
      ...(source.address !== 0 && { source: source.address }),
      ...(source.port !== 0 && { sourcePort: source.port }),
    });
    const bytes = encodeMessage(query);
    await connection.write(Uint8Array.from([bytes.length >>> 8, bytes.length & 255, ...bytes]));
    let received: number[] = [];
    for (;;) {
      const [high = 0, low = 0] = received;
      const length = high * 256 + low;
      if (received.length >= 2 && received.length >= 2 + length) {
        const message = decodeMessage(Uint8Array.from(received.slice(2, 2 + length)));
        if (typeof message === 'object' && answersTo(message, query)) return { message, size: length };
        received = received.slice(2 + length);
        continue;
      }
      const data = await connection.read(limit.signal);
      if (data === undefined) throw new LinuxError('ECONNRESET');
      received.push(...data);
    }
  } catch (error) {
    if (!limit.over) throw error;
    return undefined;
  } finally {
    limit.stop();
    connection?.close();
  }
}

/** Has it the query's number and question? (RFC 5452, 9.1) */
function answersTo(message: DnsMessage, query: DnsMessage): boolean {
  if (!message.response || message.id !== query.id) return false;
  const [asked] = query.questions;
  const [told] = message.questions;
  if (told === undefined || asked === undefined) return true;
  return told.type === asked.type && told.name.toLowerCase() === asked.name.toLowerCase();
}
