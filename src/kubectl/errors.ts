import type { Status } from '../kubernetes/api/operation.ts';
import { ApiError } from '../kubernetes/client/client.ts';

/** A failure of kubectl's own, printed as `error: MESSAGE`. */
export class CommandError extends Error {
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.name = 'CommandError';
    this.status = status;
  }
}

/** Printed as it is, without `error: `. */
export class PlainError extends CommandError {}

/** Several failures, each reported by itself (`kubectl get pods a b`). */
export class SeveralErrors extends Error {
  readonly errors: readonly unknown[];

  constructor(errors: readonly unknown[]) {
    super(`${errors.length} errors`);
    this.name = 'SeveralErrors';
    this.errors = errors;
  }
}

/** A mistake in how a verb was called: points at its help. `path` is `get` or `rollout status`. */
export function usageError(path: string, message: string): CommandError {
  return new CommandError(`${message}\nSee 'kubectl ${path} -h' for help and examples`);
}

/** What a page's kubectl refuses although the real one knows it. */
export function unsupported(what: string): CommandError {
  return new CommandError(`${what} is not supported in the page's kubectl`);
}

/** Throws the only error, or all of them together; returns when there is none. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new SeveralErrors(errors);
}

/** The lines for standard error and the exit status; undefined for what is no failure that kubectl reports. */
export function report(error: unknown): { text: string; status: number } | undefined {
  if (error instanceof PlainError) return { text: `${error.message}\n`, status: error.status };
  if (error instanceof CommandError) return { text: `error: ${error.message}\n`, status: error.status };
  if (error instanceof ApiError) return { text: ended(statusText(error.status)), status: 1 };
  if (error instanceof SeveralErrors) {
    const reports = error.errors.map(report);
    const text = reports.map((one) => one?.text ?? '').join('');
    return reports.includes(undefined) ? undefined : { text, status: 1 };
  }
  return undefined;
}

/** Prefixes the server's message, as kubectl does with the file that it came from. */
export function whileDoing(doing: string, error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  return new ApiError({ ...error.status, message: `${doing}: ${error.status.message}` });
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status.reason === 'NotFound';
}

function statusText(status: Status): string {
  if (status.code === 0) return `error: ${status.message}`;
  if (status.reason === 'Invalid' && status.details !== undefined) return invalidText(status, status.details);
  const reason = status.reason === undefined ? '' : ` (${status.reason})`;
  return `Error from server${reason}: ${status.message}`;
}

function invalidText(status: Status, details: NonNullable<Status['details']>): string {
  const named = (details.kind ?? '') !== '' || (details.name ?? '') !== '';
  const subject = named
    ? `The ${details.kind} ${JSON.stringify(details.name ?? '')} is invalid`
    : 'The request is invalid';
  const causes = (details.causes ?? []).map(({ field, message }) => (field ? `${field}: ${message}` : message));
  if (causes.length === 0) return named ? subject : `${subject}: ${status.message}`;
  if (causes.length === 1) return `${subject}: ${causes[0]}`;
  return `${subject}: \n${causes.map((cause) => `* ${cause}`).join('\n')}`;
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
