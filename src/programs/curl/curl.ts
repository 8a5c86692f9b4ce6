import { LinuxError, strerror } from '../../linux/errno.ts';
import { resolvePath } from '../../linux/files/path.ts';
import { formatIp } from '../../linux/packet/address.ts';
import type { Process, Program } from '../../linux/process/process.ts';
import { type HttpRequest, header } from '../http/message.ts';
import { type CurlOptions, CurlUsage, readOptions } from './options.ts';
import { ProgressMeter } from './progress.ts';
import { CurlFailure, Transfer } from './transfer.ts';
import { parseTarget, type Target } from './url.ts';
import { type TransferFacts, writeOut } from './write-out.ts';

const VERSION = '7.88.1';
const FORM = 'application/x-www-form-urlencoded';

/** curl(1), for HTTP: options, messages and exit statuses of curl 7.88. */
export const curl: Program = async (process) => {
  const { argv, stderr, stdout } = process;
  const hint = "curl: try 'curl --help' or 'curl --manual' for more information\n";
  let options: CurlOptions;
  try {
    if (argv.length === 1) {
      await stderr.write(hint);
      return 2;
    }
    if (argv[1] === '-V' || argv[1] === '--version') {
      await stdout.write(`curl ${VERSION} (simulated)\nProtocols: http\nFeatures: none\n`);
      return 0;
    }
    options = readOptions(argv.slice(1));
    if (options.urls.length === 0) throw new CurlUsage('no URL specified!');
    if (options.head && options.data.length > 0) {
      throw new CurlUsage('-I asks for HEAD and -d for POST: only one method is possible', false);
    }
  } catch (error) {
    if (!(error instanceof CurlUsage)) throw error;
    await stderr.write(`curl: ${error.message}\n${error.hint ? hint : ''}`);
    return 2;
  }
  let status = 0;
  for (const [i, url] of options.urls.entries()) status = await fetchOne(process, options, url, i);
  return status;
};

async function fetchOne(process: Process, options: CurlOptions, url: string, number: number): Promise<number> {
  const { stderr, stdout, clock } = process;
  const quiet = options.silent && !options.showError;
  const complain = async (code: number, message: string) => {
    if (!quiet) await stderr.write(`curl: (${code}) ${message}\n`);
    return code;
  };
  const target = parseTarget(url);
  if (target === undefined) return complain(3, 'URL using bad/illegal format or missing URL');
  if (target.scheme !== 'http') {
    return complain(1, `Protocol "${target.scheme}" not supported or disabled in libcurl`);
  }
  const file = options.outputs[number];
  const toTerminal = file === undefined && stdout.tty !== undefined;
  const output = new Output(process, file === '-' ? undefined : file);
  const started = clock.now();
  const state: { meter?: ProgressMeter } = {};
  const say = async (mark: string, line: string) => {
    if (!options.verbose || (toTerminal && (mark === '{' || mark === '}'))) return;
    await stderr.write(mark === '>' || mark === '<' ? `${mark} ${line}\r\n` : `${mark} ${line}\n`);
  };
  const transfer = new Transfer(process, options, target, number, {
    verbose: say,
    head: async (head) => {
      if (options.include || options.head) await output.write(`${[...head.lines, '', ''].join('\r\n')}`);
    },
    body: (piece) => output.write(piece),
  });
  for (const [place, address] of number === 0 ? options.resolve : []) {
    await say('*', `Added ${place}:${formatIp(address)} to DNS cache`);
  }
  const { progress } = transfer;
  if (!options.silent && !toTerminal) {
    state.meter = new ProgressMeter(
      clock,
      (text) => void stderr.write(text).catch(() => {}),
      () => ({ total: progress.expected, received: progress.downloaded, uploaded: progress.uploaded }),
    );
  }
  let code = 0;
  let message = '';
  const request = await requestOf(process, options, target);
  try {
    await transfer.run(request);
    await output.finish();
    finishMeter(state.meter);
  } catch (error) {
    state.meter?.stop();
    if (!(error instanceof CurlFailure)) throw error;
    code = error.code;
    message = error.message;
    if (error.tried) finishMeter(state.meter);
    const told = [6, 7, 22].includes(code) || message.startsWith('Failed to connect');
    if (!told) await say('*', message);
    await say('*', `Closing connection ${number}`);
    await complain(code, message);
  }
  if (options.writeOut !== undefined) {
    const { connection, head } = progress;
    const facts: TransferFacts = {
      ...progress,
      url: target.url,
      method: request.method,
      scheme: target.scheme,
      exitCode: code,
      error: message,
      status: head?.status ?? 0,
      version: head?.version ?? '',
      contentType: header(head?.headers ?? [], 'content-type') ?? '',
      remoteIp: connection === undefined ? '' : formatIp(connection.remote.address),
      remotePort: connection?.remote.port ?? 0,
      localIp: connection === undefined ? '' : formatIp(connection.local.address),
      localPort: connection?.local.port ?? 0,
      total: clock.now() - started,
    };
    const unknown: string[] = [];
    const text = writeOut(options.writeOut, facts, (name) => unknown.push(name));
    for (const name of unknown) await stderr.write(`curl: unknown --write-out variable: '${name}'\n`);
    await stdout.write(text);
  }
  return code;
}

function finishMeter(meter: ProgressMeter | undefined): void {
  meter?.draw();
  meter?.end();
}

async function requestOf(process: Process, options: CurlOptions, target: Target): Promise<HttpRequest> {
  const { data, head, method, userAgent = `curl/${VERSION}` } = options;
  const custom = new Map<string, readonly [string, string] | undefined>();
  for (const line of options.headers) {
    const [, name = '', rest = ''] = /^([^:;]+)[:;]?(.*)$/.exec(line) ?? [];
    // `Name:` takes a header away, `Name;` sends it empty.
    const empty = rest.trim() === '' && !line.endsWith(';');
    custom.set(name.toLowerCase(), empty ? undefined : [name, rest.trim()]);
  }
  const headers: (readonly [string, string])[] = [];
  const add = (name: string, value: string) => {
    const own = custom.get(name.toLowerCase());
    if (custom.has(name.toLowerCase())) {
      if (own !== undefined) headers.push(own);
      custom.delete(name.toLowerCase());
    } else headers.push([name, value]);
  };
  const type = custom.get('content-type');
  add('Host', target.authority);
  if (!custom.has('user-agent')) add('User-Agent', userAgent);
  if (!custom.has('accept')) add('Accept', '*/*');
  custom.delete('content-type');
  headers.push(...[...custom.values()].filter((own) => own !== undefined));
  if (data.length === 0) {
    if (type !== undefined) headers.push(type);
    return { method: method ?? (head ? 'HEAD' : 'GET'), target: target.path, headers };
  }
  const body = (await Promise.all(data.map((part) => dataOf(process, part)))).join('&');
  headers.push(['Content-Length', String(new TextEncoder().encode(body).length)]);
  headers.push(type ?? ['Content-Type', FORM]);
  return { method: method ?? 'POST', target: target.path, headers, body };
}

/** `-d @FILE` reads a file and leaves its line ends out; `\0@...` is `--data-raw`. */
async function dataOf({ files, cwd, stderr }: Process, part: string): Promise<string> {
  if (part.startsWith('\0')) return part.slice(1);
  if (!part.startsWith('@')) return part;
  try {
    return files.readText(resolvePath(cwd, part.slice(1))).replace(/[\r\n]/g, '');
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    await stderr.write(`Warning: Couldn't read data from file "${part.slice(1)}", this makes an empty POST.\n`);
    return '';
  }
}

/** Where the body goes: stdout, or a file that is made at the first byte. */
class Output {
  readonly #process: Process;
  readonly #file: string | undefined;
  #begun = false;

  constructor(process: Process, file: string | undefined) {
    this.#process = process;
    this.#file = file;
  }

  async write(data: Uint8Array | string): Promise<void> {
    const { files, cwd, stdout } = this.#process;
    if (this.#file === undefined) {
      await stdout.write(data);
      return;
    }
    try {
      files.write(resolvePath(cwd, this.#file), data, { append: this.#begun });
      this.#begun = true;
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      throw new CurlFailure(23, `Failure writing output to destination (${this.#file}: ${strerror[error.errno]})`);
    }
  }

  /** An empty answer makes an empty file. */
  async finish(): Promise<void> {
    if (this.#file !== undefined && !this.#begun) await this.write('');
  }
}
