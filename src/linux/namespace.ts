import type { Sockets } from './socket/socket.ts';

/** A network namespace. (Surface for the rooms above; the stack behind it is in `device/`, `ip/`, `socket/`.) */
export interface Namespace {
  readonly name: string;
  readonly sockets: Sockets;
}
