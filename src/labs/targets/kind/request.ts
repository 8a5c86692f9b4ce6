import { Agent, request } from 'node:https';
import { Readable } from 'node:stream';
import type { Access } from './kubeconfig.ts';

/** What is sent: the part of `fetch`'s options that Kubernetes clients use. */
export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export type ApiFetch = (url: string, options?: RequestOptions) => Promise<Response>;

/**
 * `fetch` with the kubeconfig's client certificate, which the platform's own can't carry. Only ever to the
 * cluster's server. Watches stream through `Response.body`; aborting ends them.
 */
export function apiFetch(access: Access): ApiFetch {
  const agent = new Agent({
    ca: access.ca,
    cert: access.certificate,
    key: access.key,
    keepAlive: true,
    // A lab watches several kinds at once; a request must not wait behind them.
    maxSockets: 64,
  });
  return (url, options = {}) =>
    new Promise((resolve, reject) => {
      if (new URL(url).origin !== access.server) {
        reject(new TypeError(`${url} is not on ${access.server}.`));
        return;
      }
      // Node measures the bodies of POST and PUT by itself, but not those of DELETE.
      const length = options.body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(options.body)) };
      const sent = request(
        url,
        {
          agent,
          method: options.method ?? 'GET',
          headers: { 'User-Agent': 'hop-by-hop', ...length, ...options.headers },
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        },
        (answer) => {
          const status = answer.statusCode ?? 500;
          const headers = new Headers();
          for (const [name, value] of Object.entries(answer.headers)) {
            for (const each of [value ?? []].flat()) headers.append(name, each);
          }
          const bodiless = status === 204 || status === 304;
          if (bodiless) answer.resume();
          const body = bodiless ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
          resolve(new Response(body, { status, headers }));
        },
      );
      sent.on('error', reject);
      sent.end(options.body);
    });
}
