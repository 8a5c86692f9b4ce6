/** Where a request goes, of a URL as curl reads it. */
export interface Target {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** Path and query, for the request line. */
  readonly path: string;
  /** For the `Host` header: the port only where it isn't the scheme's own. */
  readonly authority: string;
  /** The whole URL, with the scheme that was left out. */
  readonly url: string;
}

const HTTP_PORT = 80;

/** @returns undefined for what curl calls a bad or illegal URL. The scheme is `http` where none is written. */
export function parseTarget(text: string): Target | undefined {
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#\s]*)([^#\s]*)(?:#\S*)?$/i.exec(text);
  if (match === null) return undefined;
  const [, scheme = 'http', place = '', rest = ''] = match;
  const at = /^(?:[^@]*@)?([^:@]+)(?::(\d*))?$/.exec(place);
  if (at === null) return undefined;
  const [, host = '', digits = ''] = at;
  const port = digits === '' ? HTTP_PORT : Number(digits);
  if (port > 65535) return undefined;
  const path = withoutDots(rest.startsWith('/') ? rest : `/${rest}`);
  const authority = port === HTTP_PORT ? host : `${host}:${port}`;
  return { scheme: scheme.toLowerCase(), host, port, path, authority, url: `${scheme}://${place}${path}` };
}

/** RFC 3986, 5.2.4: `.` and `..` are taken out of the path. */
function withoutDots(text: string): string {
  const query = text.search(/[?]/);
  const path = query < 0 ? text : text.slice(0, query);
  if (!/\/\.{1,2}(\/|$)/.test(path)) return text;
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [i, segment] of segments.entries()) {
    const last = i === segments.length - 1;
    if (segment === '..') kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (last) kept.push('');
  }
  return `/${kept.join('/')}${query < 0 ? '' : text.slice(query)}`;
}

/** What a `Location` means that came from `from` (RFC 3986, 5.2). */
export function resolveLocation(from: Target, location: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return location;
  const root = `${from.scheme}://${from.authority}`;
  if (location.startsWith('//')) return `${from.scheme}:${location}`;
  if (location.startsWith('/')) return root + withoutDots(location);
  const path = from.path.replace(/[?].*$/, '');
  if (location.startsWith('?')) return root + path + location;
  return root + withoutDots(path.replace(/[^/]*$/, '') + location);
}
