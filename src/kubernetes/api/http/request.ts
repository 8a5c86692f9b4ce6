import { parse as parseYaml } from 'yaml';
import { isMap } from '../draft.ts';
import type { Operation, OperationOptions, Status, StatusReason, Verb } from '../operation.ts';
import type { HttpRequest } from './message.ts';
import { parsePath } from './path.ts';

/** A request that never becomes an operation. */
export class HttpFailure extends Error {
  readonly code: number;
  readonly reason: StatusReason;
  /** Answered as bare text. */
  readonly plain: boolean;

  constructor(code: number, reason: StatusReason, message: string, plain = false) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.plain = plain;
  }

  toStatus(): Status {
    const { message, reason, code } = this;
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  }
}

const patchTypes: Readonly<Record<string, NonNullable<Operation['patchType']>>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

export interface ParsedRequest {
  readonly operation: Operation;
  /** Whether the rows of a table carry metadata alone. */
  readonly metadataOnly: boolean;
}

/** Throws `HttpFailure` on what the REST API doesn't know. */
export function parseOperation(request: HttpRequest, user: string): ParsedRequest {
  const url = new URL(request.url, 'http://api');
  const path = parsePath(url.pathname);
  if (path === undefined) throw new HttpFailure(404, 'NotFound', '404 page not found', true);
  const query = url.searchParams;
  const watching = isTrue(query.get('watch'));
  const verb = verbOf(request.method, path.name !== undefined, watching);
  const contentType = (request.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  const patchType = verb === 'patch' ? patchTypes[contentType] : undefined;
  const body = readBody(request.body ?? '', contentType, verb);
  const options: OperationOptions = {
    ...readQuery(query),
    ...(verb === 'delete' || verb === 'deletecollection' ? readDeleteOptions(body) : {}),
    ...(wantsTable(request) && { table: true }),
    ...(query.get('fieldManager') === null && managerOf(request)),
  };
  const operation: Operation = {
    verb,
    ...path,
    user,
    options,
    ...(body !== undefined && { body }),
    ...(patchType !== undefined && { patchType }),
  };
  return { operation, metadataOnly: query.get('includeObject') !== 'Object' };
}

function verbOf(method: string, named: boolean, watching: boolean): Verb {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return watching ? 'watch' : named ? 'get' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      throw new HttpFailure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
  }
}

function isTrue(text: string | null): boolean {
  return text === '' || text === '1' || text === 'true';
}

/** `create` by POST on a named object's subresource keeps its name; everything else is in the path already. */
function readQuery(query: URLSearchParams): OperationOptions {
  const text = (name: string) => query.get(name) ?? undefined;
  const number = (name: string) => (query.get(name) === null ? undefined : Number(query.get(name)));
  const flag = (name: string) => (query.get(name) === null ? undefined : isTrue(query.get(name)));
  return defined({
    labelSelector: text('labelSelector'),
    fieldSelector: text('fieldSelector'),
    resourceVersion: text('resourceVersion'),
    limit: number('limit'),
    continue: text('continue'),
    allowBookmarks: flag('allowWatchBookmarks'),
    sendInitialEvents: flag('sendInitialEvents'),
    timeoutSeconds: number('timeoutSeconds'),
    dryRun: query.getAll('dryRun').includes('All') ? true : undefined,
    fieldManager: text('fieldManager'),
    force: flag('force'),
    fieldValidation: text('fieldValidation'),
    gracePeriodSeconds: number('gracePeriodSeconds'),
    propagationPolicy: text('propagationPolicy'),
  }) as OperationOptions;
}

function readDeleteOptions(body: unknown): OperationOptions {
  if (!isMap(body)) return {};
  const { gracePeriodSeconds, propagationPolicy, preconditions, dryRun, orphanDependents } = body;
  const orphan = orphanDependents === undefined ? undefined : orphanDependents === true ? 'Orphan' : 'Background';
  return defined({
    gracePeriodSeconds,
    propagationPolicy: propagationPolicy ?? orphan,
    preconditions,
    dryRun: Array.isArray(dryRun) && dryRun.includes('All') ? true : undefined,
  }) as OperationOptions;
}

function defined(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

/** Without a manager's name, the first word of the User-Agent is it. */
function managerOf({ headers }: HttpRequest): { fieldManager?: string } {
  const agent = headers.get('user-agent')?.split('/')[0];
  return agent ? { fieldManager: agent } : {};
}

function wantsTable({ headers }: HttpRequest): boolean {
  const accepted = headers.get('accept') ?? '';
  const first = accepted.split(',')[0] ?? '';
  return /;\s*as=Table\b/.test(first) && first.includes('g=meta.k8s.io');
}

function readBody(text: string, contentType: string, verb: Verb): unknown {
  if (verb === 'get' || verb === 'list' || verb === 'watch') return undefined;
  if (text === '') return undefined;
  if (/protobuf|cbor/.test(contentType)) {
    throw new HttpFailure(
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
    );
  }
  try {
    return contentType.includes('yaml') ? parseYaml(text, { maxAliasCount: 100 }) : JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HttpFailure(
      400,
      'BadRequest',
      `the object provided is unrecognized: couldn't get version/kind; json parse error: ${why}`,
    );
  }
}
