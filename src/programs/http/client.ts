import type { TcpConnection } from '../../linux/socket/socket.ts';
import { bytesOf, type HeaderList, type HttpRequest, header, type ResponseHead, wantsClose } from './message.ts';
import { HttpError, join, MessageReader } from './message-reader.ts';

/** The lines of a request's head as they are sent, without their ends. */
export function requestLines(request: HttpRequest): readonly string[] {
  const lines = [`${request.method} ${request.target} HTTP/1.1`];
  for (const [name, value] of request.headers) lines.push(value === '' ? `${name}:` : `${name}: ${value}`);
  const body = bytesOf(request.body);
  if (request.body !== undefined && header(request.headers, 'content-length') === undefined) {
    lines.push(`Content-Length: ${body.length}`);
  }
  return lines;
}

export async function sendRequest(connection: TcpConnection, request: HttpRequest): Promise<void> {
  const head = new TextEncoder().encode(`${requestLines(request).join('\r\n')}\r\n\r\n`);
  await connection.write(join([head, bytesOf(request.body)]));
}

/** Reads a response's head; interim ones (1xx) are passed over. Throws `HttpError` and what `read` throws. */
export async function readResponseHead(reader: MessageReader, signal?: AbortSignal): Promise<ResponseHead> {
  for (;;) {
    const { lines, headers } = await reader.head(signal, /^HTTP\//);
    const match = /^HTTP\/(1\.[01]) (\d{3})(?: (.*))?$/.exec(lines[0] ?? '');
    if (match === null) throw new HttpError('malformed', `not a status line: ${lines[0]}`);
    const [, version = '', status = '', reason = ''] = match;
    if (!status.startsWith('1')) return { version, status: Number(status), reason, headers, lines };
  }
}

/** Has the answer to this request a body at all (RFC 9112, 6.3)? */
export function hasBody(method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304;
}

/** May the connection carry another request after this response? */
export function staysOpen(head: ResponseHead): boolean {
  const framed = header(head.headers, 'content-length') ?? header(head.headers, 'transfer-encoding');
  return !wantsClose(head.version, head.headers) && (framed !== undefined || head.status === 204);
}

export interface HttpAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

/**
 * Sends one request over a connection and waits for the whole answer. A `Host` header is the caller's to give. The
 * connection is left as it is. Throws `HttpError`, `LinuxError` of the connection, and `signal.reason`.
 */
export async function requestHttp(
  connection: TcpConnection,
  request: HttpRequest,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  await sendRequest(connection, request);
  const reader = new MessageReader(connection);
  const { status, reason, headers } = await readResponseHead(reader, signal);
  const pieces: Uint8Array[] = [];
  if (hasBody(request.method, status)) {
    for await (const piece of reader.body(headers, true, signal)) pieces.push(piece);
  }
  return { status, reason, headers, body: join(pieces) };
}
