import { checkSize } from './decode/limits.ts';
import { Failure } from './failure.ts';
import { discoveryDocument, wantsAggregated } from './http/documents.ts';
import { encodeBody, encodeEvent } from './http/encode.ts';
import type { HttpRequest, HttpResponse } from './http/message.ts';
import { HttpFailure, parseOperation } from './http/request.ts';
import type { Answer, Watch } from './operation.ts';
import type { ApiServer } from './server.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/**
 * The REST API on top of `ApiServer.handle`: URLs and headers in, JSON out, watches as lines of JSON.
 * `user` is who the adapter found to be asking.
 */
export async function fetchApi(server: ApiServer, request: HttpRequest, user: string): Promise<HttpResponse> {
  try {
    checkSize(request.body?.length ?? 0);
    const accept = request.headers.get('accept') ?? '';
    const { pathname } = new URL(request.url, 'http://api');
    const document = request.method === 'GET' ? discoveryDocument(pathname, server.kinds, accept) : undefined;
    if (document !== undefined) {
      const combined = (pathname === '/api' || pathname === '/apis') && wantsAggregated(accept);
      return respond(200, document, combined ? { 'content-type': AGGREGATED } : {});
    }
    const { operation, metadataOnly } = parseOperation(request, user);
    const answer = server.handle(operation);
    if ('watch' in answer) return streamed(answer, metadataOnly, request.signal);
    return respond(answer.code, encodeBody(answer.body, metadataOnly), warningHeaders(answer));
  } catch (error) {
    if (error instanceof Failure) return respond(error.status.code, encodeBody(error.status, false));
    if (!(error instanceof HttpFailure)) throw error;
    if (error.plain) return respond(error.code, `${error.message}\n`);
    return respond(error.code, encodeBody(error.toStatus(), false));
  }
}

function respond(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  const isText = typeof body === 'string';
  const contentType = isText ? 'text/plain; charset=utf-8' : 'application/json';
  return {
    status,
    headers: { 'content-type': contentType, 'cache-control': 'no-cache, private', ...headers },
    body: once(isText ? body : `${JSON.stringify(body)}\n`),
  };
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

/** RFC 7234: 299 is a lasting warning; kubectl prints its text. */
function warningHeaders({ warnings = [] }: Answer): Readonly<Record<string, string>> {
  if (warnings.length === 0) return {};
  return { warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ') };
}

function streamed(
  answer: Extract<Answer, { readonly watch: Watch }>,
  metadataOnly: boolean,
  signal: AbortSignal | undefined,
): HttpResponse {
  const { watch } = answer;
  signal?.addEventListener('abort', () => watch.stop(), { once: true });
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked', ...warningHeaders(answer) },
    body: lines(watch, metadataOnly),
  };
}

async function* lines(watch: Watch, metadataOnly: boolean): AsyncGenerator<string> {
  try {
    for (;;) {
      const event = await watch.next();
      if (event === undefined) return;
      yield `${JSON.stringify(encodeEvent(event, metadataOnly))}\n`;
    }
  } finally {
    watch.stop();
  }
}
