/** The web server of the comparison, real and simulated: what it says for a request, byte for byte. */

const PAGES: Readonly<Record<string, readonly [status: string, body: string, headers?: readonly string[]]>> = {
  '/': ['200 OK', 'hello\n', ['Content-Type: text/plain']],
  '/moved': ['302 Found', '', ['Location: /']],
  '/near': ['301 Moved Permanently', '', ['Location: missing']],
  '/far': ['301 Moved Permanently', 'gone\n', ['Location: http://10.0.0.2:8081/x']],
  '/loop': ['302 Found', '', ['Location: /loop']],
  '/see': ['303 See Other', '', ['Location: /echo']],
  '/found': ['302 Found', '', ['Location: /echo']],
  '/keep': ['307 Temporary Redirect', '', ['Location: /echo']],
  '/broken': ['503 Service Unavailable', 'later\n'],
  '/empty': ['204 No Content', ''],
  '/last': ['200 OK', 'bye\n', ['Connection: close']],
};

/** What to send, and whether the connection ends then; `undefined` while the request is not whole. */
export function reply(received: string): { used: number; send: string; after: 'on' | 'close' | 'reset' } | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = Number(/content-length: (\d+)/i.exec(received.slice(0, end))?.[1] ?? 0);
  const used = end + 4 + length;
  if (received.length < used) return undefined;
  const [method = '', path = ''] = received.split(' ');
  if (path === '/close') return { used, send: '', after: 'close' };
  if (path === '/reset') return { used, send: '', after: 'reset' };
  if (path === '/cut') return { used, send: 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort', after: 'close' };
  if (path === '/hang') return { used, send: '', after: 'on' };
  const echo = ['200 OK', `${method} ${received.slice(end + 4, used)}\n`] as const;
  const [status, body, headers = []] = path === '/echo' ? echo : (PAGES[path] ?? ['404 Not Found', 'nope\n']);
  const lines = [`HTTP/1.1 ${status}`, ...headers];
  if (!status.startsWith('204')) lines.push(`Content-Length: ${body.length}`);
  return {
    used,
    send: `${lines.join('\r\n')}\r\n\r\n${method === 'HEAD' ? '' : body}`,
    after: headers.includes('Connection: close') ? 'close' : 'on',
  };
}
