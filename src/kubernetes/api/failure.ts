import type { Status, StatusReason } from './operation.ts';

/** A request that the server refuses; `handle` turns it into an answer. Thrown inside the API server only. */
export class Failure extends Error {
  readonly status: Status;

  constructor(status: Status) {
    super(status.message);
    this.status = status;
  }
}

/** A resource or a kind as errors name it: `pods`, `deployments.apps`, `Deployment.apps`. */
export interface Named {
  readonly group: string;
  readonly resource: string;
  readonly kind: string;
}

type Details = NonNullable<Status['details']>;

export function failure(code: number, reason: StatusReason, message: string, details?: Details): Failure {
  return new Failure({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details && { details }),
    code,
  });
}

function groupResource({ group, resource }: Named): string {
  return group === '' ? resource : `${resource}.${group}`;
}

export function groupKind({ group, kind }: Named): string {
  return group === '' ? kind : `${kind}.${group}`;
}

function details(name: string, { group, resource }: Named): Details {
  return { ...(name !== '' && { name }), ...(group !== '' && { group }), kind: resource };
}

export function notFound(named: Named, name: string): Failure {
  return failure(404, 'NotFound', `${groupResource(named)} "${name}" not found`, details(name, named));
}

export function noSuchResource(): Failure {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(named: Named, name: string): Failure {
  return failure(409, 'AlreadyExists', `${groupResource(named)} "${name}" already exists`, details(name, named));
}

export function generateNameConflict(named: Named, name: string): Failure {
  return failure(
    409,
    'AlreadyExists',
    `${groupResource(named)} "${name}" already exists, the server was not able to generate a unique name for the object`,
    details(name, named),
  );
}

export function conflict(named: Named, name: string, why: string): Failure {
  return failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${groupResource(named)} "${name}": ${why}`,
    details(name, named),
  );
}

export const modified = 'the object has been modified; please apply your changes to the latest version and try again';

export function badRequest(message: string): Failure {
  return failure(400, 'BadRequest', message);
}

export function forbidden(named: Named, name: string, why: string, causes?: Details['causes']): Failure {
  const message = `${groupResource(named)}${name === '' ? '' : ` "${name}"`} is forbidden: ${why}`;
  return failure(403, 'Forbidden', message, { ...details(name, named), ...(causes && { causes }) });
}

export function methodNotAllowed(): Failure {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function unsupportedMediaType(): Failure {
  return failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

/** Custom kinds know no strategic merge patch. */
export function noStrategicPatch(): Failure {
  const types = 'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml';
  const message = `the body of the request was in an unknown format - accepted media types include: ${types}`;
  return failure(415, 'UnsupportedMediaType', message);
}

/** An error that the server gives no reason for. */
export function unexpected(message: string): Failure {
  return new Failure({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 });
}

export function internalError(message: string): Failure {
  return failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** Where a watch or an exact read asks for history that is gone; clients list again. */
export function expired(oldest: number, asked: number): Failure {
  return failure(410, 'Expired', `too old resource version: ${asked} (${oldest})`);
}

/** Where the rest of a list is asked for that is gone; `token` goes on with what is there now. */
export function expiredContinue(token: string): Failure {
  const { status } = failure(
    410,
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  );
  return new Failure({ ...status, metadata: { continue: token } });
}

/** A patch that can't be carried out on the object as it is. */
export function unprocessable(): Failure {
  return failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}
