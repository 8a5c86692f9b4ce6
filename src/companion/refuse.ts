import type { ServerResponse } from 'node:http';

/** Answers with a sentence that a page can show. */
export function refuse(
  response: ServerResponse,
  { status, message }: { readonly status: number; readonly message: string },
): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  // What is still being sent is not worth reading.
  response.setHeader('Connection', 'close');
  response.end(JSON.stringify({ message }));
}
