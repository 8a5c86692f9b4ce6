import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HandoverCodes } from './code.ts';
import type { Gate } from './gate.ts';
import { refuseOrigin, setCookie } from './gate.ts';
import { refuse } from './refuse.ts';

const BODY_LIMIT = 1024;

/**
 * Trades a code for the cookie. Two ways in: the page of this server sends what the learner typed (JSON, our Origin);
 * the local hand-over file posts a form (a page of a file has the Origin `null`) and is led on to the lab. Whoever
 * posts, only the code counts: without it nothing is given out.
 */
export async function enter(
  gate: Gate,
  codes: HandoverCodes,
  lab: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') {
    request.resume();
    return refuse(response, { status: 405, message: 'Ask with POST.' });
  }
  const fromFile = request.headers.origin === 'null';
  const refusal = fromFile ? undefined : refuseOrigin(gate, request.headers);
  if (refusal !== undefined) return refuse(response, refusal);
  const body = await read(request);
  if (body === undefined) return refuse(response, { status: 413, message: 'That is too long to be a code.' });
  const code = fromFile ? (new URLSearchParams(body).get('code') ?? '') : typed(body);
  if (!codes.redeem(code)) {
    const message = 'This code is wrong, used or older than a minute. Press Enter in the terminal for a new one.';
    return refuse(response, { status: 403, message });
  }
  response.setHeader('Set-Cookie', setCookie(gate));
  if (!fromFile) {
    response.statusCode = 204;
    return void response.end();
  }
  response.statusCode = 303;
  response.setHeader('Location', `/labs/${lab}/`);
  response.end();
}

function typed(body: string): string {
  try {
    const { code } = JSON.parse(body) as { readonly code?: unknown };
    return typeof code === 'string' ? code : '';
  } catch {
    return '';
  }
}

async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
