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
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  const authority = port === HTTP_PORT ? host : `${host}:${port}`;
  return { scheme: scheme.toLowerCase(), host, port, path, authority, url: `${scheme}://${place}${path}` };
}
