import type { Status } from './operation.ts';

/** A failed request: the server's Status, word for word. */
export class ApiError extends Error {
  readonly status: Status;

  constructor(status: Status) {
    super(status.message);
    this.name = 'ApiError';
    this.status = status;
  }
}
