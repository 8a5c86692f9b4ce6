import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { readCommand } from './command.ts';
import { type Gate, refuseSession } from './gate.ts';
import { pathOf } from './path.ts';
import type { Session } from './session.ts';
import { CLOSE_STOPPING, SESSION_PATH } from './wire.ts';

/** The editor saves up to 1 MiB, escaped as JSON. */
const FRAME_LIMIT = 2 * 1024 * 1024;
/** What may wait for a page that doesn't read; more, and it is cut off (it can come back). */
const BACKLOG_LIMIT = 8 * 1024 * 1024;
const TABS_LIMIT = 16;
const PING_EVERY_MS = 30_000;

/** Answers upgrades: Host, Origin and cookie are looked at before a single frame is. */
export function serveSockets(server: Server, gate: Gate, session: Session | undefined): { close(): void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_LIMIT, perMessageDeflate: false });
  const alive = new WeakSet<WebSocket>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refusal = refuseSession(gate, request.headers);
    if (refusal !== undefined) return end(socket, `${refusal.status} Refused`);
    if (pathOf(request) !== SESSION_PATH || session === undefined) return end(socket, '404 Not Found');
    if (sockets.clients.size >= TABS_LIMIT) return end(socket, '503 Too Many Tabs');
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      alive.add(webSocket);
      connect(webSocket, session, alive);
    });
  });
  const beat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.has(socket)) socket.terminate();
      alive.delete(socket);
      socket.ping();
    }
  }, PING_EVERY_MS);
  beat.unref();
  return {
    close: () => {
      clearInterval(beat);
      for (const socket of sockets.clients) socket.close(CLOSE_STOPPING, 'the companion is stopping');
      sockets.close();
    },
  };
}

function connect(socket: WebSocket, session: Session, alive: WeakSet<WebSocket>): void {
  const door = session.attach({
    send: (event) => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > BACKLOG_LIMIT) return socket.terminate();
      socket.send(JSON.stringify(event));
    },
  });
  socket.on('pong', () => alive.add(socket));
  // An oversized or broken frame: ws closes with 1009 or 1002 by itself.
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => {
    const command = isBinary ? undefined : readCommand(data.toString());
    if (command === undefined) return socket.close(1008, 'not a command');
    door.command(command);
  });
  socket.on('close', () => door.detach());
}

function end(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
