import { createHash } from 'node:crypto';

/**
 * The Content-Security-Policy of one HTML page: its own inline scripts by hash, nothing else inline. Styles stay
 * open because SVG diagrams and xterm set them; Pagefind compiles WebAssembly; clusters run in Workers.
 */
export function contentSecurityPolicy(html: string, host: string): string {
  const hashes = inlineScripts(html).map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  return [
    "default-src 'self'",
    ["script-src 'self' 'wasm-unsafe-eval'", ...new Set(hashes)].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "worker-src 'self'",
    // 'self' covers ws: in today's browsers only; older ones need it spelt out.
    `connect-src 'self' ws://${host}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The texts of inline scripts that a browser would run; data blocks (JSON) need no permission. */
function inlineScripts(html: string): string[] {
  return [...html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script\s*>/gi)].flatMap(([, attributes = '', text = '']) => {
    if (/\ssrc\s*=/i.test(attributes) || text === '') return [];
    const type = /\stype\s*=\s*["']?([^"'\s>]*)/i.exec(attributes)?.[1]?.toLowerCase() ?? '';
    return ['', 'module', 'text/javascript', 'application/javascript', 'importmap', 'speculationrules'].includes(type)
      ? [text]
      : [];
  });
}

/** Headers of every answer. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};
