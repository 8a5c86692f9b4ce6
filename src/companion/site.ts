import { existsSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';
import { contentSecurityPolicy } from './csp.ts';

/**
 * Serves the built site. Its files are listed once at the start, so a request can name one of them or nothing: there is
 * no path to climb out of. Each page gets the policy that its own inline scripts need.
 */
export function serveSite(
  folder: string,
  host: () => string,
): (request: IncomingMessage, response: ServerResponse) => void {
  const policies = new Map<string, { readonly changed: number; readonly policy: string }>();
  const policyOf = (file: string): string => {
    const changed = statSync(file).mtimeMs;
    const known = policies.get(file);
    if (known?.changed === changed) return known.policy;
    const policy = contentSecurityPolicy(readFileSync(file, 'utf8'), host());
    policies.set(file, { changed, policy });
    return policy;
  };
  const missing = join(folder, '404.html');
  const notFound = (response: ServerResponse): void => {
    response.statusCode = 404;
    if (!existsSync(missing)) return void response.end('There is no such page.\n');
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', policyOf(missing));
    response.end(readFileSync(missing));
  };
  const files = sirv(folder, {
    etag: true,
    dotfiles: false,
    setHeaders: (response, pathname) => {
      const html = [pathname, join(pathname, 'index.html'), `${pathname}.html`]
        .filter((name) => name.endsWith('.html'))
        .map((name) => join(folder, name))
        .find((file) => existsSync(file));
      if (html !== undefined) response.setHeader('Content-Security-Policy', policyOf(html));
      // Names with a hash of their content never change.
      else if (pathname.startsWith('/_astro/')) {
        response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
      }
    },
  });
  return (request, response) => {
    request.resume();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.statusCode = 405;
      response.setHeader('Allow', 'GET, HEAD');
      return void response.end();
    }
    // A Worker is held to the policy that came with its own script.
    response.setHeader('Content-Security-Policy', contentSecurityPolicy('', host()));
    files(request, response, () => notFound(response));
  };
}
