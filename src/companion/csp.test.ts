import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { contentSecurityPolicy } from './csp.ts';

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const scripts = (html: string) => /script-src ([^;]*)/.exec(contentSecurityPolicy(html, '127.0.0.1:4321'))?.[1];

test('allows exactly the inline scripts of the page', () => {
  const html = `<script>one()</script><SCRIPT type="module">\n two()\n</SCRIPT>
    <script src="/a.js"></script><script type="application/ld+json">{"a": 1}</script><script type=importmap>{}</script>`;
  expect(scripts(html)).toBe(`'self' 'wasm-unsafe-eval' ${hash('one()')} ${hash('\n two()\n')} ${hash('{}')}`);
});

test('allows no inline script where there is none, and each but once', () => {
  expect(scripts('<p onclick="x()">text</p>')).toBe("'self' 'wasm-unsafe-eval'");
  expect(scripts('<script>a</script><script>a</script>')).toBe(`'self' 'wasm-unsafe-eval' ${hash('a')}`);
});

test('forbids frames, plugins, other bases and other form targets', () => {
  const policy = contentSecurityPolicy('', '127.0.0.1:4321');
  for (const rule of ["frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"]) {
    expect(policy).toContain(rule);
  }
  expect(policy).toContain("connect-src 'self' ws://127.0.0.1:4321;");
});
