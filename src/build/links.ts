import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

/** Fails the build on a link or an anchor that leads nowhere, and on any request that leaves the site. */
export function links(base: string): AstroIntegration {
  return {
    name: 'hop-links',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const faults = await brokenLinks(fileURLToPath(dir), base);
        if (faults.length > 0) throw new Error(`Broken links in the built site:\n  ${faults.join('\n  ')}`);
      },
    },
  };
}

/** Each fault as one line: page, link, what is wrong. */
export async function brokenLinks(root: string, base: string): Promise<string[]> {
  const prefix = base.replace(/\/$/, '');
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.html'));
  const pages = new Map<string, string>();
  for (const name of names) pages.set(name, await readFile(`${root}/${name}`, 'utf8'));
  const faults: string[] = [];
  for (const [name, html] of pages) {
    const here = `http://site${prefix}/${name.replace(/index\.html$/, '')}`;
    for (const { attribute, value, loads } of references(html)) {
      if (!URL.canParse(value, here)) {
        faults.push(`${name}: ${attribute}="${value}" is no address`);
        continue;
      }
      const url = new URL(value, here);
      if (url.host !== 'site') {
        if (loads) faults.push(`${name}: ${attribute}="${value}" is loaded from another host; ship it with the site`);
        continue;
      }
      if (!url.pathname.startsWith(`${prefix}/`)) {
        faults.push(`${name}: ${attribute}="${value}" leaves the base path ${base}`);
        continue;
      }
      const path = decodeURIComponent(url.pathname.slice(prefix.length + 1));
      const file = path === '' || path.endsWith('/') ? `${path}index.html` : path;
      if (file.startsWith('pagefind/')) continue;
      if (!existsSync(`${root}/${file}`)) faults.push(`${name}: ${attribute}="${value}" leads to no page or file`);
      else if (url.hash.length > 1 && !hasAnchor(pages.get(file) ?? '', decodeURIComponent(url.hash.slice(1))))
        faults.push(`${name}: ${attribute}="${value}": that page has no element with id "${url.hash.slice(1)}"`);
    }
  }
  return faults;
}

function* references(html: string): Generator<{ attribute: string; value: string; loads: boolean }> {
  const tags = html.replace(/<script\b[^>]*>[\s\S]*?<\/script>/g, (script) => script.slice(0, script.indexOf('>') + 1));
  for (const [, tag = '', attributes = ''] of tags.matchAll(/<([a-z][\w-]*)\b((?:[^>"']|"[^"]*"|'[^']*')*)>/g)) {
    for (const [, attribute = '', value = ''] of attributes.matchAll(/\s(href|src)="([^"]*)"/g)) {
      if (/^(mailto|data|blob):/.test(value) || value === '') continue;
      const rel = /\srel="([^"]*)"/.exec(attributes)?.[1] ?? '';
      yield { attribute, value: unescapeHtml(value), loads: tag !== 'a' && !/canonical|alternate/.test(rel) };
    }
  }
}

const unescapeHtml = (text: string) => text.replaceAll('&#38;', '&').replaceAll('&amp;', '&');

const hasAnchor = (html: string, id: string) => html.includes(`id="${id}"`) || html.includes(`id=${id} `);
