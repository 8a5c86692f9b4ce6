import { LinuxError, strerror } from '../../linux/errno.ts';
import { formatIp, type IpAddress } from '../../linux/packet/address.ts';
import type { Process } from '../../linux/process/process.ts';
import type { TcpConnection } from '../../linux/socket/socket.ts';
import type { Milliseconds } from '../../simulation/clock.ts';
import { hasBody, readResponseHead, requestLines, sendRequest, staysOpen } from '../http/client.ts';
import { bytesOf, type HttpRequest, header, type ResponseHead } from '../http/message.ts';
import { HttpError } from '../http/message-reader.ts';
import { Limit } from '../limit.ts';
import { ResolveFailure, resolve } from '../resolve.ts';
import { ownerOf } from '../socket-owner.ts';
import { bindFailure, bindTo } from './bind.ts';
import { CurlFailure } from './failure.ts';
import type { CurlOptions } from './options.ts';
import { BUNDLE, type ConnectionPool, type Pooled } from './pool.ts';
import type { Target } from './url.ts';

/** What happened in one transfer, filled in as it goes; times since its start. */
export interface Progress {
  head?: ResponseHead;
  connection?: TcpConnection;
  connects: number;
  requestBytes: number;
  headerBytes: number;
  expected: number | undefined;
  downloaded: number;
  uploaded: number;
  lookedUp: Milliseconds;
  connected: Milliseconds;
  sent: Milliseconds;
  firstByte: Milliseconds;
}

export interface TransferHooks {
  /** `*`, `>`, `<`: a line of `-v`. */
  readonly verbose: (mark: '*' | '>' | '<' | '{' | '}', line: string) => Promise<void>;
  /** The response's head, before its body. */
  readonly head: (head: ResponseHead) => Promise<void>;
  readonly body: (piece: Uint8Array) => Promise<void>;
}

/** One request and its answer over a connection of its own. Throws `CurlFailure`. */
export class Transfer {
  readonly progress: Progress = {
    connects: 0,
    requestBytes: 0,
    headerBytes: 0,
    expected: undefined,
    downloaded: 0,
    uploaded: 0,
    lookedUp: 0,
    connected: 0,
    sent: 0,
    firstByte: 0,
  };
  readonly #process: Process;
  readonly #options: CurlOptions;
  readonly #target: Target;
  readonly #hooks: TransferHooks;
  readonly #pool: ConnectionPool;
  #number = 0;
  readonly #start: Milliseconds;

  constructor(process: Process, options: CurlOptions, target: Target, pool: ConnectionPool, hooks: TransferHooks) {
    this.#process = process;
    this.#options = options;
    this.#target = target;
    this.#pool = pool;
    this.#hooks = hooks;
    this.#start = process.clock.now();
  }

  async run(request: HttpRequest): Promise<void> {
    const { clock, signals } = this.#process;
    const { maxTime, connectTimeout } = this.#options;
    const limit = new Limit(clock, maxTime, signals.ended);
    let pooled: Pooled | undefined;
    try {
      pooled = await this.#reuse();
      if (pooled === undefined) {
        this.#number = this.#pool.number();
        const address = await this.#lookUp();
        const connection = await this.#connect(address, connectTimeout, limit);
        pooled = this.#pool.add(connection, this.#number);
      }
      await this.#exchange(pooled, request, limit);
    } catch (error) {
      signals.ended.throwIfAborted();
      pooled?.connection.abort();
      if (limit.over) throw this.#timedOut(pooled !== undefined);
      if (error instanceof HttpError) throw this.#protocolFailure(error);
      if (error instanceof LinuxError) throw new CurlFailure(56, `Recv failure: ${strerror[error.errno]}`);
      throw error;
    } finally {
      limit.stop();
    }
  }

  /** Whether the peer has refused to be connected to. */
  refused = false;

  /** The number of the connection that was used or tried, for `-v`. */
  get number(): number {
    return this.#number;
  }

  get #place(): string {
    return `${this.#target.host.toLowerCase()}:${this.#target.port}`;
  }

  async #reuse(): Promise<Pooled | undefined> {
    const found = await this.#pool.take(this.#place);
    if (found === undefined) return undefined;
    const { verbose } = this.#hooks;
    this.#number = found.number;
    this.progress.connection = found.connection;
    await verbose('*', `Found bundle for host: ${BUNDLE} [serially]`);
    await verbose('*', 'Can not multiplex, even if we wanted to');
    await verbose('*', `Re-using existing connection #${found.number} with host ${this.#target.host}`);
    return found;
  }

  async #lookUp(): Promise<IpAddress> {
    const { host, port } = this.#target;
    const given = this.#options.resolve.get(`${host.toLowerCase()}:${port}`);
    if (given !== undefined || this.#pool.known.has(this.#place))
      await this.#hooks.verbose('*', `Hostname ${host} was found in DNS cache`);
    const address = given ?? (await this.#resolve(host));
    if (address === undefined) {
      const message = `Could not resolve host: ${host}`;
      await this.#hooks.verbose('*', message);
      throw new CurlFailure(6, message, false);
    }
    this.#pool.known.add(this.#place);
    this.progress.lookedUp = this.#elapsed;
    return address;
  }

  async #resolve(host: string): Promise<IpAddress | undefined> {
    try {
      const family = this.#options.ipv4 ? 'inet' : 'any';
      return (await resolve(this.#process, host, { family })).addresses[0];
    } catch (error) {
      if (error instanceof ResolveFailure) return undefined;
      throw error;
    }
  }

  async #connect(address: IpAddress, timeout: Milliseconds, limit: Limit): Promise<TcpConnection> {
    const { netns, clock } = this.#process;
    const { host, port } = this.#target;
    const ip = formatIp(address);
    const { verbose } = this.#hooks;
    await verbose('*', `  Trying ${ip}:${port}...`);
    const bound = await bindTo(this.#process, this.#options.interface, verbose, this.#target);
    const own = new Limit(clock, timeout, limit.signal);
    const began = clock.now();
    try {
      const connection = await netns.sockets.connectTcp({ address, port }, ownerOf(this.#process), {
        ...bound,
        signal: own.signal,
      });
      // CURLOPT_TCP_KEEPALIVE, as the tool sets it.
      connection.keepAlive({ idle: 60_000, interval: 60_000 });
      this.progress.connected = this.#elapsed;
      this.progress.connects = 1;
      this.progress.connection = connection;
      if (bound.source !== undefined) await verbose('*', 'Local port: 0');
      await verbose('*', `Connected to ${host} (${ip}) port ${port} (#${this.#number})`);
      return connection;
    } catch (error) {
      if (limit.over || this.#process.signals.ended.aborted) throw error;
      const words = `Failed to connect to ${host} port ${port} after`;
      if (error instanceof LinuxError && error.errno === 'EADDRNOTAVAIL' && bound.source !== undefined) {
        throw await bindFailure(`bind failed with errno 99: ${error.message}`, this.#target, verbose);
      }
      if (own.over) {
        await verbose('*', `ipv4 connect timeout after ${timeout}ms, move on!`);
        throw await this.#said(28, `${words} ${Math.floor(clock.now() - began)} ms: Timeout was reached`);
      }
      if (!(error instanceof LinuxError)) throw error;
      const { errno } = error;
      this.refused = errno === 'ECONNREFUSED';
      if (clock.now() === began) await verbose('*', `Immediate connect fail for ${ip}: ${strerror[errno]}`);
      else await verbose('*', `connect to ${ip} port ${port} failed: ${strerror[errno]}`);
      const code = errno === 'ETIMEDOUT' ? 28 : 7;
      throw await this.#said(code, `${words} ${Math.floor(clock.now() - began)} ms: Couldn't connect to server`);
    } finally {
      own.stop();
    }
  }

  async #said(code: number, message: string): Promise<CurlFailure> {
    await this.#hooks.verbose('*', message);
    return new CurlFailure(code, message);
  }

  async #exchange(pooled: Pooled, request: HttpRequest, limit: Limit): Promise<void> {
    const { connection, reader } = pooled;
    const { progress } = this;
    const { verbose } = this.#hooks;
    const body = bytesOf(request.body);
    const user = this.#options.user?.replace(/:.*$/s, '');
    if (user !== undefined) await verbose('*', `Server auth using Basic with user '${user}'`);
    const lines = requestLines(request);
    for (const line of [...lines, '']) await verbose('>', line);
    progress.sent = this.#elapsed;
    await sendRequest(connection, request);
    progress.requestBytes = lines.reduce((sum, line) => sum + line.length + 2, 2);
    progress.uploaded = body.length;
    if (body.length > 0) await verbose('}', `[${body.length} bytes data]`);
    const head = await readResponseHead(reader, limit.signal);
    progress.firstByte = this.#elapsed;
    progress.head = head;
    progress.headerBytes = head.lines.reduce((sum, line) => sum + line.length + 2, 2);
    for (const [i, line] of head.lines.entries()) {
      await verbose('<', line);
      const again = i === 0 && body.length > 0 && this.#options.location && isRedirect(head.status);
      if (again) await verbose('*', 'Please rewind output before next send');
    }
    if (this.#options.fail && head.status >= 400) {
      await this.#hooks.head(head);
      throw await this.#said(22, `The requested URL returned error: ${head.status}`);
    }
    await verbose('<', '');
    await this.#hooks.head(head);
    const ignored = this.#options.location && isRedirect(head.status) && header(head.headers, 'location') !== undefined;
    if (ignored && hasBody(request.method, head.status) && header(head.headers, 'content-length') !== '0') {
      await verbose('*', 'Ignoring the response-body');
    }
    if (hasBody(request.method, head.status)) {
      const length = header(head.headers, 'content-length');
      if (length !== undefined) progress.expected = Number(length);
      for await (const piece of reader.body(head.headers, true, limit.signal)) {
        await verbose('{', `[${piece.length} bytes data]`);
        if (ignored) continue;
        progress.downloaded += piece.length;
        await this.#hooks.body(piece);
      }
    }
    const open = staysOpen(head);
    const { host } = this.#target;
    if (open) await verbose('*', `Connection #${this.#number} to host ${host} left intact`);
    else await verbose('*', `Closing connection ${this.#number}`);
    if (open) this.#pool.put(this.#place, pooled);
    else connection.close();
  }

  #timedOut(connected: boolean): CurlFailure {
    const { downloaded, expected } = this.progress;
    const after = `timed out after ${Math.floor(this.#elapsed)} milliseconds`;
    if (!connected) return new CurlFailure(28, `Connection ${after}`);
    const received = expected === undefined ? `${downloaded} bytes` : `${downloaded} out of ${expected} bytes`;
    return new CurlFailure(28, `Operation ${after} with ${received} received`);
  }

  #protocolFailure(error: HttpError): CurlFailure {
    if (error.kind === 'empty') return new CurlFailure(52, 'Empty reply from server');
    if (error.kind === 'malformed') {
      if (this.progress.head === undefined) return new CurlFailure(1, 'Received HTTP/0.9 when not allowed');
      return new CurlFailure(8, `Weird server reply: ${error.message}`);
    }
    const missing = error.missing;
    if (missing === undefined) return new CurlFailure(18, 'transfer closed with outstanding read data remaining');
    return new CurlFailure(18, `transfer closed with ${missing} bytes remaining to read`);
  }

  get #elapsed(): Milliseconds {
    return this.#process.clock.now() - this.#start;
  }
}

/** RFC 9110, 15.4: the ones that curl -L follows. */
export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}
