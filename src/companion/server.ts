import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HandoverCodes } from './code.ts';
import { SECURITY_HEADERS } from './csp.ts';
import { enter } from './enter.ts';
import type { Gate } from './gate.ts';
import { isSignedIn, refuseHost, refuseOrigin } from './gate.ts';
import { pathOf } from './path.ts';
import { refuse } from './refuse.ts';
import type { Session } from './session.ts';
import { serveSite } from './site.ts';
import { serveSockets } from './sockets.ts';
import { ENTER_PATH, HELLO_PATH, type Hello } from './wire.ts';

export interface CompanionOptions {
  /** The built site's folder. */
  readonly site: string;
  readonly version: string;
  /** The usual port; a free one is taken when it isn't free. 0: any. */
  readonly port: number;
  /** Absent: only the site is served. */
  readonly session?: Session;
  /** For tests: the time in milliseconds. */
  readonly now?: () => number;
}

export interface Companion {
  /** `http://127.0.0.1:4321/`. */
  readonly url: string;
  readonly port: number;
  /** Whether the usual port was taken. */
  readonly moved: boolean;
  /** A fresh single-use code that a browser can enter with. */
  issueCode(): string;
  close(): Promise<void>;
}

/** Starts the local server, on 127.0.0.1 alone. */
export async function startCompanion(options: CompanionOptions): Promise<Companion> {
  const codes = new HandoverCodes(options.now);
  let gate: Gate | undefined;
  const site = serveSite(options.site, () => gate?.host ?? '');
  const server = createServer(
    // A slow or silent client must not hold a connection for ever.
    { headersTimeout: 10_000, requestTimeout: 15_000, maxHeaderSize: 16 * 1024, keepAliveTimeout: 5000 },
    (request, response) => {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
      if (gate === undefined) return response.destroy();
      const refusal = refuseHost(gate, request.headers);
      if (refusal !== undefined) return refuse(response, refusal);
      const path = pathOf(request);
      if (path === HELLO_PATH) return hello(gate, options, request, response);
      if (path === ENTER_PATH && options.session !== undefined) {
        // Rejects when the client goes away while it sends.
        return void enter(gate, codes, options.session.lab, request, response).catch(() => response.destroy());
      }
      return site(request, response);
    },
  );
  server.maxConnections = 256;
  const moved = await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  // Cookies know no ports: each companion has a name of its own.
  gate = { host: `127.0.0.1:${port}`, cookieName: `hop-${port}`, secret: randomBytes(32).toString('base64url') };
  const sockets = serveSockets(server, gate, options.session);
  return {
    url: `http://${gate.host}/`,
    port,
    moved,
    issueCode: () => codes.issue(),
    close: async () => {
      sockets.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function hello(gate: Gate, options: CompanionOptions, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const wrongMethod = request.method === 'POST' ? undefined : { status: 405, message: 'Ask with POST.' };
  const refusal = wrongMethod ?? refuseOrigin(gate, request.headers);
  if (refusal !== undefined) {
    refuse(response, refusal);
    return;
  }
  const answer: Hello = {
    companion: 'hop-by-hop',
    version: options.version,
    signedIn: isSignedIn(gate, request.headers),
    ...(options.session === undefined ? {} : { lab: options.session.lab }),
  };
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(answer));
}

/** @returns whether `port` was taken and another one was found. */
async function listen(server: Server, port: number): Promise<boolean> {
  const attempt = (wanted: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await attempt(port);
    return false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    await attempt(0);
    return true;
  }
}
