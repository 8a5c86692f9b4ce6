import { LinuxError } from '../../linux/errno.ts';
import type { Endpoint, TcpConnection, TcpListener } from '../../linux/socket/socket.ts';
import { bytesOf, type HeaderList, type HttpResponse, header, reasonOf, wantsClose } from './message.ts';
import { HttpError, join, MessageReader } from './message-reader.ts';

export interface IncomingRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** The client, as this server sees it. */
  readonly remote: Endpoint;
  readonly local: Endpoint;
}

/** Aborts with `serveHttp`'s signal. What it throws is answered with 500. */
export type HttpHandler = (request: IncomingRequest, signal: AbortSignal) => HttpResponse | Promise<HttpResponse>;

export interface ServeOptions {
  /** Calendar time in milliseconds, for the `Date` header; without it none is sent. */
  readonly wall?: () => number;
}

/** A longer body is refused with 413. */
const BODY_LIMIT = 1024 * 1024;

/**
 * Answers HTTP/1.1 requests on a listening socket until `signal` aborts; it then closes the listener and all
 * connections and throws `signal.reason`.
 */
export async function serveHttp(
  listener: TcpListener,
  handler: HttpHandler,
  signal: AbortSignal,
  options: ServeOptions = {},
): Promise<never> {
  const open = new Set<TcpConnection>();
  try {
    for (;;) {
      const connection = await listener.accept(signal);
      open.add(connection);
      void converse(connection, handler, signal, options).finally(() => open.delete(connection));
    }
  } finally {
    listener.close();
    for (const connection of open) connection.abort();
  }
}

async function converse(
  connection: TcpConnection,
  handler: HttpHandler,
  signal: AbortSignal,
  options: ServeOptions,
): Promise<void> {
  const reader = new MessageReader(connection);
  try {
    while (await answerOne(connection, reader, handler, signal, options));
  } catch (error) {
    // A client that leaves, and our own end, are nobody's fault; anything else ends this connection alone, too.
    if (error instanceof HttpError && error.kind === 'malformed') {
      await send(connection, { status: 400, body: `400 Bad Request: ${error.message}` }, 'GET', true, options).catch(
        () => {},
      );
    } else if (!(error instanceof LinuxError) && !(error instanceof HttpError)) connection.abort();
  }
  connection.close();
}

/** @returns whether the connection stays open for another request. */
async function answerOne(
  connection: TcpConnection,
  reader: MessageReader,
  handler: HttpHandler,
  signal: AbortSignal,
  options: ServeOptions,
): Promise<boolean> {
  const { lines, headers } = await reader.head(signal);
  const match = /^([A-Za-z]+) (\S+) HTTP\/(1\.[01])$/.exec(lines[0] ?? '');
  if (match === null) throw new HttpError('malformed', 'not a request line');
  const [, method = '', target = '', version = ''] = match;
  if (version === '1.1' && header(headers, 'host') === undefined) {
    throw new HttpError('malformed', 'missing required Host header');
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of reader.body(headers, false, signal)) {
    size += piece.length;
    if (size <= BODY_LIMIT) pieces.push(piece.slice());
  }
  const close = wantsClose(version, headers);
  const { remote, local } = connection;
  let response: HttpResponse;
  if (size > BODY_LIMIT) response = { status: 413, body: `bodies end at ${BODY_LIMIT} bytes\n` };
  else {
    try {
      response = await handler({ method, target, headers, body: join(pieces), remote, local }, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      response = { status: 500, body: `${error instanceof Error ? error.message : String(error)}\n` };
    }
  }
  await send(connection, response, method, close, options);
  return !close;
}

async function send(
  connection: TcpConnection,
  response: HttpResponse,
  method: string,
  close: boolean,
  options: ServeOptions,
): Promise<void> {
  const { status, reason = reasonOf(status), headers = [] } = response;
  const body = bytesOf(response.body);
  const lines = [`HTTP/1.1 ${status} ${reason}`];
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  if (options.wall !== undefined && header(headers, 'date') === undefined) {
    lines.push(`Date: ${new Date(options.wall()).toUTCString()}`);
  }
  const bodiless = status === 204 || status === 304;
  if (!bodiless && header(headers, 'content-length') === undefined) lines.push(`Content-Length: ${body.length}`);
  if (bodiless === false && header(headers, 'content-type') === undefined && body.length > 0) {
    lines.push('Content-Type: text/plain; charset=utf-8');
  }
  if (close) lines.push('Connection: close');
  const head = new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
  await connection.write(join(method === 'HEAD' || bodiless ? [head] : [head, body]));
}
