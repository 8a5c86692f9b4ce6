import type { TcpConnection } from '../../linux/socket/socket.ts';
import { type HeaderList, header } from './message.ts';

/** What came is not HTTP. */
export class HttpError extends Error {
  /** `cut`: the connection ended within a message; `empty`: before its first byte. */
  readonly kind: 'malformed' | 'cut' | 'empty';
  /** Bytes of the body that are missing, where that is known. */
  readonly missing: number | undefined;

  constructor(kind: HttpError['kind'], message: string, missing?: number) {
    super(message);
    this.name = 'HttpError';
    this.kind = kind;
    this.missing = missing;
  }
}

/** A peer that sends a longer head is refused, as servers do. */
const HEAD_LIMIT = 65536;
const NOTHING = new Uint8Array(0);
const NEWLINE = 10;

/** Reads HTTP/1.1 messages off a connection (RFC 9112). */
export class MessageReader {
  readonly #connection: TcpConnection;
  #buffer: Uint8Array = NOTHING;
  #ended = false;

  constructor(connection: TcpConnection) {
    this.#connection = connection;
  }

  /**
   * The lines of a message's head, without their ends; the first one must look like `first`, or no more is read. Throws
   * `HttpError`: `empty` where the peer has closed.
   */
  async head(signal?: AbortSignal, first?: RegExp): Promise<{ lines: readonly string[]; headers: HeaderList }> {
    const lines: string[] = [];
    let size = 0;
    for (;;) {
      const line = await this.#line(signal);
      if (line === undefined) {
        if (lines.length === 0) throw new HttpError('empty', 'the connection was closed before a message came');
        throw new HttpError('cut', 'the connection was closed within the headers');
      }
      if (line === '' && lines.length > 0) break;
      if (line === '') continue;
      if (lines.length === 0 && first?.test(line) === false)
        throw new HttpError('malformed', `not a first line: ${line}`);
      size += line.length;
      if (size > HEAD_LIMIT) throw new HttpError('malformed', 'the headers are too long');
      lines.push(line);
    }
    const headers = lines.slice(1).map((line): [string, string] => {
      const colon = line.indexOf(':');
      if (colon <= 0) throw new HttpError('malformed', `not a header: ${line}`);
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    return { lines, headers };
  }

  /**
   * The body's pieces as they come: of the length that the headers say, in chunks, or (`untilClose`) to the end of the
   * connection. Throws `HttpError('cut')`.
   */
  async *body(headers: HeaderList, untilClose: boolean, signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
    const coding = header(headers, 'transfer-encoding')?.toLowerCase();
    if (coding === 'chunked') {
      yield* this.#chunks(signal);
      return;
    }
    if (coding !== undefined) throw new HttpError('malformed', `unknown transfer coding ${coding}`);
    const length = header(headers, 'content-length');
    if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) throw new HttpError('malformed', `not a length: ${length}`);
      yield* this.#exactly(Number(length), signal);
      return;
    }
    while (untilClose && (await this.#more(signal))) yield this.#take(this.#buffer.length);
  }

  async *#chunks(signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const line = await this.#line(signal);
      if (line === undefined) throw new HttpError('cut', 'the connection was closed within a chunked body');
      const size = /^([0-9a-f]{1,8})\s*(;|$)/i.exec(line)?.[1];
      if (size === undefined) throw new HttpError('malformed', `not a chunk's size: ${line}`);
      const length = Number.parseInt(size, 16);
      if (length === 0) break;
      yield* this.#exactly(length, signal);
      await this.#line(signal);
    }
    // Trailers are read and dropped.
    for (let line = await this.#line(signal); line !== undefined && line !== ''; ) line = await this.#line(signal);
  }

  async *#exactly(length: number, signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
    for (let left = length; left > 0; ) {
      if (!(await this.#more(signal))) throw new HttpError('cut', 'the connection was closed within a body', left);
      const piece = this.#take(Math.min(left, this.#buffer.length));
      left -= piece.length;
      yield piece;
    }
  }

  async #line(signal?: AbortSignal): Promise<string | undefined> {
    let end = this.#buffer.indexOf(NEWLINE);
    while (end < 0) {
      if (this.#buffer.length > HEAD_LIMIT) throw new HttpError('malformed', 'a line is too long');
      const before = this.#buffer.length;
      if (!(await this.#receive(signal))) return undefined;
      end = this.#buffer.indexOf(NEWLINE, before);
    }
    return new TextDecoder().decode(this.#take(end + 1)).replace(/\r?\n$/, '');
  }

  async #more(signal?: AbortSignal): Promise<boolean> {
    return this.#buffer.length > 0 || (await this.#receive(signal));
  }

  async #receive(signal?: AbortSignal): Promise<boolean> {
    if (this.#ended) return false;
    const data = await this.#connection.read(signal);
    if (data === undefined) {
      this.#ended = true;
      return false;
    }
    const joined = new Uint8Array(this.#buffer.length + data.length);
    joined.set(this.#buffer);
    joined.set(data, this.#buffer.length);
    this.#buffer = joined;
    return true;
  }

  #take(length: number): Uint8Array {
    const piece = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return piece;
  }
}

export function join(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
