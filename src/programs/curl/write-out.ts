/** What `-w` can print; times in milliseconds since the start. */
export interface TransferFacts {
  /** As it was written. */
  readonly url: string;
  /** The last one that was asked, after redirects. */
  readonly effectiveUrl: string;
  readonly method: string;
  readonly scheme: string;
  readonly exitCode: number;
  readonly error: string;
  readonly status: number;
  readonly version: string;
  readonly contentType: string;
  readonly remoteIp: string;
  readonly remotePort: number;
  readonly localIp: string;
  readonly localPort: number;
  readonly connects: number;
  readonly headerBytes: number;
  readonly headers: number;
  readonly requestBytes: number;
  readonly downloaded: number;
  readonly uploaded: number;
  readonly lookedUp: number;
  readonly connected: number;
  readonly sent: number;
  readonly firstByte: number;
  readonly total: number;
  readonly redirects: number;
  /** Where the answer points to, where that isn't followed. */
  readonly redirectUrl: string;
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(6);

const variables: Readonly<Record<string, (facts: TransferFacts) => string | number>> = {
  certs: () => '',
  content_type: (f) => f.contentType,
  errormsg: (f) => f.error,
  exitcode: (f) => f.exitCode,
  filename_effective: () => '',
  ftp_entry_path: () => '',
  http_code: (f) => String(f.status).padStart(3, '0'),
  http_connect: () => '000',
  http_version: (f) => (f.version === '' ? '0' : f.version),
  local_ip: (f) => f.localIp,
  local_port: (f) => f.localPort,
  method: (f) => f.method,
  num_certs: () => 0,
  num_connects: (f) => f.connects,
  num_headers: (f) => f.headers,
  num_redirects: (f) => f.redirects,
  proxy_ssl_verify_result: () => 0,
  redirect_url: (f) => f.redirectUrl,
  referer: () => '',
  remote_ip: (f) => f.remoteIp,
  remote_port: (f) => f.remotePort,
  response_code: (f) => String(f.status).padStart(3, '0'),
  // It is told once there is a connection.
  scheme: (f) => (f.connects === 0 && f.status === 0 ? '' : f.scheme).toUpperCase(),
  size_download: (f) => f.downloaded,
  size_header: (f) => f.headerBytes,
  size_request: (f) => f.requestBytes,
  size_upload: (f) => f.uploaded,
  speed_download: (f) => (f.total > 0 ? Math.floor((f.downloaded * 1000) / f.total) : 0),
  speed_upload: (f) => (f.total > 0 ? Math.floor((f.uploaded * 1000) / f.total) : 0),
  ssl_verify_result: () => 0,
  time_appconnect: () => seconds(0),
  time_connect: (f) => seconds(f.connected),
  time_namelookup: (f) => seconds(f.lookedUp),
  time_pretransfer: (f) => seconds(f.sent),
  time_redirect: () => seconds(0),
  time_starttransfer: (f) => seconds(f.firstByte),
  time_total: (f) => seconds(f.total),
  url: (f) => f.url,
  url_effective: (f) => f.effectiveUrl,
};

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Fills a `-w` format in. `unknown` is told of each variable that there is none of. */
export function writeOut(format: string, facts: TransferFacts, unknown: (name: string) => void): string {
  return format.replace(
    /%%|%\{([^}]*)\}|\\(.)/g,
    (all: string, name: string | undefined, letter: string | undefined) => {
      if (all === '%%') return '%';
      if (letter !== undefined) return ESCAPES[letter] ?? all;
      const variable = variables[name ?? ''];
      if (variable !== undefined) return String(variable(facts));
      unknown(name ?? '');
      return '';
    },
  );
}
