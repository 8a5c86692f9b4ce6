import { readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';
import { contentSecurityPolicy } from './csp.ts';

/** A file that was there when the companion started. */
class Gone extends Error {}

/**
 * Serves the built site. Its files are listed once at the start, so a request can name one of them or nothing: there is
 * no path to climb out of. A file that a new build has removed since is not found. Each page gets the policy that its own inline scripts need.
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
    response.setHeader('Cache-Control', 'no-store');
    try {
      const page = readFileSync(missing);
      response.setHeader('Content-Security-Policy', policyOf(missing));
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(page);
    } catch {
      response.end('There is no such page.\n');
    }
  };
  const files = sirv(folder, {
    etag: true,
    dotfiles: false,
    setHeaders: (response, pathname) => {
      const file = [pathname, join(pathname, 'index.html'), `${pathname}.html`]
        .map((name) => join(folder, name))
        .find((name) => statSync(name, { throwIfNoEntry: false })?.isFile());
      if (file === undefined) throw new Gone();
      if (file.endsWith('.html')) response.setHeader('Content-Security-Policy', policyOf(file));
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
    // The file may go while it is sent: nobody else listens for that.
    response.on('pipe', (content) => content.on('error', () => response.destroy()));
    try {
      files(request, response, () => notFound(response));
    } catch (error) {
      if (!(error instanceof Gone || (error as NodeJS.ErrnoException).code === 'ENOENT')) throw error;
      notFound(response);
    }
  };
}
