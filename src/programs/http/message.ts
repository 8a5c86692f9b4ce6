/** Names are written as given and compared without regard to case (RFC 9110, 5.1). */
export type HeaderList = readonly (readonly [name: string, value: string])[];

export interface HttpRequest {
  readonly method: string;
  /** The request target: a path with its query. */
  readonly target: string;
  readonly headers: HeaderList;
  /** Absent: none. A `Content-Length` is added unless the headers have one. */
  readonly body?: Uint8Array | string;
}

export interface HttpResponse {
  readonly status: number;
  /** The reason phrase; by default the status code's own. */
  readonly reason?: string;
  readonly headers?: HeaderList;
  readonly body?: Uint8Array | string;
}

/** A message's first line and headers, as they came. */
export interface ResponseHead {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderList;
  /** Its lines without their ends, the empty last one left out. */
  readonly lines: readonly string[];
}

export function header(headers: HeaderList, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([key]) => key.toLowerCase() === wanted)?.[1];
}

export function bytesOf(body: Uint8Array | string | undefined): Uint8Array {
  if (body === undefined) return new Uint8Array(0);
  return typeof body === 'string' ? new TextEncoder().encode(body) : body;
}

/** Does the sender want the connection to end after this message (RFC 9112, 9.3)? */
export function wantsClose(version: string, headers: HeaderList): boolean {
  const options = (header(headers, 'connection') ?? '').toLowerCase().split(/\s*,\s*/);
  return version === '1.0' ? !options.includes('keep-alive') : options.includes('close');
}

/** Reason phrases of the IANA registry, as far as servers here give them. */
const REASONS: Readonly<Record<number, string>> = {
  100: 'Continue',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  411: 'Length Required',
  413: 'Content Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

export function reasonOf(status: number): string {
  return REASONS[status] ?? `status code ${status}`;
}
