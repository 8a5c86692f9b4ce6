import { ApiError } from '../api/api-error.ts';
import type { ConnectRequest } from '../api/connection.ts';
import type { Answer, ApiObject, ObjectList, Operation, Status, Watch, WatchEvent } from '../api/operation.ts';
import type { Transport } from './client.ts';

/** As much of `fetch` as is needed; the platform's own fits. */
export type Fetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string;
    signal?: AbortSignal;
  },
) => Promise<FetchResponse>;

export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
  readonly body: AsyncIterable<Uint8Array> | null;
}

export interface HttpTransportOptions {
  /** Headers of every request (Authorization, User-Agent). */
  readonly headers?: Readonly<Record<string, string>>;
  /** How exec, attach and logs go; without it they are refused. */
  connect?(request: ConnectRequest): Promise<number>;
}

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

const methods = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
} as const;

/**
 * Speaks to a real API server at `base` (`https://127.0.0.1:6443`). The server knows who asks by the
 * headers; an operation's `user` is not sent.
 */
export function httpTransport(fetch: Fetch, base: string, options: HttpTransportOptions = {}): Transport {
  return {
    async handle(operation): Promise<Answer> {
      const stopping = new AbortController();
      const body = bodyOf(operation);
      const response = await reach(() =>
        fetch(base + urlOf(operation), {
          method: methods[operation.verb],
          headers: { ...options.headers, ...headersOf(operation) },
          ...(body !== undefined && { body }),
          ...(operation.verb === 'watch' && { signal: stopping.signal }),
        }),
      );
      if (operation.verb === 'watch' && response.status === 200 && response.body !== null) {
        return { code: 200, watch: new StreamedWatch(response.body, stopping) };
      }
      const warnings = warningsOf(response.headers.get('warning'));
      const parsed = readAnswer(await reach(() => response.text()), response.status);
      return { code: response.status, body: parsed, ...(warnings.length > 0 && { warnings }) };
    },
    connect: (request) =>
      options.connect?.(request) ??
      Promise.reject(unreachable(`${request.kind} needs a connection both ways, which this transport doesn't have`)),
  };
}

function unreachable(message: string): ApiError {
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'ServiceUnavailable',
    code: 0,
  });
}

/** A failure to get through is an `ApiError` of code 0. */
async function reach<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw unreachable(error instanceof Error ? error.message : String(error));
  }
}

function urlOf({ group, version, resource, namespace, name, subresource, verb, options = {} }: Operation): string {
  const parts = group === '' ? ['api', version] : ['apis', group, version];
  if (namespace !== undefined) parts.push('namespaces', namespace);
  parts.push(resource);
  if (name !== undefined) parts.push(name);
  if (subresource !== undefined) parts.push(subresource);
  const query = new URLSearchParams();
  if (verb === 'watch') query.set('watch', 'true');
  const asked: Readonly<Record<string, string | number | boolean | undefined>> = {
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    resourceVersion: options.resourceVersion,
    limit: options.limit,
    continue: options.continue,
    allowWatchBookmarks: options.allowBookmarks,
    sendInitialEvents: options.sendInitialEvents,
    resourceVersionMatch: options.sendInitialEvents === true ? 'NotOlderThan' : undefined,
    timeoutSeconds: options.timeoutSeconds,
    dryRun: options.dryRun === true ? 'All' : undefined,
    fieldManager: options.fieldManager,
    force: options.force,
    fieldValidation: options.fieldValidation,
    includeObject: options.table === true ? 'Object' : undefined,
  };
  for (const [key, value] of Object.entries(asked)) if (value !== undefined) query.set(key, String(value));
  const text = query.toString();
  return `/${parts.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}

function headersOf({ patchType, options }: Operation): Record<string, string> {
  const table = options?.table === true ? 'application/json;as=Table;v=v1;g=meta.k8s.io,' : '';
  return {
    accept: `${table}application/json`,
    'content-type': patchType === undefined ? 'application/json' : patchTypes[patchType],
  };
}

function bodyOf({ verb, body, options = {} }: Operation): string | undefined {
  if (verb !== 'delete' && verb !== 'deletecollection') return body === undefined ? undefined : JSON.stringify(body);
  const { gracePeriodSeconds, propagationPolicy, preconditions, dryRun } = options;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds,
    propagationPolicy,
    preconditions,
    // Where options come as a body, the server looks nowhere else.
    ...(dryRun === true && { dryRun: ['All'] }),
  });
}

/** A list over HTTP says its items' kind once, in its own name (`PodList`). */
function withKinds(body: ApiObject | ObjectList): ApiObject | ObjectList {
  const { kind, apiVersion } = body;
  if (!kind.endsWith('List') || !Array.isArray(body.items)) return body;
  const items = (body as ObjectList).items.map((item) => ({
    ...item,
    kind: kind.slice(0, -'List'.length),
    apiVersion,
  }));
  return { ...(body as ObjectList), items };
}

function readAnswer(text: string, code: number): ApiObject | ObjectList | Status {
  try {
    return withKinds(JSON.parse(text) as ApiObject | ObjectList);
  } catch {
    // Paths outside the API are answered in bare text.
    const message = text.trim();
    const reason = code === 404 ? 'NotFound' : 'InternalError';
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  }
}

/** `299 - "text", 299 - "text"`. */
function warningsOf(header: string | null): string[] {
  const texts = header?.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  return texts.map((text) => JSON.parse(text) as string);
}

/** Watch events out of lines of JSON, however they are cut into chunks. */
class StreamedWatch implements Watch {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #stopping: AbortController;
  readonly #decoder = new TextDecoder();
  #text = '';
  #ended = false;

  constructor(body: AsyncIterable<Uint8Array>, stopping: AbortController) {
    this.#chunks = body[Symbol.asyncIterator]();
    this.#stopping = stopping;
  }

  async next(signal?: AbortSignal): Promise<WatchEvent | undefined> {
    for (;;) {
      signal?.throwIfAborted();
      const line = this.#takeLine();
      if (line !== undefined) return JSON.parse(line) as WatchEvent;
      if (this.#ended) return undefined;
      const chunk = await this.#read(signal);
      if (chunk === undefined) this.#ended = true;
      else this.#text += this.#decoder.decode(chunk, { stream: true });
    }
  }

  stop(): void {
    this.#ended = true;
    this.#stopping.abort();
  }

  #takeLine(): string | undefined {
    const end = this.#text.indexOf('\n');
    if (end < 0) return undefined;
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return line.trim() === '' ? this.#takeLine() : line;
  }

  #pending: Promise<Uint8Array | undefined> | undefined;

  /** A read that was given up by `signal` is taken up by the next call. */
  async #read(signal: AbortSignal | undefined): Promise<Uint8Array | undefined> {
    this.#pending ??= this.#chunks.next().then(
      ({ done, value }) => (done === true ? undefined : value),
      // The connection broke, or `stop` closed it: the watch has ended.
      () => undefined,
    );
    const pending = this.#pending;
    if (signal === undefined) {
      this.#pending = undefined;
      return pending;
    }
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      void pending.then((chunk) => {
        signal.removeEventListener('abort', abort);
        if (signal.aborted) return;
        this.#pending = undefined;
        resolve(chunk);
      });
    });
  }
}
