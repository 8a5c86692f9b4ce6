import { LinuxError } from '../../../linux/errno.ts';
import type { TcpConnection } from '../../../linux/socket/socket.ts';

/** The most that is read of a reply, in bytes. */
const LIMIT = 64 * 1024;

/** Asks once and reads the reply to its end (HTTP/1.1 with `Connection: close`, RFC 9112). */
export async function get(
  connection: TcpConnection,
  { host, path }: { readonly host: string; readonly path: string },
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: string }> {
  const { port } = connection.remote;
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}${port === 80 ? '' : `:${port}`}`,
    'User-Agent: hop-check',
    'Accept: */*',
    'Connection: close',
  ];
  try {
    await connection.write(new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`));
    const decoder = new TextDecoder();
    let text = '';
    while (text.length < LIMIT) {
      const bytes = await connection.read(signal);
      if (bytes === undefined) break;
      text += decoder.decode(bytes, { stream: true });
      const reply = parse(text);
      if (reply?.whole) return reply;
    }
    const reply = parse(text);
    // Opened, then closed without a reply.
    if (reply === undefined) throw new LinuxError('ECONNRESET');
    return reply;
  } finally {
    connection.close();
  }
}

/** What has come so far; `whole` when the announced length is there. */
function parse(text: string): { status: number; body: string; whole: boolean } | undefined {
  const end = text.indexOf('\r\n\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1];
  if (end < 0 || status === undefined) return undefined;
  const head = text.slice(0, end);
  const raw = text.slice(end + 4);
  if (/^transfer-encoding:\s*chunked\s*$/im.test(head)) {
    return { status: Number(status), body: unchunked(raw), whole: /(^|\r\n)0\r\n\r\n$/.test(raw) };
  }
  const length = /^content-length:\s*(\d+)\s*$/im.exec(head)?.[1];
  const whole = length !== undefined && new TextEncoder().encode(raw).length >= Number(length);
  return { status: Number(status), body: raw, whole };
}

function unchunked(raw: string): string {
  let body = '';
  for (let rest = raw; ; ) {
    const [, size = '0'] = /^([0-9a-f]+)[^\r\n]*\r\n/i.exec(rest) ?? [];
    const length = Number.parseInt(size, 16);
    if (length === 0) return body;
    const start = rest.indexOf('\r\n') + 2;
    body += rest.slice(start, start + length);
    rest = rest.slice(start + length + 2);
  }
}
