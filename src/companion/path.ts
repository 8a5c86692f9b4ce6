import type { IncomingMessage } from 'node:http';

/** The path that a request names. `new URL` would throw at `//` and `http://[`, which any page on the Web can make a browser send. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split(/[?#]/, 1)[0] ?? '/';
}
