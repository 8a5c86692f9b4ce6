import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';

/**
 * Draws ```mermaid blocks at build time. A diagram must say in words what it shows, in Mermaid's own syntax:
 * `accTitle: ...` (its caption) and `accDescr: ...` (what a reader who does not see it must know).
 */
interface CodeNode {
  readonly lang?: string | null;
  readonly value: string;
  readonly position?: { readonly start: { readonly line: number } };
}

export function diagrams() {
  return ({ fileURL, sourceFormat }: { fileURL?: URL; sourceFormat?: string }) => ({
    name: 'hop-diagrams',
    async code(node: CodeNode) {
      if (node.lang !== 'mermaid') return undefined;
      const where = `${fileURL?.pathname ?? 'diagram'}:${node.position?.start.line ?? '?'}`;
      const html = await figure(node.value, where);
      if (sourceFormat !== 'mdx') return { type: 'html', value: html };
      const attribute = { type: 'mdxJsxAttribute', name: 'set:html', value: html };
      return { type: 'mdxJsxFlowElement', name: 'Fragment', attributes: [attribute], children: [] };
    },
  });
}

async function figure(source: string, where: string): Promise<string> {
  const title = /^\s*accTitle:\s*(\S.*)$/m.exec(source)?.[1];
  if (title === undefined || !/^\s*accDescr\s*(:\s*\S|\{\s*[^}\s])/m.test(source)) {
    throw new Error(
      `${where}: this diagram has no text alternative. Add two lines to it: "accTitle: what it is, in a few words" ` +
        'and "accDescr: what it shows, in a sentence or two".',
    );
  }
  const svg = await cached(source, where);
  return (
    `<figure class="diagram not-content"><div class="drawing" tabindex="0" role="group" aria-label="${escapeHtml(title)}">${svg}</div>` +
    `<figcaption>${escapeHtml(title)}</figcaption></figure>`
  );
}

const folder = new URL('../../.cache/diagrams/', import.meta.url);

async function cached(source: string, where: string): Promise<string> {
  const code = await Promise.all(
    ['./mermaid/draw.ts', './mermaid/theme.ts', './mermaid/measure.ts'].map((file) =>
      readFile(new URL(file, import.meta.url)),
    ),
  );
  const hash = createHash('sha256').update(source);
  for (const text of code) hash.update(text);
  const key = hash.digest('hex').slice(0, 16);
  const file = new URL(`${key}.svg`, folder);
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== undefined) return known;
  const { draw, strayColours } = await import('./mermaid/draw.ts');
  const svg = await draw(`diagram-${key.slice(0, 6)}`, source).catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${where}: Mermaid cannot draw this diagram: ${message}`, { cause });
  });
  const stray = strayColours(svg);
  if (stray.length > 0) {
    throw new Error(
      `${where}: the diagram has colours of its own (${stray.join(', ')}), which do not follow the theme. ` +
        'Use the layer classes (pod, node, wire, service, rule, policy) instead.',
    );
  }
  await mkdir(folder, { recursive: true });
  await writeFile(file, svg);
  return svg;
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
