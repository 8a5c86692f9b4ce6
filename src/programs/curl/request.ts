import { LinuxError } from '../../linux/errno.ts';
import { resolvePath } from '../../linux/files/path.ts';
import type { Process } from '../../linux/process/process.ts';
import type { HttpRequest } from '../http/message.ts';
import type { CurlOptions } from './options.ts';
import type { Target } from './url.ts';

/** The version that this curl is modelled on. */
export const VERSION = '7.88.1';
const FORM = 'application/x-www-form-urlencoded';

/** The request that the options make of a target; `follow`: how an earlier answer has changed it. */
export async function requestOf(
  process: Process,
  options: CurlOptions,
  target: Target,
  follow: { readonly get: boolean } = { get: false },
): Promise<HttpRequest> {
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
  if (options.user !== undefined) add('Authorization', `Basic ${basic(options.user)}`);
  if (!custom.has('user-agent')) add('User-Agent', userAgent);
  if (!custom.has('accept')) add('Accept', '*/*');
  custom.delete('content-type');
  headers.push(...[...custom.values()].filter((own) => own !== undefined));
  if (data.length === 0 || follow.get) {
    if (type !== undefined) headers.push(type);
    return { method: method ?? (head ? 'HEAD' : 'GET'), target: target.path, headers };
  }
  const body = (await Promise.all(data.map((part) => dataOf(process, part)))).join('&');
  headers.push(['Content-Length', String(new TextEncoder().encode(body).length)]);
  headers.push(type ?? ['Content-Type', FORM]);
  return { method: method ?? 'POST', target: target.path, headers, body };
}

/** `-d @FILE` reads a file and leaves its line ends out; `\0@...` is `--data-raw`, `\1FILE` is `--data-binary @FILE`. */
async function dataOf({ files, cwd, stderr }: Process, part: string): Promise<string> {
  if (part.startsWith('\0')) return part.slice(1);
  const binary = part.startsWith('\u0001');
  if (!part.startsWith('@') && !binary) return part;
  try {
    const text = files.readText(resolvePath(cwd, part.slice(1)));
    return binary ? text : text.replace(/[\r\n]/g, '');
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    await stderr.write(`Warning: Couldn't read data from file "${part.slice(1)}", this makes an empty POST.\n`);
    return '';
  }
}

/** RFC 7617: the name and password in UTF-8, in base64. */
function basic(user: string): string {
  const text = user.includes(':') ? user : `${user}:`;
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}
