import { formatIp } from '../../linux/packet/address.ts';
import type { Process } from '../../linux/process/process.ts';
import { type HttpRequest, header } from '../http/message.ts';
import { CurlFailure } from './failure.ts';
import type { CurlOptions } from './options.ts';
import { Output } from './output.ts';
import type { ConnectionPool } from './pool.ts';
import { ProgressMeter } from './progress.ts';
import { requestOf } from './request.ts';
import { isRedirect, Transfer } from './transfer.ts';
import { parseTarget, resolveLocation, type Target } from './url.ts';
import { type TransferFacts, writeOut } from './write-out.ts';

/** Answers that may pass (tool_operate.c). */
const TRANSIENT = new Set([408, 429, 500, 502, 503, 504]);
const TIMED_OUT = 28;
const UNRESOLVED = 6;
const LONGEST_DELAY = 600_000;

/** `-D`: the headers of all answers, one after the other. */
export class HeaderFile {
  readonly #output: Output | undefined;

  constructor(process: Process, file: string | undefined) {
    this.#output = file === undefined ? undefined : new Output(process, file === '-' ? undefined : file);
  }

  async write(text: string): Promise<void> {
    await this.#output?.write(text);
  }
}

interface Outcome {
  readonly code: number;
  readonly message: string;
  readonly transfer: Transfer;
  readonly request: HttpRequest;
  readonly target: Target;
}

/** One URL of the command line: its request, where that leads (-L), and its repetitions (--retry). */
export class Fetch {
  readonly #process: Process;
  readonly #options: CurlOptions;
  readonly #pool: ConnectionPool;
  readonly #headers: HeaderFile;
  readonly #url: string;
  readonly #number: number;
  #redirects = 0;
  #connects = 0;

  constructor(
    process: Process,
    options: CurlOptions,
    pool: ConnectionPool,
    headers: HeaderFile,
    url: string,
    number: number,
  ) {
    this.#process = process;
    this.#options = options;
    this.#pool = pool;
    this.#headers = headers;
    this.#url = url;
    this.#number = number;
  }

  /** @returns the exit status. */
  async run(): Promise<number> {
    const { clock, signals, stderr } = this.#process;
    const options = this.#options;
    const began = clock.now();
    let delay = options.retryDelay ?? 1000;
    for (let left = options.retries; ; left--) {
      const { code, why } = await this.#once();
      const wait = Math.min(delay, LONGEST_DELAY);
      const tooLate = options.retryMaxTime > 0 && clock.now() - began + wait > options.retryMaxTime;
      if (why === undefined || left <= 0 || tooLate) return code;
      if (!options.silent) {
        const seconds = Math.floor(wait / 1000);
        await stderr.write(warning(`Problem : ${why}. Will retry in ${seconds} seconds. ${left} retries left.`));
      }
      await clock.sleep(wait, signals.ended);
      if (options.retryDelay === undefined) delay *= 2;
    }
  }

  /** `why`: it may do better the next time. */
  async #once(): Promise<{ readonly code: number; readonly why: string | undefined }> {
    const { stderr, stdout, clock } = this.#process;
    const options = this.#options;
    const quiet = options.silent && !options.showError;
    const complain = async (code: number, message: string) => {
      if (!quiet) await stderr.write(`curl: (${code}) ${message}\n`);
      return { code, why: undefined };
    };
    const target = parseTarget(this.#url);
    if (target === undefined) return complain(3, 'URL using bad/illegal format or missing URL');
    if (target.scheme !== 'http') return complain(1, unsupported(target));
    const file = options.outputs[this.#number];
    const toTerminal = file === undefined && stdout.tty !== undefined;
    const output = new Output(this.#process, file === '-' ? undefined : file);
    const started = clock.now();
    for (const [place, address] of options.resolve) {
      if (this.#number > 0) await this.#say(toTerminal, '*', `RESOLVE ${place} is - old addresses discarded`);
      await this.#say(toTerminal, '*', `Added ${place}:${formatIp(address)} to DNS cache`);
    }
    this.#redirects = this.#connects = 0;
    const meter: { current?: Transfer } = {};
    const progress =
      options.silent || options.noMeter || toTerminal
        ? undefined
        : new ProgressMeter(
            clock,
            (text) => void stderr.write(text).catch(() => {}),
            () => {
              const now = meter.current?.progress;
              return { total: now?.expected, received: now?.downloaded ?? 0, uploaded: now?.uploaded ?? 0 };
            },
          );
    let outcome: Outcome;
    try {
      outcome = await this.#follow(target, output, toTerminal, meter);
      if (outcome.code === 0 || outcome.transfer.progress.connection !== undefined || tried(outcome)) {
        progress?.draw();
        progress?.end();
      }
    } finally {
      progress?.stop();
    }
    const { code, message } = outcome;
    if (code !== 0) await complain(code, message);
    await this.#writeOut(outcome, clock.now() - started);
    return { code, why: this.#transient(outcome) };
  }

  /** The request and those that its answers lead to. */
  async #follow(first: Target, output: Output, toTerminal: boolean, meter: { current?: Transfer }): Promise<Outcome> {
    const options = this.#options;
    const say = (mark: '*' | '>' | '<' | '{' | '}', line: string) => this.#say(toTerminal, mark, line);
    let target = first;
    let get = false;
    for (;;) {
      const transfer = new Transfer(this.#process, options, target, this.#pool, {
        verbose: say,
        head: async (head) => {
          const text = `${[...head.lines, '', ''].join('\r\n')}`;
          await this.#headers.write(text);
          if (options.include || options.head) await output.write(text);
        },
        body: (piece) => output.write(piece),
      });
      meter.current = transfer;
      const request = await requestOf(this.#process, options, target, { get });
      const end = (code: number, message: string): Outcome => ({ code, message, transfer, request, target });
      try {
        await transfer.run(request).finally(() => {
          this.#connects += transfer.progress.connects;
        });
        const { head } = transfer.progress;
        const location = header(head?.headers ?? [], 'location');
        const status = head?.status ?? 0;
        if (!options.location || location === undefined || !isRedirect(status)) {
          await output.finish();
          const refused = options.failWithBody && status >= 400;
          return refused ? end(22, `The requested URL returned error: ${status}`) : end(0, '');
        }
        const limit = options.maxRedirects;
        if (limit >= 0 && this.#redirects >= limit) {
          await say('*', `Maximum (${limit}) redirects followed`);
          return end(47, `Maximum (${limit}) redirects followed`);
        }
        const url = resolveLocation(target, location);
        const next = parseTarget(url);
        if (next === undefined) return end(3, 'URL using bad/illegal format or missing URL');
        if (next.port !== target.port) {
          await say('*', `Clear auth, redirects to port from ${target.port} to ${next.port}`);
        }
        await say('*', `Issue another request to this URL: '${url}'`);
        if (next.scheme !== 'http') return end(1, unsupported(next));
        // RFC 9110, 15.4: 301 and 302 make a GET of a POST, as browsers do; 303 of everything.
        const post = request.body !== undefined;
        if (post && (status === 303 || ((status === 301 || status === 302) && request.method === 'POST'))) {
          await say('*', status === 303 ? 'Switch to GET' : 'Switch from POST to GET');
          get = true;
        }
        target = next;
        this.#redirects++;
      } catch (error) {
        if (!(error instanceof CurlFailure)) throw error;
        const { code, message } = error;
        const told = [6, 7, 22, 45].includes(code) || message.startsWith('Failed to connect');
        if (!told) await say('*', message);
        await say('*', `Closing connection ${transfer.number}`);
        return end(code, message);
      }
    }
  }

  async #say(toTerminal: boolean, mark: '*' | '>' | '<' | '{' | '}', line: string): Promise<void> {
    if (!this.#options.verbose || (toTerminal && (mark === '{' || mark === '}'))) return;
    const { stderr } = this.#process;
    await stderr.write(mark === '>' || mark === '<' ? `${mark} ${line}\r\n` : `${mark} ${line}\n`);
  }

  #transient({ code, transfer }: Outcome): string | undefined {
    const { retryAll, retryRefused } = this.#options;
    const status = transfer.progress.head?.status ?? 0;
    if (code === TIMED_OUT || code === UNRESOLVED) return 'timeout';
    if (code === 7 && transfer.refused && (retryRefused || retryAll)) return 'connection refused';
    if ((code === 0 || code === 22) && TRANSIENT.has(status)) return 'HTTP error';
    return code !== 0 && retryAll ? '(retrying all errors)' : undefined;
  }

  async #writeOut({ code, message, transfer, request, target }: Outcome, total: number): Promise<void> {
    const { writeOut: format } = this.#options;
    if (format === undefined) return;
    const { stdout, stderr } = this.#process;
    const { progress } = transfer;
    const { connection, head } = progress;
    const location = header(head?.headers ?? [], 'location');
    const facts: TransferFacts = {
      ...progress,
      connects: this.#connects,
      url: this.#url,
      effectiveUrl: target.url,
      method: request.method,
      scheme: target.scheme,
      exitCode: code,
      error: message,
      status: head?.status ?? 0,
      version: head?.version ?? '',
      headers: head?.headers.length ?? 0,
      contentType: header(head?.headers ?? [], 'content-type') ?? '',
      remoteIp: connection === undefined ? '' : formatIp(connection.remote.address),
      remotePort: connection?.remote.port ?? 0,
      localIp: connection === undefined ? '' : formatIp(connection.local.address),
      localPort: connection?.local.port ?? 0,
      total,
      redirects: this.#redirects,
      redirectUrl: location === undefined || this.#options.location ? '' : resolveLocation(target, location),
    };
    const unknown: string[] = [];
    const text = writeOut(format, facts, (name) => unknown.push(name));
    for (const name of unknown) await stderr.write(`curl: unknown --write-out variable: '${name}'\n`);
    await stdout.write(text);
  }
}

/** warnf() of curl's tool_msgs.c: lines of at most 79 places, broken behind a blank. */
function warning(text: string): string {
  const prefix = 'Warning: ';
  const width = 79 - prefix.length;
  let lines = '';
  let rest = text;
  while (rest.length + 1 > width) {
    const blank = rest.lastIndexOf(' ', width - 1);
    const cut = blank > 0 ? blank + 1 : width;
    lines += `${prefix}${rest.slice(0, cut)}\n`;
    rest = rest.slice(cut);
  }
  return `${lines}${prefix}${rest}\n`;
}

function tried({ code }: Outcome): boolean {
  return code !== UNRESOLVED && code !== 45;
}

function unsupported({ scheme }: Target): string {
  const words = `Protocol "${scheme}" not supported or disabled in libcurl`;
  return scheme === 'https' ? `${words}: TLS is not modelled in this simulation, use http://` : words;
}
