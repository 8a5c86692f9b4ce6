import type { TcpConnection } from '../../linux/socket/socket.ts';
import { MessageReader } from '../http/message-reader.ts';

/** A connection with what is left in its reader, and the number that `-v` calls it by. */
export interface Pooled {
  readonly connection: TcpConnection;
  readonly reader: MessageReader;
  readonly number: number;
}

/** The connections that stay open between the requests of one call. */
export class ConnectionPool {
  readonly #idle = new Map<string, Pooled>();
  /** Names that were looked up, as `HOST:PORT`. */
  readonly known = new Set<string>();
  #next = 0;

  /** The number of the next connection, or of the next try. */
  number(): number {
    return this.#next++;
  }

  add(connection: TcpConnection, number: number): Pooled {
    return { connection, reader: new MessageReader(connection), number };
  }

  /** The one to `place` (`HOST:PORT`), if it is still there. */
  async take(place: string): Promise<Pooled | undefined> {
    const found = this.#idle.get(place);
    this.#idle.delete(place);
    if (found === undefined) return undefined;
    const gone = await found.connection.read(AbortSignal.abort()).then(
      () => true,
      () => false,
    );
    if (!gone) return found;
    found.connection.close();
    return undefined;
  }

  put(place: string, pooled: Pooled): void {
    this.#idle.get(place)?.connection.close();
    this.#idle.set(place, pooled);
  }

  closeAll(): void {
    for (const { connection } of this.#idle.values()) connection.close();
    this.#idle.clear();
  }
}

/** Where libcurl keeps connections to a host: an address in its memory, which is no news to anybody. */
export const BUNDLE = '0x55d0c9a3eb80';
